package org.millrace.jobs.score;

import static java.util.Objects.requireNonNull;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.RowCounts;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.Verb;
import org.millrace.contracts.definition.ScoringDefinition;
import org.millrace.contracts.ledger.LedgerObjects;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.features.lease.Lease;
import org.millrace.features.staging.StagedRows;
import org.millrace.features.staging.StagingArea;
import org.millrace.jobs.model.Champion;
import org.millrace.jobs.model.Champions;
import org.millrace.jobs.model.ReigningChampion;
import org.millrace.jobs.prediction.ChallengerDays;
import org.millrace.jobs.prediction.PredictionDays;
import org.millrace.jobs.prediction.ScoringTurn;
import org.millrace.jobs.room.Failures;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.room.Room;
import org.millrace.jobs.room.RoomResult;
import org.millrace.jobs.score.StageBatch.Batch;
import org.millrace.jobs.spine.OracleCheck;
import org.millrace.jobs.spine.Pins;

/**
 * Scores the spine of some days with the champion, resolved once, and stages the predictions for
 * PUBLISH. Nothing becomes visible here.
 *
 * <p>Placement: driver only; the model runs on the executors, one session each.
 */
public final class ScoreBatch implements Room<ScoreBatch.Result> {
  private final JobContext context;
  private final RunKey runKey;
  private final ScoringDefinition scoring;
  private final Champions champions;

  /**
   * Prepares the room for the model and the days that the run key names.
   *
   * @param champions who scores
   */
  public ScoreBatch(JobContext context, RunKey runKey, Champions champions) {
    this.context = requireNonNull(context, "context is null");
    this.champions = requireNonNull(champions, "champions is null");
    this.runKey = requireNonNull(runKey, "runKey is null");
    this.scoring = context.pipeline().scoring();
  }

  @Override
  public Verb verb() {
    return Verb.SCORE;
  }

  /**
   * What was staged.
   *
   * @param days the days that were asked for
   * @param model the champion
   * @param namedBy who named it
   * @param predictions table that the rows are for
   * @param rows what became of the spine's rows
   * @param engines what scored
   * @param counts of sessions, batches, nulls and rows that were answered by brute force too
   * @param warning what speaks against the champion; empty if nothing does
   */
  public record Result(
      DayRange days,
      ModelVersion model,
      Champion.Origin namedBy,
      String predictions,
      RowCounts rows,
      SortedSet<String> engines,
      Map<String, Long> counts,
      Optional<String> warning)
      implements RoomResult {
    @Override
    public boolean isIdle() {
      return engines.isEmpty();
    }

    @Override
    public String message() {
      return isIdle()
          ? days + " was scored before with " + model
          : "Scored "
              + days
              + " by "
              + String.join(", ", engines)
              + " with "
              + model
              + ", named by the "
              + namedBy.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public Map<String, Long> written() {
      return isIdle() ? Map.of() : Map.of(predictions, rows.accepted());
    }

    @Override
    public Map<String, String> versions() {
      return Map.of(LedgerObjects.candidate(model.name()), model.version());
    }

    @Override
    public Map<String, String> values() {
      return warning.map(text -> Map.of("warning", text)).orElse(Map.of());
    }
  }

  /** Scores the days that are neither published nor staged with this champion. */
  @Override
  public Result run(Lease lease) {
    List<ScoringTurn> turns = ScoringTurn.of(context, champions, runKey.days());
    Champion last = turns.get(turns.size() - 1).champion();
    Optional<String> warning =
        champions == Champions.NOW
            ? new ReigningChampion(context, runKey).warning(last)
            : Optional.empty();
    PredictionDays undone = ScoringTurn.undone(turns);
    StagingArea area = new StagingArea(context.lake(), scoring.predictions());
    area.sweep(runKey.days(), undone.keptIn(context.scope(), scoring.predictions()))
        .forEach(this::sayRemoved);
    List<StagedRows> staged = undone.staged(area);
    List<Batch> batches = new ArrayList<>();
    for (ScoringTurn turn : turns) {
      turn.needed().changed().forEach(view -> sayChanged(turn.champion(), view));
      batches.addAll(stage(turn, area, staged));
    }

    return result(last, batches, warning);
  }

  /** Stages what is undone of a turn: its predictions, then what its challenger lacks besides. */
  private List<Batch> stage(ScoringTurn turn, StagingArea area, List<StagedRows> staged) {
    List<Batch> batches = new ArrayList<>();
    for (DayRange days : turn.undone().without(staged)) {
      Batch batch = predictions(turn, area, days);
      batches.add(batch);
      say(turn.champion(), batch);
      turn.challenger().ifPresent(this::sayBeside);
    }

    if (turn.challenger().isPresent()) {
      List<StagedRows> all = new ArrayList<>(staged);
      batches.forEach(batch -> all.add(batch.staged()));
      batches.addAll(beside(turn, turn.challenger().get(), all));
    }

    return batches;
  }

  /** If a challenger in the shadow fails, the champion scores the days without it. */
  private Batch predictions(ScoringTurn turn, StagingArea area, DayRange days) {
    String object = scoring.predictions();
    boolean isInShadow =
        turn.challenger().filter(of -> !of.beside().challenger().serves()).isPresent();
    try {
      return new StageBatch(context, runKey, turn)
          .stage(area, object, days, turn.undone().of(days));
    } catch (Exception e) { // Scala throws checked exceptions without declaring them
      if (!isInShadow) {
        throw e;
      }

      sayLeftOut(turn.challenger().orElseThrow(), days, e);
      return new StageBatch(context, runKey, turn.alone())
          .stage(area, object, days, turn.undone().of(days));
    }
  }

  /** Days whose predictions are published, or staged without the challenger. */
  private List<Batch> beside(
      ScoringTurn turn, ChallengerDays challenger, List<StagedRows> predictions) {
    StagingArea area = challenger.area(context);
    area.sweep(runKey.days(), challenger.kept()).forEach(this::sayRemoved);
    List<StagedRows> all = new ArrayList<>(predictions);
    List<Batch> batches = new ArrayList<>();
    PredictionDays left = challenger.undone();
    for (DayRange days : challenger.without(all, left.staged(area))) {
      try {
        Batch batch =
            new StageBatch(context, runKey, turn)
                .stage(area, challenger.table(), days, left.of(days));
        batches.add(batch);
        say(challenger.beside().version(), batch);
      } catch (Exception e) { // Scala throws checked exceptions without declaring them
        sayLeftOut(challenger, days, e);
      }
    }

    return batches;
  }

  private void sayLeftOut(ChallengerDays challenger, DayRange days, Exception e) {
    context
        .progress()
        .say(
            verb().word(),
            "%s did not score %s: %s"
                .formatted(
                    challenger.beside().version().version(), days, Failures.ending(e).sentence()));
  }

  private void sayChanged(Champion champion, String view) {
    context
        .progress()
        .say(
            verb().word(),
            "note: %s was trained on another definition of view %s"
                .formatted(champion.version(), view));
  }

  private void sayRemoved(String name) {
    context.progress().say(verb().word(), "removed the stale staged predictions " + name);
  }

  private void sayBeside(ChallengerDays challenger) {
    context
        .progress()
        .say(
            verb().word(),
            "%s scores the same rows, in stage %s; readers see %s %% of them"
                .formatted(
                    challenger.beside().version().version(),
                    challenger.beside().move().stage(),
                    Math.round(1000 * challenger.beside().challenger().share()) / 10.0));
  }

  private void say(Champion champion, Batch batch) {
    context
        .progress()
        .say(
            verb().word(),
            batch.days()
                + ": "
                + batch.scored().rows()
                + " rows with "
                + champion.version()
                + ", "
                + String.join(", ", batch.scored().engines())
                + ", "
                + batch.scored().sessions().size()
                + " session(s), "
                + batch.oracleRows()
                + " rows equal to brute force");
  }

  private Result result(Champion champion, List<Batch> batches, Optional<String> warning) {
    Map<String, Long> counts = new LinkedHashMap<>();
    SortedSet<String> engines = new TreeSet<>();
    Map<String, SortedSet<LocalDate>> older = new LinkedHashMap<>(); // batches may read the same
    long rows = 0;
    for (Batch batch : batches) {
      if (batch.staged().manifest().object().equals(scoring.predictions())) {
        rows += batch.scored().rows();
      }

      engines.addAll(batch.scored().engines());
      counts.merge(OracleCheck.COUNT, batch.oracleRows(), Long::sum);
      batch.scored().asMap().forEach((name, count) -> counts.merge(name, count, Long::sum));
      batch
          .scored()
          .nullInputs()
          .forEach((input, nulls) -> counts.merge("null." + input, nulls, Long::sum));
      batch
          .olderDays()
          .forEach((view, days) -> older.computeIfAbsent(view, of -> new TreeSet<>()).addAll(days));
    }

    if (!batches.isEmpty() && engines.isEmpty()) {
      engines.add("no engine, as nothing was asked,");
    }

    counts.remove("rows");
    older.forEach((view, days) -> counts.put(Pins.OLDER_DAYS + view, (long) days.size()));
    return new Result(
        runKey.days(),
        champion.version(),
        champion.origin(),
        scoring.predictions(),
        RowCounts.accepted(rows),
        engines,
        counts,
        warning);
  }
}
