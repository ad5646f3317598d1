package org.millrace.jobs.model;

import static java.util.Objects.requireNonNull;
import static org.apache.spark.sql.functions.col;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.ledger.CommitNote;
import org.millrace.features.lake.Lake;
import org.millrace.features.lake.TableWriter;
import org.millrace.jobs.tables.OpsTables;

/** The gate's verdicts, all of them: {@code ops.verdicts}, append only. Driver only. */
public final class Verdicts {
  private final Lake lake;

  /** Uses the table of a lake. */
  public Verdicts(Lake lake) {
    this.lake = requireNonNull(lake, "lake is null");
  }

  /** Keeps a verdict; it is durable when this returns. */
  public void append(VerdictRecord verdict, CommitNote note) {
    Dataset<Row> row =
        lake.spark().createDataFrame(List.of(verdict.toRow()), VerdictRecord.SCHEMA).coalesce(1);
    new TableWriter(
            lake,
            OpsTables.VERDICTS,
            "Verdicts of the gate: candidate, champion, metrics, reasons",
            Map.of(),
            Optional.empty())
        .append(row, note);
  }

  /** The newest verdict on any candidate of a model. */
  public Optional<VerdictRecord> newest(String model) {
    return newest(col("model").equalTo(model));
  }

  /** The newest verdict on one version. */
  public Optional<VerdictRecord> newest(String model, String version) {
    return newest(col("model").equalTo(model).and(col("candidate").equalTo(version)));
  }

  private Optional<VerdictRecord> newest(Column which) {
    Optional<TableVersion> table = lake.current(OpsTables.VERDICTS);
    if (table.isEmpty()) {
      return Optional.empty();
    }

    return lake
        .read(table.get())
        .where(which)
        .orderBy(col("number").desc(), col("judged_at").desc())
        .takeAsList(1)
        .stream()
        .findFirst()
        .map(VerdictRecord::of);
  }
}
