package org.millrace.jobs.score;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.RowCounts;
import org.millrace.contracts.RunKey;
import org.millrace.features.asof.AsOfCounts;
import org.millrace.features.staging.StagedManifest;
import org.millrace.features.staging.StagedRows;
import org.millrace.features.staging.StagingArea;
import org.millrace.jobs.prediction.ChallengerDays;
import org.millrace.jobs.prediction.ScoredFacts;
import org.millrace.jobs.prediction.ScoringTurn;
import org.millrace.jobs.room.DayCounts;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.score.onnx.ScoringCounts;
import org.millrace.jobs.spine.JoinedSpine;
import org.millrace.jobs.spine.OracleCheck;
import org.millrace.jobs.spine.Pins;
import org.millrace.jobs.spine.SpineCheck;
import org.millrace.jobs.spine.SpineFeatures;
import org.millrace.jobs.tables.ChallengerColumns;
import org.millrace.jobs.tables.PredictionColumns;

/**
 * Scores days with one champion, and with its challenger in the same pass, checks the scores, and
 * stages them. Driver only.
 */
final class StageBatch {
  /** ONNX Runtime may add up a small batch in another order than a large one. */
  private static final double RELATIVE_TOLERANCE = 1e-6;

  private final JobContext context;
  private final RunKey runKey;
  private final ScoringTurn turn;
  private final SpineFeatures features;

  StageBatch(JobContext context, RunKey runKey, ScoringTurn turn) {
    this.context = context;
    this.runKey = runKey;
    this.turn = turn;
    this.features = turn.challenger().map(ChallengerDays::features).orElse(turn.features());
  }

  /**
   * One batch that was staged.
   *
   * @param staged its rows
   * @param oracleRows rows that brute force answered too
   * @param scored by the champion
   * @param olderDays days that an older definition of their view made, by view
   */
  record Batch(
      StagedRows staged,
      long oracleRows,
      ScoringCounts scored,
      Map<String, List<LocalDate>> olderDays) {
    DayRange days() {
      return staged.manifest().days();
    }
  }

  /**
   * Stages the predictions of some days.
   *
   * @param object that they will become
   * @param fingerprints of each day, of the object
   * @throws org.millrace.contracts.MillraceException of category DATA_CONTRACT if a row was lost,
   *     or a view has no value for a whole day; INTERNAL if brute force finds otherwise
   */
  Batch stage(
      StagingArea area,
      String object,
      DayRange days,
      NavigableMap<LocalDate, String> fingerprints) {
    Pins pins = features.pin(days);
    Dataset<Row> spine = features.spine(days, pins);
    NavigableMap<LocalDate, Long> rows =
        SpineCheck.requireSound(
            context.lake(),
            features.definition(),
            spine,
            days.days().stream().filter(day -> !context.pipeline().mayAskNothing(day)).toList());
    JoinedSpine joined = features.join(spine, days, pins);
    ScoreLineup lineup = new ScoreLineup(context.pipeline(), turn);
    Instant scoredAt = context.clock().instant();
    StagingArea.Draft draft = area.draft(days, context.attempt());
    Dataset<Row> staged =
        draft.write(
            predictions(lineup.apply(joined.rows(), List.of()), days, fingerprints, scoredAt));
    AsOfCounts counts = joined.requireConserved();
    ScoringCounts scored = lineup.counts();
    // what the champion alone reads decides whether a day can be scored
    AnsweredDays answered = new AnsweredDays(turn.features().views(), features.definition().day());
    List<Row> sample = checkSample(staged, spine, days, pins, counts.rows(), answered);
    answered.requireAll(
        daysWithRows(rows),
        sample,
        open -> features.join(spine.where(isOn(open)), days, pins).rows());
    StagedRows sealed =
        draft.seal(manifest(object, days, fingerprints, rows, pins, scoredAt, scored));
    return new Batch(sealed, sample.size(), scored, pins.olderDays());
  }

  private Dataset<Row> predictions(
      Dataset<Row> scored,
      DayRange days,
      NavigableMap<LocalDate, String> fingerprints,
      Instant scoredAt) {
    String day = features.definition().day();
    String model = turn.champion().version().name();
    return DayCounts.oneFileADay(
        PredictionRows.of(scored, day, model, runKey, fingerprints, scoredAt), day, days);
  }

  private List<Row> checkSample(
      Dataset<Row> staged,
      Dataset<Row> spine,
      DayRange days,
      Pins pins,
      long rows,
      AnsweredDays answered) {
    OracleCheck check =
        new OracleCheck("the predictions of " + days, features.definition().id(), rows)
            .tolerate(PredictionColumns.SCORE, RELATIVE_TOLERANCE)
            .tolerate(PredictionColumns.PROBABILITIES, RELATIVE_TOLERANCE)
            .tolerate(ChallengerColumns.CHAMPION_SCORE, RELATIVE_TOLERANCE)
            .tolerate(ChallengerColumns.CHALLENGER_SCORE, RELATIVE_TOLERANCE);
    Dataset<Row> expected = answered.mark(features.bruteForce(check.sample(spine), days, pins));
    // which of two classes of nearly equal probabilities comes first is no fault of the rows
    List<String> beside = new ArrayList<>(answered.marks());
    beside.add(PredictionColumns.PREDICTED);
    return check.requireEqual(
        new ScoreLineup(context.pipeline(), turn).apply(expected, answered.marks()),
        staged,
        beside);
  }

  private StagedManifest manifest(
      String object,
      DayRange days,
      NavigableMap<LocalDate, String> fingerprints,
      NavigableMap<LocalDate, Long> rows,
      Pins pins,
      Instant scoredAt,
      ScoringCounts scored) {
    NavigableMap<LocalDate, RowCounts> accepted = new TreeMap<>();
    days.days().forEach(day -> accepted.put(day, RowCounts.NONE)); // nothing may be asked on one
    rows.forEach((day, count) -> accepted.put(day, RowCounts.accepted(count)));
    ScoredFacts facts =
        new ScoredFacts(
            turn.champion().version(),
            turn.champion().origin(),
            scoredAt,
            scored.sessions().size(),
            List.copyOf(scored.engines()),
            turn.challenger().map(of -> beside(of, days)));
    return new StagedManifest(
        object,
        days,
        runKey.toString(),
        context.attempt(),
        fingerprints,
        accepted,
        "",
        pins.all(),
        StagedManifest.facts(facts));
  }

  private static ScoredFacts.ScoredBeside beside(ChallengerDays challenger, DayRange days) {
    return new ScoredFacts.ScoredBeside(
        challenger.beside().version().version(),
        challenger.beside().challenger().share(),
        challenger.beside().challenger().rollout(),
        challenger.beside().move().stage(),
        challenger.of(days));
  }

  private static SortedSet<LocalDate> daysWithRows(NavigableMap<LocalDate, Long> rows) {
    SortedSet<LocalDate> days = new TreeSet<>();
    rows.forEach(
        (day, count) -> {
          if (count > 0) {
            days.add(day);
          }
        });
    return days;
  }

  private Column isOn(SortedSet<LocalDate> days) {
    return functions.col(features.definition().day()).isInCollection(days);
  }
}
