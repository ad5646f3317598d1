package org.millrace.jobs.model;

import static java.util.Objects.requireNonNull;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.ledger.CommitNote;
import org.millrace.features.lake.Lake;
import org.millrace.features.lake.LakeLogs;
import org.millrace.features.lake.LostRaceException;
import org.millrace.features.lake.RowFiles;
import org.millrace.features.lake.TableLog;
import org.millrace.features.lake.TableWriter;
import org.millrace.jobs.tables.OpsTables;

/** The gate's verdicts, all of them: {@code ops.verdicts}, append only. Driver only. */
public final class Verdicts {
  private static final int MOST_RACES = 10;
  private static final Comparator<VerdictRecord> BY_NUMBER =
      Comparator.comparingLong(VerdictRecord::number).thenComparing(VerdictRecord::judgedAt);

  private final Lake lake;

  /** Uses the table of a lake. */
  public Verdicts(Lake lake) {
    this.lake = requireNonNull(lake, "lake is null");
  }

  /**
   * Keeps a verdict; it is durable when this returns.
   *
   * @throws org.millrace.contracts.MillraceException of category BUSY if another run gave a verdict
   *     of this number meanwhile; nothing was kept then
   */
  public void append(VerdictRecord verdict, CommitNote note) {
    for (int race = 0; ; race++) {
      long version = lake.logs().of(OpsTables.VERDICTS).newest().orElse(-1);
      requireNext(verdict);
      try {
        appendAt(verdict, version, note);
        return;
      } catch (LostRaceException e) { // perhaps of another model: the number is looked at again
        if (race == MOST_RACES) {
          throw e;
        }
      }
    }
  }

  private void requireNext(VerdictRecord verdict) {
    newest(verdict.model())
        .filter(other -> other.number() >= verdict.number())
        .ifPresent(
            other -> {
              throw new MillraceException(
                  ErrorCategory.BUSY,
                  "Cannot keep verdict %d on %s/%s: run %s gave verdict %d on %s/%s meanwhile; run again"
                      .formatted(
                          verdict.number(),
                          verdict.model(),
                          verdict.candidate(),
                          other.runKey(),
                          other.number(),
                          other.model(),
                          other.candidate()));
            });
  }

  private void appendAt(VerdictRecord verdict, long version, CommitNote note) {
    Dataset<Row> row =
        lake.spark().createDataFrame(List.of(verdict.toRow()), VerdictRecord.SCHEMA).coalesce(1);
    new TableWriter(
            lake,
            OpsTables.VERDICTS,
            "Verdicts of the gate: candidate, champion, metrics, reasons",
            Map.of(),
            Optional.empty())
        .appendAt(row, version, note);
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

  /** All verdicts on versions of a model, the oldest first, read without Spark. */
  public static List<VerdictRecord> all(LakeLogs logs, String model) {
    return read(logs).filter(verdict -> verdict.model().equals(model)).sorted(BY_NUMBER).toList();
  }

  private static Stream<VerdictRecord> read(LakeLogs logs) {
    TableLog log = logs.of(OpsTables.VERDICTS);
    return RowFiles.at(log, log.newest().orElse(-1), VerdictRecord::of).stream();
  }

  private static Optional<VerdictRecord> newest(LakeLogs logs, Predicate<VerdictRecord> which) {
    return read(logs).filter(which).max(BY_NUMBER);
  }
}
