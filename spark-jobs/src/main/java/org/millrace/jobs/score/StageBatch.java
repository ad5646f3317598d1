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
import org.millrace.features.staging.StagingArea;
import org.millrace.jobs.model.Champion;
import org.millrace.jobs.prediction.ScoredFacts;
import org.millrace.jobs.prediction.ScoringTurn;
import org.millrace.jobs.room.DayCounts;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.score.onnx.OnnxScoring;
import org.millrace.jobs.score.onnx.ScoringCounts;
import org.millrace.jobs.spine.JoinedSpine;
import org.millrace.jobs.spine.OracleCheck;
import org.millrace.jobs.spine.Pins;
import org.millrace.jobs.spine.SpineCheck;
import org.millrace.jobs.spine.SpineFeatures;
import org.millrace.jobs.tables.PredictionColumns;

/** Scores days with one champion, checks the scores, and stages them. Driver only. */
final class StageBatch {
  /** ONNX Runtime may add up a small batch in another order than a large one. */
  private static final double RELATIVE_TOLERANCE = 1e-6;

  private final JobContext context;
  private final RunKey runKey;
  private final Champion champion;
  private final SpineFeatures features;
  private final ChampionScoring scoring;

  StageBatch(JobContext context, RunKey runKey, ScoringTurn turn) {
    this.context = context;
    this.runKey = runKey;
    this.champion = turn.champion();
    this.features = turn.features();
    this.scoring = new ChampionScoring(context.pipeline(), champion, turn.needed().contract());
  }

  /**
   * One batch that was staged.
   *
   * @param oracleRows rows that brute force answered too
   * @param olderDays days that an older definition of their view made, by view
   */
  record Batch(
      DayRange days,
      long oracleRows,
      ScoringCounts scored,
      Map<String, List<LocalDate>> olderDays) {}

  /**
   * Stages the predictions of some days.
   *
   * @param fingerprints of each day
   * @throws org.millrace.contracts.MillraceException of category DATA_CONTRACT if a row was lost,
   *     or a view has no value for a whole day; INTERNAL if brute force finds otherwise
   */
  Batch stage(StagingArea area, DayRange days, NavigableMap<LocalDate, String> fingerprints) {
    Pins pins = features.pin(days);
    Dataset<Row> spine = features.spine(days, pins);
    NavigableMap<LocalDate, Long> rows =
        SpineCheck.requireSound(
            context.lake(),
            features.definition(),
            spine,
            days.days().stream().filter(day -> !context.pipeline().mayAskNothing(day)).toList());
    JoinedSpine joined = features.join(spine, days, pins);
    OnnxScoring scorer = scoring.scorer(List.of());
    Instant scoredAt = context.clock().instant();
    StagingArea.Draft draft = area.draft(days, context.attempt());
    Dataset<Row> staged =
        draft.write(
            predictions(
                scoring.answers(scorer.apply(joined.rows())), days, fingerprints, scoredAt));
    AsOfCounts counts = joined.requireConserved();
    ScoringCounts scored = scorer.counts();
    AnsweredDays answered = new AnsweredDays(features.views(), features.definition().day());
    List<Row> sample = checkSample(staged, spine, days, pins, counts.rows(), answered);
    answered.requireAll(
        daysWithRows(rows),
        sample,
        open -> features.join(spine.where(isOn(open)), days, pins).rows());
    draft.seal(manifest(days, fingerprints, rows, pins, scoredAt, scored));
    return new Batch(days, sample.size(), scored, pins.olderDays());
  }

  private Dataset<Row> predictions(
      Dataset<Row> scored,
      DayRange days,
      NavigableMap<LocalDate, String> fingerprints,
      Instant scoredAt) {
    String day = features.definition().day();
    return DayCounts.oneFileADay(
        PredictionRows.of(scored, day, champion, runKey, fingerprints, scoredAt), day, days);
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
            .tolerate(PredictionColumns.PROBABILITIES, RELATIVE_TOLERANCE);
    Dataset<Row> expected = answered.mark(features.bruteForce(check.sample(spine), days, pins));
    // which of two classes of nearly equal probabilities comes first is no fault of the rows
    List<String> beside = new ArrayList<>(answered.marks());
    beside.add(PredictionColumns.PREDICTED);
    return check.requireEqual(
        scoring.answers(scoring.scorer(answered.marks()).apply(expected)), staged, beside);
  }

  private StagedManifest manifest(
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
            champion.version(),
            champion.origin(),
            scoredAt,
            scored.sessions().size(),
            List.copyOf(scored.engines()));
    return new StagedManifest(
        context.pipeline().scoring().predictions(),
        days,
        runKey.toString(),
        context.attempt(),
        fingerprints,
        accepted,
        "",
        pins.all(),
        StagedManifest.facts(facts));
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
