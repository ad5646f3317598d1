package org.millrace.contracts.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
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
