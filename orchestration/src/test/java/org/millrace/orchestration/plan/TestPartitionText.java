package org.millrace.orchestration.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.millrace.contracts.Json;
import org.millrace.contracts.Output;
import org.millrace.contracts.Partition;
import org.millrace.contracts.RowCounts;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.Withdrawal;
import org.millrace.contracts.definition.DefinitionSnapshot;
import org.millrace.contracts.ledger.ChangedOutside;
import org.millrace.contracts.ledger.CommitNote;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.contracts.ledger.PartitionNote;
import org.millrace.planning.LedgerView;
import org.millrace.planning.PartitionStatus;

/** What is said of one partition. */
class TestPartitionText {
  private static final Partition DAY = Partition.of(LocalDate.of(2013, 12, 1));
  private static final CommitNote NOTE =
      new CommitNote("late_flight/ingest", "a1", "", List.of(new TableVersion("raw.w", "", 3)));

  private static LedgerEntry.Builder entry() {
    return LedgerEntry.of("features.w", DAY)
        .made(NOTE, new PartitionNote("f", new RowCounts(1500, 1200, 100, 0, 200), "PASS"))
        .output(new Output.Table(12))
        .outputRows(1200);
  }

  private static PartitionStatus status(LedgerEntry entry, Optional<String> difference) {
    LedgerView ledger =
        new LedgerView() {
          @Override
          public NavigableMap<Partition, LedgerEntry> partitions(String object) {
            return new TreeMap<>(Map.of(DAY, entry));
          }

          @Override
          public List<LedgerEntry> history(String object, Partition partition) {
            return List.of(entry);
          }

          @Override
          public Optional<DefinitionSnapshot> definitions(String hash) {
            return Optional.empty();
          }

          @Override
          public Optional<ChangedOutside> difference(LedgerEntry of) {
            return difference.map(what -> new ChangedOutside(of.object(), DAY, what));
          }
        };
    return PartitionStatus.of(ledger, entry, "/lake/w", Map.of("message", "Published 1 views"));
  }

  @Test
  void saysAllThatIsKnown() {
    PartitionStatus status = status(entry().finishedAt(Instant.EPOCH), Optional.empty());

    assertThat(PartitionText.lines(status))
        .containsExactly(
            "features.w of 2013-12-01: done",
            "  version      12",
            "  path         /lake/w",
            "  rows         1,200 accepted of 1,500, 100 quarantined, 200 later, 1,200 in the table",
            "  verdict      PASS",
            "  made by      late_flight/ingest",
            "  attempt      a1",
            "  finished     1970-01-01T00:00:00Z",
            "  read         raw.w@v3",
            "  fingerprint  f",
            "  message      Published 1 views");
    assertThat(Json.read(Json.write(status), PartitionStatus.class)).isEqualTo(status);
  }

  @Test
  void saysWhyItIsNotDone() {
    assertThat(
            PartitionText.lines(
                    status(entry().finishedAt(Instant.EPOCH), Optional.of("it has 0 rows")))
                .get(0))
        .isEqualTo("features.w of 2013-12-01: changed outside, it has 0 rows");
    assertThat(
            PartitionText.lines(
                    status(entry().pending().finishedAt(Instant.EPOCH), Optional.empty()))
                .get(0))
        .isEqualTo("features.w of 2013-12-01: cut off");
    LedgerEntry taken =
        LedgerEntry.of("features.w", DAY)
            .made(
                NOTE,
                new PartitionNote("f", RowCounts.NONE, "-")
                    .takingBack(new Withdrawal("ann", "a walk", "f")))
            .finishedAt(Instant.EPOCH);
    assertThat(PartitionText.lines(status(taken, Optional.empty())).get(0))
        .startsWith("features.w of 2013-12-01: withdrawn, ")
        .contains("ann")
        .contains("a walk");
  }
}
