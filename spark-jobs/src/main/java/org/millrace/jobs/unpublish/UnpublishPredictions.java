package org.millrace.jobs.unpublish;

import static java.util.Objects.requireNonNull;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.RowCounts;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.Verb;
import org.millrace.contracts.definition.ScoringDefinition;
import org.millrace.contracts.definition.SpineDefinition;
import org.millrace.features.lease.Lease;
import org.millrace.jobs.lineage.Lineage;
import org.millrace.jobs.prediction.UnpublishRequest;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.room.Room;
import org.millrace.jobs.room.RoomResult;
import org.millrace.jobs.withdrawal.AskedDays;
import org.millrace.jobs.withdrawal.FinishWithdrawal;
import org.millrace.jobs.withdrawal.Publication;
import org.millrace.jobs.withdrawal.Publications;
import org.millrace.jobs.withdrawal.TakeBack;
import org.millrace.jobs.withdrawal.TakenDay;

/**
 * Takes the last publication of some days back: what it replaced is in force again, or nothing. The
 * rows that were taken back stay in the table, marked, so that what people saw can be looked up.
 *
 * <p>Killed at any point and run again: the same table. A day whose newest commit took it back is
 * not taken back further, unless the person names the version that shows what is to go too. The
 * order is commit, views, lineage kept, ledger, lineage delivered; what a killed program left of it
 * is done by the next call for these days.
 *
 * <p>Placement: driver only.
 */
public final class UnpublishPredictions implements Room<UnpublishPredictions.Result> {
  private final JobContext context;
  private final RunKey runKey;
  private final UnpublishRequest request;
  private final ScoringDefinition scoring;
  private final SpineDefinition spine;

  /** Prepares the room for the model and the days that the run key names. */
  public UnpublishPredictions(JobContext context, RunKey runKey, UnpublishRequest request) {
    this.context = requireNonNull(context, "context is null");
    this.runKey = requireNonNull(runKey, "runKey is null");
    this.request = requireNonNull(request, "request is null");
    this.scoring = context.pipeline().scoring();
    this.spine = context.pipeline().spine();
  }

  @Override
  public Verb verb() {
    return Verb.UNPUBLISH;
  }

  /**
   * What was taken back.
   *
   * @param predictions version of each commit, the oldest first; empty if nothing was taken back
   * @param daysTaken days that were taken back
   * @param daysEmpty those of them that have nothing in force since
   * @param rowsTaken rows that are no longer in force
   * @param rowsInForce rows that are in force again
   * @param message one plain sentence
   * @param request who and why
   */
  public record Result(
      List<TableVersion> predictions,
      int daysTaken,
      int daysEmpty,
      long rowsTaken,
      long rowsInForce,
      String message,
      UnpublishRequest request)
      implements RoomResult {
    /** Copies the list. */
    public Result {
      predictions = List.copyOf(predictions);
      requireNonNull(message, "message is null");
      requireNonNull(request, "request is null");
    }

    @Override
    public boolean isIdle() {
      return predictions.isEmpty();
    }

    @Override
    public RowCounts rows() {
      return RowCounts.accepted(rowsInForce);
    }

    @Override
    public Map<String, Long> written() {
      return isIdle() ? Map.of() : Map.of(predictions.get(0).table(), rowsInForce);
    }

    @Override
    public Map<String, String> versions() {
      return isIdle()
          ? Map.of()
          : Map.of(
              predictions.get(0).table(),
              String.join(
                  ",", predictions.stream().map(made -> Long.toString(made.version())).toList()));
    }

    @Override
    public Map<String, Long> counts() {
      return isIdle()
          ? Map.of()
          : Map.of(
              "days",
              (long) daysTaken,
              "days_empty",
              (long) daysEmpty,
              "rows_taken_back",
              rowsTaken);
    }

    @Override
    public Map<String, String> values() {
      return isIdle() ? Map.of() : Map.of("by", request.by(), "reason", request.reason());
    }
  }

  /**
   * Takes back what is in force. Days that have nothing in force, or were taken back before, are
   * left alone, and said.
   *
   * @throws MillraceException of category DEFINITION if a day was published after the version that
   *     the person saw; DATA_CONTRACT if files of a day are lost
   */
  @Override
  public Result run(Lease lease) {
    Optional<TableVersion> table = context.lake().current(scoring.predictions());
    if (table.isEmpty()) {
      return result(new UnpublishMessage(runKey, scoring.predictions()), List.of(), List.of());
    }

    AskedDays asked = AskedDays.of(context, table.get(), runKey.days(), request);
    TakeBack takeBack = new TakeBack(context, runKey);
    takeBack.requireFiles(table.get(), asked.open());
    FinishWithdrawal finish = new FinishWithdrawal(context);
    List<TableVersion> made = new ArrayList<>();
    List<TakenDay> taken = new ArrayList<>();
    asked
        .unfinished()
        .forEach(
            (number, note) -> {
              made.add(new TableVersion(table.get().table(), table.get().path(), number));
              taken.addAll(finish.run(made.get(made.size() - 1), note));
            });
    Publications publications =
        Publications.read(context.lake(), table.get(), spine.day(), asked.open());
    NavigableMap<LocalDate, Optional<Publication>> back = new TreeMap<>();
    publications.daysInForce().forEach(day -> back.put(day, publications.below(day)));
    if (!back.isEmpty()) {
      TakeBack.Made done = takeBack.takeBack(publications, back, request, table.get(), lease);
      made.add(done.version());
      taken.addAll(finish.run(done.version(), done.note()));
    }

    if (made.isEmpty()) {
      new Lineage(context).deliver(); // what an earlier run could not
    }

    return result(new UnpublishMessage(runKey, scoring.predictions()).before(asked), made, taken);
  }

  private Result result(UnpublishMessage message, List<TableVersion> made, List<TakenDay> taken) {
    return new Result(
        made,
        taken.size(),
        (int) taken.stream().filter(day -> day.shown().isEmpty()).count(),
        taken.stream().mapToLong(TakenDay::rows).sum(),
        taken.stream().mapToLong(TakenDay::shownRows).sum(),
        message.text(made, taken),
        request);
  }
}
