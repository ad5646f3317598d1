package org.millrace.features.ledger;

import io.delta.tables.DeltaTable;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.ledger.CommitNote;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.features.lake.Lake;
import org.millrace.features.lake.TableWriter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads and writes {@code ops.ledger}. An append lands exactly at the version after the one that
 * was read, or not at all; that version is the entries' place in the order. Driver only.
 */
final class LedgerTable {
  private static final Logger LOG = LoggerFactory.getLogger(LedgerTable.class);
  private static final String DESCRIPTION =
      "What was done: object, partition, fingerprint, versions, counts, verdict";

  /** Each append makes a file; so many small ones are read about as fast as one. */
  private static final int VERSIONS_BETWEEN_COMPACTIONS = 50;

  private final Lake lake;
  private final LedgerReader reader;

  LedgerTable(Lake lake) {
    this.lake = lake;
    this.reader = new LedgerReader(lake.logs());
  }

  /** The version that was read or written last; -1 if there was no ledger. */
  long version() {
    return reader.version();
  }

  /** Entries that came since the last call, in order; all of them at the first. */
  List<LedgerEntry> readNew() {
    return reader.readNew();
  }

  /** Appends entries after the version that was read last, and gives them their place. */
  List<LedgerEntry> append(Collection<LedgerEntry> entries, CommitNote note) {
    long place = reader.version() + 1;
    List<LedgerEntry> placed = entries.stream().map(entry -> entry.at(place)).toList();
    List<Row> rows = placed.stream().map(LedgerRows::row).toList();
    Dataset<Row> frame = lake.spark().createDataFrame(rows, LedgerRows.SCHEMA).coalesce(1);
    TableVersion written =
        new TableWriter(lake, Ledger.TABLE, DESCRIPTION, Map.of(), Optional.empty())
            .appendAt(frame, reader.version(), note.in(lake.dayZone()));
    reader.wrote(written.version(), place);
    compactSometimes();
    return placed;
  }

  /** The entries are durable by then: without it the ledger is read somewhat slower. */
  private void compactSometimes() {
    if (reader.version() % VERSIONS_BETWEEN_COMPACTIONS != 0) {
      return;
    }

    try {
      // the next append finds a newer version than it read, and reads again first
      DeltaTable.forPath(lake.spark(), lake.path(Ledger.TABLE)).optimize().executeCompaction();
    } catch (Exception e) { // Scala throws checked exceptions without declaring them
      LOG.warn("Cannot compact {} now: {}", Ledger.TABLE, e.toString());
    }
  }
}
