package org.millrace.jobs.rollout;

import static java.util.Objects.requireNonNull;
import static org.apache.spark.sql.functions.col;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.Digest;
import org.millrace.contracts.Verb;
import org.millrace.contracts.definition.RolloutDefinition;
import org.millrace.contracts.definition.RolloutStage;
import org.millrace.contracts.definition.SpineDefinition;
import org.millrace.features.lake.Lake;
import org.millrace.features.spark.ColumnNames;
import org.millrace.jobs.bootstrap.PairedBootstrap;
import org.millrace.jobs.bootstrap.RuleIntervals;
import org.millrace.jobs.challenger.RolloutMove;
import org.millrace.jobs.evaluate.Evaluator;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.spine.Pins;
import org.millrace.jobs.spine.SpineFeatures;
import org.millrace.jobs.spine.SpineLabels;
import org.millrace.jobs.tables.ChallengerColumns;
import org.millrace.jobs.tables.PredictionColumns;
import org.millrace.registry.gate.DifferenceInterval;
import org.millrace.registry.rollout.ArmDay;
import org.millrace.registry.rollout.LossSums;
import org.millrace.registry.rollout.Regret;
import org.millrace.registry.rollout.RolloutDecision;
import org.millrace.registry.rollout.RolloutPolicy;
import org.millrace.registry.rollout.StageEvidence;
import scala.collection.JavaConverters;

/**
 * Measures what the days of a stage have shown: the scores of both versions for the same rows, held
 * against what came true. Driver; a few Spark jobs over these days.
 */
final class GatherEvidence {
  private final JobContext context;
  private final RolloutDefinition rollout;
  private final RolloutStage stage;
  private final RolloutMove current;
  private final SpineDefinition spine;
  private final String label;

  GatherEvidence(
      JobContext context, RolloutDefinition rollout, RolloutStage stage, RolloutMove current) {
    this.context = requireNonNull(context, "context is null");
    this.rollout = requireNonNull(rollout, "rollout is null");
    this.stage = requireNonNull(stage, "stage is null");
    this.current = requireNonNull(current, "current is null");
    this.spine = context.pipeline().spine();
    this.label = context.pipeline().labelColumns().label();
  }

  /**
   * A decision, and what it was made from.
   *
   * @param evidence as it is kept
   */
  record Looked(RolloutDecision decision, RolloutEvidence evidence) {}

  /** Measures some days, at least one, and decides. */
  Looked look(SortedSet<LocalDate> days) {
    Dataset<Row> rows = rows(days).persist(StorageLevel.MEMORY_AND_DISK());
    try {
      long count = rows.count();
      return count == 0 ? withoutRows(days) : measured(rows, count, days);
    } finally {
      rows.unpersist();
    }
  }

  private Looked withoutRows(SortedSet<LocalDate> days) {
    StageEvidence none = new StageEvidence(0, 0, Map.of(), Map.of(), Map.of(), Map.of(), List.of());
    return looked(
        none,
        new RolloutPolicy(rollout, stage).decide(none, 0),
        days,
        List.of(),
        List.of(),
        List.of(),
        null);
  }

  private Looked measured(Dataset<Row> rows, long count, SortedSet<LocalDate> days) {
    Evaluator evaluator = Evaluator.of(context.pipeline().training().task(), List.of());
    boolean isBandit = stage.policy() == RolloutStage.Policy.BANDIT;
    RowLoss losses = new RowLoss(rollout.loss(context.pipeline().training().task()), label);
    List<ArmDay> served = losses.byDay(rows, spine.day(), false);
    Disagreement disagreement = new Disagreement(context.pipeline(), rollout);
    StageEvidence evidence =
        new StageEvidence(
            days(rows),
            count,
            evaluator.evaluate(rows, label, ChallengerColumns.CHAMPION_SCORE).asMap(),
            evaluator.evaluate(rows, label, ChallengerColumns.CHALLENGER_SCORE).asMap(),
            intervals(rows),
            disagreement.of(rows),
            isBandit ? losses.byDay(rows, spine.day(), true) : served);
    RolloutDecision decision =
        new RolloutPolicy(rollout, stage).decide(evidence, days.last().toEpochDay());
    return looked(
        evidence,
        decision,
        days,
        disagreement.slices(rows),
        disagreement.examples(rows),
        served,
        isBandit ? regret(served, losses, rows) : null);
  }

  /** What a look is over. */
  static String digest(RolloutDefinition rollout, SortedSet<LocalDate> days) {
    return Digest.sha256(rollout.content().dataHash(), days.toString());
  }

  private int days(Dataset<Row> rows) {
    return (int) rows.select(ColumnNames.column(spine.day())).distinct().count();
  }

  private static Regret regret(List<ArmDay> days, RowLoss losses, Dataset<Row> rows) {
    List<Map<String, LossSums>> served = new ArrayList<>();
    for (ArmDay day : days) {
      served.add(
          Map.of(
              PredictionColumns.CHAMPION, day.control(),
              PredictionColumns.CHALLENGER, day.treatment()));
    }

    return Regret.of(served, losses.everywhere(rows));
  }

  private Looked looked(
      StageEvidence evidence,
      RolloutDecision decision,
      SortedSet<LocalDate> days,
      List<RolloutEvidence.Slice> slices,
      List<RolloutEvidence.Example> examples,
      List<ArmDay> served,
      @Nullable Regret regret) {
    return new Looked(
        decision,
        new RolloutEvidence(
            RolloutEvidence.SCHEMA,
            digest(rollout, days),
            stage.name(),
            days.first().toString(),
            days.last().toString(),
            evidence.days(),
            evidence.rows(),
            evidence.champion(),
            evidence.challenger(),
            RolloutEvidence.intervals(evidence.intervals()),
            evidence.disagreement(),
            slices,
            examples,
            served.stream().map(RolloutEvidence.Served::of).toList(),
            Optional.ofNullable(regret)
                .map(
                    cost ->
                        new RolloutEvidence.Cost(
                            cost.regret(), cost.regret() / evidence.rows(), cost.bestArm())),
            decision.step().name(),
            decision.reasons()));
  }

  private Map<String, DifferenceInterval> intervals(Dataset<Row> rows) {
    Dataset<Row> pairs =
        PairedBootstrap.pairs(
                rows,
                spine.id(),
                spine.day(),
                label,
                ChallengerColumns.CHALLENGER_SCORE,
                ChallengerColumns.CHAMPION_SCORE,
                List.of())
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      return new RuleIntervals(rollout.bootstrap()).of(pairs, rollout.notWorse(), 1);
    } finally {
      pairs.unpersist();
    }
  }

  /** What both versions have scored of the days, with what came true. */
  private Dataset<Row> rows(SortedSet<LocalDate> days) {
    DayRange range = new DayRange(days.first(), days.last());
    SpineFeatures features = new SpineFeatures(context, List.of());
    Optional<SpineLabels> labels =
        context.pipeline().label().map(of -> new SpineLabels(context, of, features.definition()));
    Pins facts = features.pin(range);
    Pins pins = labels.map(of -> of.pin(facts, range)).orElse(facts);
    Dataset<Row> asked = features.spine(range, pins);
    Dataset<Row> labelled = labels.map(of -> of.join(asked, range, pins)).orElse(asked);
    List<Column> columns = new ArrayList<>();
    spine.id().forEach(id -> columns.add(ColumnNames.column(id)));
    // an id names a row of its day
    List<String> keys =
        Stream.concat(spine.id().stream(), Stream.of(spine.day())).distinct().toList();
    if (!spine.id().contains(spine.day())) {
      columns.add(ColumnNames.column(spine.day()));
    }

    columns.add(ColumnNames.column(label));
    Dataset<Row> answers =
        labelled
            .where(ColumnNames.column(label).isNotNull())
            .select(columns.toArray(Column[]::new));
    Dataset<Row> scores =
        context
            .lake()
            .read(context.pin(rollout.challengers(), Verb.PUBLISH.word()))
            .where(Lake.inDays(spine.day(), range))
            .where(col("`" + spine.day() + "`").isInCollection(days))
            .where(col(ChallengerColumns.ROLLOUT).equalTo(current.draw()));
    return scores.join(answers, JavaConverters.asScalaBuffer(keys).toSeq(), "inner");
  }
}
