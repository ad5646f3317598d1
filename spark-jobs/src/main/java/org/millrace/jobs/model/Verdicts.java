package org.millrace.jobs.model;

import static java.util.Objects.requireNonNull;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.ledger.CommitNote;
import org.millrace.features.lake.Lake;
import org.millrace.features.lake.LakeLogs;
import org.millrace.features.lake.RowFiles;
import org.millrace.features.lake.TableLog;
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
    return newest(lake.logs(), verdict -> verdict.model().equals(model));
  }

  /** The newest verdict on one version. */
  public Optional<VerdictRecord> newest(String model, String version) {
    return newest(lake.logs(), model, version);
  }

  /** The newest verdict on one version, read without Spark. */
  public static Optional<VerdictRecord> newest(LakeLogs logs, String model, String version) {
    return newest(
        logs, verdict -> verdict.model().equals(model) && verdict.candidate().equals(version));
  }

  private static Optional<VerdictRecord> newest(LakeLogs logs, Predicate<VerdictRecord> which) {
    TableLog log = logs.of(OpsTables.VERDICTS);
    return RowFiles.at(log, log.newest().orElse(-1), VerdictRecord::of).stream()
        .filter(which)
        .max(
            Comparator.comparingLong(VerdictRecord::number).thenComparing(VerdictRecord::judgedAt));
  }
}
