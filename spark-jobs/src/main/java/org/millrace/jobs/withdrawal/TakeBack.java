package org.millrace.jobs.withdrawal;

import static java.util.Objects.requireNonNull;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.Digest;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Partition;
import org.millrace.contracts.RowCounts;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.Withdrawal;
import org.millrace.contracts.definition.ScoringDefinition;
import org.millrace.contracts.ledger.CommitNote;
import org.millrace.contracts.ledger.PartitionNote;
import org.millrace.features.lake.DataFiles;
import org.millrace.features.lake.TableLog;
import org.millrace.features.lake.TableWriter;
import org.millrace.features.lease.Lease;
import org.millrace.jobs.prediction.UnpublishRequest;
import org.millrace.jobs.room.DayCounts;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.tables.PredictionColumns;

/**
 * Commits that change which publication of some days is in force: one commit for all days, whose
 * note is enough for {@link FinishWithdrawal}. No row is computed or lost. Driver only.
 */
public final class TakeBack {
  /** Stands for the fingerprint of a day that has nothing in force. */
  private static final String NOTHING = Digest.sha256("no predictions in force");

  private final JobContext context;
  private final RunKey runKey;
  private final ScoringDefinition scoring;
  private final String dayColumn;

  /** Prepares commits of a run. */
  public TakeBack(JobContext context, RunKey runKey) {
    this.context = requireNonNull(context, "context is null");
    this.runKey = requireNonNull(runKey, "runKey is null");
    this.scoring = context.pipeline().scoring();
    this.dayColumn = context.pipeline().spine().day();
  }

  /**
   * A commit that was made.
   *
   * @param version of the prediction table
   * @param note that it carries
   */
  public record Made(TableVersion version, CommitNote note) {}

  /**
   * Takes what is in force back.
   *
   * @param publications of the days
   * @param back by day that has something in force, what is in force again; empty for none
   * @param request who and why
   */
  public Made takeBack(
      Publications publications,
      NavigableMap<LocalDate, Optional<Publication>> back,
      UnpublishRequest request,
      TableVersion table,
      Lease lease) {
    NavigableMap<Partition, PartitionNote> partitions = new TreeMap<>();
    List<String> gone = new ArrayList<>();
    back.forEach(
        (day, again) -> {
          Publication inForce = publications.inForce(day).orElseThrow();
          gone.add(day + " " + inForce.number() + " " + inForce.fingerprint());
          Withdrawal withdrawal =
              new Withdrawal(request.by(), request.reason(), inForce.fingerprint());
          partitions.put(Partition.of(day), shown(again).takingBack(withdrawal));
        });
    CommitNote note = note(gone, partitions, table);
    Dataset<Row> rows = publications.takenBack(context.clock().instant(), back);
    return new Made(commit(rows, back.navigableKeySet(), note, lease), note);
  }

  /**
   * Puts publications in force again that were taken back.
   *
   * @param publications of the days
   * @param again by day, what is in force again
   */
  public Made restore(
      Publications publications,
      NavigableMap<LocalDate, Publication> again,
      TableVersion table,
      Lease lease) {
    NavigableMap<Partition, PartitionNote> partitions = new TreeMap<>();
    List<String> shown = new ArrayList<>();
    again.forEach(
        (day, publication) -> {
          shown.add(day + " again " + publication.number() + " " + publication.fingerprint());
          partitions.put(Partition.of(day), shown(Optional.of(publication)));
        });
    CommitNote note = note(shown, partitions, table);
    Dataset<Row> rows = publications.restored(context.clock().instant(), again);
    return new Made(commit(rows, again.navigableKeySet(), note, lease), note);
  }

  private PartitionNote shown(Optional<Publication> publication) {
    return new PartitionNote(
            publication.map(Publication::fingerprint).orElse(NOTHING),
            RowCounts.accepted(publication.map(Publication::rows).orElse(0L)),
            PartitionNote.UNJUDGED)
        .scoredBy(publication.map(of -> scoring.model() + "/" + of.modelVersion()));
  }

  private CommitNote note(
      List<String> what, NavigableMap<Partition, PartitionNote> partitions, TableVersion table) {
    return context.note(runKey, Digest.sha256(what.toString()), List.of(table)).with(partitions);
  }

  private TableVersion commit(
      Dataset<Row> all, SortedSet<LocalDate> days, CommitNote note, Lease lease) {
    TableWriter writer =
        new TableWriter(
                context.lake(),
                scoring.predictions(),
                "Predictions of " + scoring.model() + ", published and superseded",
                PredictionColumns.comments(context.pipeline()),
                Optional.of(dayColumn))
            .fencedBy(lease.fence(scoring.predictions(), days));
    Dataset<Row> rows =
        DayCounts.oneFileADay(all, dayColumn, new DayRange(days.first(), days.last()));
    return writer.replaceDaysAddingColumns(rows, DayRange.covering(days), note);
  }

  /**
   * Rows whose file is lost could neither be kept nor brought back.
   *
   * @throws MillraceException of category DATA_CONTRACT if files of a day are lost
   */
  public void requireFiles(TableVersion table, SortedSet<LocalDate> days) {
    if (days.isEmpty()) {
      return;
    }

    DataFiles files = TableLog.of(context.spark(), table.path()).dataFiles(table.version());
    for (LocalDate day : days) {
      List<DataFiles.Lost> lost = files.lost(Partition.of(day));
      if (!lost.isEmpty()) {
        throw new MillraceException(
            ErrorCategory.DATA_CONTRACT,
            "Cannot take back %1$s of %2$s: its rows are lost with %3$s; give the file back from a backup, or make the day again with `millrace score %1$s --date %2$s` and `millrace publish %1$s --date %2$s`"
                .formatted(scoring.model(), day, lost.get(0)));
      }
    }
  }
}
