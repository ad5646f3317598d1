package org.millrace.jobs.room;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.Partition;
import org.millrace.contracts.RowCounts;
import org.millrace.contracts.ledger.CommitNote;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.contracts.ledger.PartitionNote;
import org.millrace.features.lake.Lake;
import org.millrace.features.lake.TableWriter;
import org.millrace.features.ledger.Ledger;
import org.millrace.jobs.testing.TestRooms;

/** When a lake without a ledger is warned of. */
class TestLostLedger {
  private static final CommitNote NOTE = new CommitNote("m.ingest.2013-12-01", "a", "", List.of());

  @TempDir Path directory;

  private final List<String> said = new ArrayList<>();

  @Test
  void tablesWithoutALedgerAreNamed() {
    Lake lake = TestRooms.context(directory.resolve("lake")).lake();
    write(lake, "ops.leases");
    warn(lake);
    assertThat(said).as("an empty lake").isEmpty();

    write(lake, "raw.t");
    warn(lake);
    assertThat(said)
        .singleElement()
        .asString()
        .startsWith("warning: this lake has raw.t and no ledger")
        .endsWith("`millrace doctor --lake --rebuild-ledger`");

    Ledger.open(lake)
        .append(
            List.of(
                LedgerEntry.of("raw.t", Partition.whole())
                    .made(NOTE, new PartitionNote("f", RowCounts.accepted(3), "PASS"))
                    .finishedAt(Instant.EPOCH)),
            NOTE);
    warn(lake);
    assertThat(said).hasSize(1);
  }

  private void warn(Lake lake) {
    LostLedger.warn(lake, Ledger.open(lake), (room, text) -> said.add(text));
  }

  private static void write(Lake lake, String table) {
    new TableWriter(lake, table, "T", Map.of(), Optional.empty())
        .append(lake.spark().range(3).toDF(), NOTE);
  }
}
