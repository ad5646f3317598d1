package org.millrace.jobs.tables;

import static org.apache.spark.sql.functions.col;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.features.lake.Lake;

/**
 * The table of a model's training sets: TRAINING SET writes it, TRAIN and GATE read it. Driver
 * only.
 */
public final class TrainingSetTable {
  /** Says which slice a row belongs to; partition. */
  public static final String SLICE = "slice";

  /** Slice that models are trained on. */
  public static final String TRAINING = "training";

  /** Slice that the gate evaluates on. */
  public static final String GATE = "gate";

  private TrainingSetTable() {}

  /** The version that a ledger entry of the table stands for. */
  public static TableVersion version(Lake lake, LedgerEntry set) {
    return new TableVersion(
        set.object(), lake.path(set.object()), set.tableVersion().orElseThrow());
  }

  /** The rows of one slice; lazy. */
  public static Dataset<Row> slice(Lake lake, TableVersion set, String slice) {
    return lake.read(set).where(col(SLICE).equalTo(slice));
  }
}
