package org.millrace.contracts.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.contracts.Partition;
import org.millrace.contracts.RowCounts;
import org.millrace.contracts.TableVersion;

class TestCommitNote {
  @Test
  void isReadAsItWasWritten() {
    CommitNote note =
        new CommitNote("m.run.2013-01-01", "a", "f", List.of(new TableVersion("raw.t", "", 3)))
            .with(
                new TreeMap<>(
                    Map.of(
                        Partition.of(LocalDate.of(2013, 1, 1)),
                        new PartitionNote("p", RowCounts.accepted(4), "PASS"))))
            .in(ZoneId.of("America/New_York"));

    assertThat(CommitNote.parse(note.toJson())).contains(note);
  }

  @Test
  void whoScoredAndWhatWasOnlyWrittenAgainAreReadBack() {
    PartitionNote scored =
        new PartitionNote("p", RowCounts.accepted(4), "PASS").scoredBy(Optional.of("m/3"));
    PartitionNote rewritten =
        new PartitionNote("q", RowCounts.accepted(5), "PASS").readingInputs("i").rewrittenFrom(7);
    CommitNote note =
        new CommitNote("m.run.2013-01-01", "a", "f", List.of(new TableVersion("raw.t", "", 3)))
            .with(
                new TreeMap<>(
                    Map.of(
                        Partition.of(LocalDate.of(2013, 1, 1)), scored,
                        Partition.of(LocalDate.of(2013, 1, 2)), rewritten)));

    CommitNote read = CommitNote.parse(note.toJson()).orElseThrow();

    assertThat(read).isEqualTo(note);
    List<LedgerEntry> entries =
        LedgerEntry.of(new TableVersion("t", "", 9), read, Map.of(), Instant.EPOCH);
    assertThat(entries)
        .extracting(LedgerEntry::model)
        .containsExactly(Optional.of("m/3"), Optional.empty());
    assertThat(entries)
        .as("what made the second is not what wrote it again")
        .extracting(LedgerEntry::inputVersions)
        .containsExactly("{\"raw.t\":3}", "{}");
  }

  @Test
  void aNoteOfAnEarlierReleaseSaysNeither() {
    PartitionNote made =
        CommitNote.parse(
                "{\"run_key\":\"r\",\"attempt\":\"a\",\"fingerprint\":\"f\",\"inputs\":{},\"partitions\":{\"2013-01-01\":{\"fingerprint\":\"p\",\"rows\":{\"in\":1,\"accepted\":1,\"quarantined\":0,\"refused\":0,\"later\":0},\"verdict\":\"PASS\"}}}")
            .orElseThrow()
            .partitions()
            .get(Partition.of(LocalDate.of(2013, 1, 1)));

    assertThat(made).isEqualTo(new PartitionNote("p", RowCounts.accepted(1), "PASS"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "{\"run_key\":",
        "{\"run_key\":\"x\"}",
        "{\"run_key\":null,\"attempt\":\"a\",\"fingerprint\":\"f\",\"inputs\":{}}",
        "{\"run_key\":\"r\",\"attempt\":\"a\",\"fingerprint\":\"f\",\"inputs\":{\"t\":null}}",
        "{\"run_key\":\"r\",\"attempt\":\"a\",\"fingerprint\":\"f\",\"inputs\":{\"t\":-1}}",
        "{\"run_key\":\"r\",\"attempt\":\"a\",\"fingerprint\":\"f\",\"inputs\":{},\"partitions\":{\"2013-01-01\":null}}"
      })
  void whatAnotherProgramWroteIsNone(String text) {
    assertThat(CommitNote.parse(text)).isEmpty();
  }
}
