package org.millrace.jobs.score;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.Digest;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.definition.Definitions;
import org.millrace.contracts.definition.ScoringDefinition;
import org.millrace.contracts.definition.TrainingDefinition;
import org.millrace.features.asof.AsOfCounts;
import org.millrace.features.lake.StagedRows;
import org.millrace.jobs.DayCounts;
import org.millrace.jobs.JobContext;
import org.millrace.jobs.model.Champion;
import org.millrace.jobs.score.onnx.OnnxScoring;
import org.millrace.jobs.score.onnx.ScoringCounts;
import org.millrace.jobs.spine.JoinedSpine;
import org.millrace.jobs.spine.OracleCheck;
import org.millrace.jobs.spine.Pins;
import org.millrace.jobs.spine.SpineCheck;
import org.millrace.jobs.spine.SpineFeatures;
import org.millrace.jobs.tables.PredictionColumns;

/**
 * Scores the spine of some days with the champion, resolved once, and stages the predictions for
 * PUBLISH. Nothing becomes visible here.
 *
 * <p>Placement: driver only; the model runs on the executors, one session each.
 */
public final class ScoreBatch {
  private static final String ROOM = "score";

  /** ONNX Runtime may add up a small batch in another order than a large one. */
  private static final double RELATIVE_TOLERANCE = 1e-6;

  private final JobContext context;
  private final RunKey runKey;
  private final ScoringDefinition scoring;
  private final TrainingDefinition training;

  /** Prepares the room for the model and the days that the run key names. */
  public ScoreBatch(JobContext context, RunKey runKey) {
    this.context = requireNonNull(context, "context is null");
    this.runKey = requireNonNull(runKey, "runKey is null");
    this.scoring = Definitions.named(context.definitions().scoring(), "scoring", runKey.pipeline());
    this.training =
        Definitions.named(context.definitions().training(), "training", runKey.pipeline());
  }

  /** Scores the days that are neither published nor staged with this champion. */
  public JobResult score() {
    long start = System.nanoTime();
    Champion champion = Champion.resolve(context, scoring);
    SpineFeatures features = new SpineFeatures(context, training);
    NavigableMap<LocalDate, String> fingerprints = new TreeMap<>();
    runKey
        .days()
        .days()
        .forEach(day -> fingerprints.put(day, fingerprint(features, champion, day)));
    List<LocalDate> undone =
        fingerprints.entrySet().stream()
            .filter(
                day ->
                    !context.ledger().isDone(scoring.predictions(), day.getKey(), day.getValue()))
            .map(Map.Entry::getKey)
            .toList();
    if (undone.isEmpty() || isStaged(fingerprints, undone)) {
      return JobResult.nothingToDo(
          runKey.toString(),
          runKey.days() + " was scored before with " + champion.version(),
          JobContext.secondsSince(start));
    }

    DayRange days = new DayRange(undone.get(0), undone.get(undone.size() - 1));
    NavigableMap<LocalDate, String> wanted =
        new TreeMap<>(fingerprints.subMap(days.from(), true, days.to(), true));
    return stage(champion, features, days, wanted, start);
  }

  private JobResult stage(
      Champion champion,
      SpineFeatures features,
      DayRange days,
      NavigableMap<LocalDate, String> fingerprints,
      long start) {
    Pins pins = features.pin(days);
    Dataset<Row> spine = features.spine(days, pins);
    NavigableMap<LocalDate, Long> rows =
        SpineCheck.requireSound(context.lake(), features.definition(), spine, days.days());
    JoinedSpine joined = features.join(spine, days, pins);
    ChampionScoring scoringOfChampion =
        new ChampionScoring(scoring, training, features.definition(), champion);
    OnnxScoring scorer = scoringOfChampion.scorer();
    Dataset<Row> scored = scorer.apply(joined.rows());
    String directory = context.lake().stagingPath(scoring.predictions(), days.toString());
    Instant scoredAt = context.clock().instant();
    StagedRows.write(
        context.lake(),
        directory,
        DayCounts.oneFileADay(
            PredictionRows.of(
                scored, features.definition().day(), champion, runKey, fingerprints, scoredAt),
            features.definition().day(),
            days));
    AsOfCounts counts = joined.requireConserved();
    ScoringCounts scoringCounts = scorer.counts();
    OracleCheck check =
        new OracleCheck("the predictions of " + days, features.definition().id(), counts.rows())
            .tolerate(PredictionColumns.SCORE, RELATIVE_TOLERANCE);
    long oracleRows =
        check.requireEqual(
            scoringOfChampion.scorer().apply(features.bruteForce(check.sample(spine), days, pins)),
            context.spark().read().parquet(directory));
    StagedRows.Manifest manifest =
        new StagedRows.Manifest(
            scoring.predictions(),
            days,
            runKey.toString(),
            fingerprints,
            rows,
            pins.all(),
            facts(champion, scoringCounts, scoredAt));
    StagedRows.seal(context.lake(), directory, manifest);
    return result(champion, counts, oracleRows, scoringCounts, days, start);
  }

  private Map<String, String> facts(Champion champion, ScoringCounts counts, Instant scoredAt) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("model_name", scoring.model());
    facts.put("model_version", champion.version().version());
    facts.put("model", champion.version().toJson());
    facts.put("champion_named_by", champion.origin().name());
    facts.put("scored_at", scoredAt.toString());
    facts.put("sessions", Integer.toString(counts.sessions().size()));
    facts.put("engines", String.join(", ", counts.engines()));
    return facts;
  }

  private boolean isStaged(Map<LocalDate, String> fingerprints, List<LocalDate> undone) {
    DayRange days = new DayRange(undone.get(0), undone.get(undone.size() - 1));
    return StagedRows.find(
            context.lake(), context.lake().stagingPath(scoring.predictions(), days.toString()))
        .filter(
            staged ->
                days.days().stream()
                    .allMatch(
                        day ->
                            Objects.equals(
                                fingerprints.get(day), staged.manifest().fingerprints().get(day))))
        .isPresent();
  }

  private String fingerprint(SpineFeatures features, Champion champion, LocalDate day) {
    return Digest.sha256(
        scoring.hash(),
        features.fingerprint(day),
        champion.version().name(),
        champion.version().version(),
        champion.version().sha256());
  }

  private JobResult result(
      Champion champion,
      AsOfCounts joined,
      long oracleRows,
      ScoringCounts scored,
      DayRange days,
      long start) {
    Map<String, Long> counts = new LinkedHashMap<>();
    counts.put("rows_in", joined.spineRows());
    counts.put("rows_out", scored.rows());
    counts.put(OracleCheck.COUNT, oracleRows);
    counts.putAll(scored.asMap());
    counts.remove("rows");
    scored.nullInputs().forEach((input, nulls) -> counts.put("null." + input, nulls));
    context
        .progress()
        .say(
            ROOM,
            days
                + ": "
                + scored.rows()
                + " rows with "
                + champion.version()
                + ", "
                + String.join(", ", scored.engines())
                + ", "
                + scored.sessions().size()
                + " session(s), "
                + oracleRows
                + " rows equal to brute force");
    return JobResult.done(
        runKey.toString(),
        "Scored "
            + days
            + " by "
            + String.join(", ", scored.engines())
            + " with "
            + champion.version()
            + ", named by the "
            + champion.origin().name().toLowerCase(Locale.ROOT),
        counts,
        Map.of(champion.version().name(), champion.version().version()),
        JobContext.secondsSince(start));
  }
}
