package org.millrace.contracts.definition;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.millrace.contracts.Task;
import org.millrace.contracts.definition.GateDefinition.Bootstrap;
import org.millrace.contracts.definition.GateDefinition.Range;
import org.millrace.contracts.definition.GateDefinition.Tolerance;

/**
 * {@code conf/rollout/*.yaml}: how a version that passed the gate comes to score, stage by stage.
 *
 * @param model registered model's name
 * @param begins who begins a rollout
 * @param challengers qualified name of the table of what challengers score
 * @param entity columns of the spine whose rows go to one version together; empty for the spine's
 *     id
 * @param slices columns of the spine in whose parts scores are compared
 * @param decisionThreshold score from which the answer of a binary model is yes
 * @param leastRows with known labels before anything is decided
 * @param ranges acceptable ranges of the challenger's metrics, and of how far the two disagree
 * @param notWorse by metric, how much worse than the champion is still accepted
 * @param bootstrap how intervals are made
 * @param givenLoss what A/B tests and bandits compare; empty for that of the task
 * @param fallBack when a champion loses the alias to the one before it; empty for never
 * @param stages in their order, at least one
 */
public record RolloutDefinition(
    String model,
    Begins begins,
    String challengers,
    List<String> entity,
    List<String> slices,
    double decisionThreshold,
    int leastRows,
    Map<String, Range> ranges,
    Map<String, Tolerance> notWorse,
    Bootstrap bootstrap,
    Optional<Loss> givenLoss,
    Optional<FallBack> fallBack,
    List<RolloutStage> stages) {
  /** How far the scores of two versions disagree, whatever came true. */
  public static final List<String> DISAGREEMENT =
      List.of("rank_correlation", "flip_rate", "mean_difference", "absolute_difference");

  /** Columns of the table of challengers beside those of the spine and of predictions. */
  static final List<String> COLUMNS =
      List.of(
          "champion_version",
          "champion_score",
          "challenger_version",
          "challenger_score",
          "rollout",
          "stage");

  /** The metrics that a range can name; which of them there are the task says. */
  static final List<String> METRICS =
      Stream.concat(
              Stream.of(Task.values()).flatMap(task -> task.metrics().stream()),
              DISAGREEMENT.stream())
          .distinct()
          .toList();

  /** The metrics of a judged day; which of them there are the task says. */
  static final List<String> DAY_METRICS =
      Stream.of(Task.BINARY, Task.REGRESSION)
          .flatMap(task -> task.dayMetrics().stream())
          .distinct()
          .toList();

  private static final double DEFAULT_THRESHOLD = 0.5;
  private static final int DEFAULT_LEAST_ROWS = 1_000;

  /** Who begins a rollout. */
  public enum Begins {
    /** A version that passes the gate beside a champion begins one, and does not get the alias. */
    GATE,
    /**
     * {@code millrace rollout begin} alone; the gate gives the alias as it does without rollouts.
     */
    PERSON
  }

  /** What one row costs; less is better. */
  public enum Loss {
    /** (score - label)^2 of a probability. */
    BRIER,
    /** -log of the probability of what came true. */
    LOG_LOSS,
    /** (score - label)^2. */
    SQUARED_ERROR,
    /** |score - label|. */
    ABSOLUTE_ERROR;

    /** True if it is one of a task. */
    public boolean isOf(Task task) {
      return (task == Task.BINARY) == (this == BRIER || this == LOG_LOSS);
    }
  }

  /** Copies the collections, in their order. */
  public RolloutDefinition {
    requireNonNull(model, "model is null");
    requireNonNull(begins, "begins is null");
    requireNonNull(challengers, "challengers is null");
    requireNonNull(bootstrap, "bootstrap is null");
    requireNonNull(givenLoss, "givenLoss is null");
    requireNonNull(fallBack, "fallBack is null");
    entity = List.copyOf(entity);
    slices = List.copyOf(slices);
    stages = List.copyOf(stages);
  }

  /** What A/B tests and bandits compare. */
  public Loss loss(Task task) {
    return givenLoss.orElse(task == Task.BINARY ? Loss.BRIER : Loss.SQUARED_ERROR);
  }

  /** The stage of a name; empty if there is none any more. */
  public Optional<RolloutStage> stage(String name) {
    return stages.stream().filter(stage -> stage.name().equals(name)).findFirst();
  }

  /** The stage that follows; empty after the last one. */
  public Optional<RolloutStage> after(RolloutStage stage) {
    int place = stages.indexOf(stage);
    return place + 1 < stages.size() ? Optional.of(stages.get(place + 1)) : Optional.empty();
  }

  /** What it means. */
  public DefinitionContent content() {
    ContentBuilder content =
        new ContentBuilder()
            .data("begins", begins)
            .data("challengers", challengers)
            .data("entity", entity)
            .data("slices", slices)
            .data("decision-threshold", decisionThreshold, DEFAULT_THRESHOLD)
            .data("least-rows", leastRows, DEFAULT_LEAST_ROWS)
            .data("bootstrap.resamples", bootstrap.resamples(), Bootstrap.DEFAULT.resamples())
            .data("bootstrap.seed", bootstrap.seed(), Bootstrap.DEFAULT.seed())
            .data("loss", givenLoss);
    GateDefinition.addRules(content, ranges, notWorse);
    fallBack.ifPresent(of -> of.addTo(content));
    for (int place = 0; place < stages.size(); place++) {
      stages.get(place).addTo(content, place);
    }

    return content.build();
  }

  static RolloutDefinition read(DefinitionNode node) {
    String model = Names.word(node, "model");
    RolloutDefinition rollout =
        new RolloutDefinition(
            model,
            node.choice("begins", Begins.class, Begins.GATE),
            node.has("challengers") ? Names.qualified(node, "challengers") : "challengers." + model,
            node.strings("entity"),
            node.strings("slices"),
            node.number("decision-threshold", DEFAULT_THRESHOLD),
            node.integer("least-rows", DEFAULT_LEAST_ROWS, 1, Integer.MAX_VALUE),
            GateDefinition.ranges(node, METRICS),
            new LinkedHashMap<>(GateDefinition.tolerances(node, Optional.empty())),
            Bootstrap.read(node),
            node.has("loss")
                ? Optional.of(node.choice("loss", Loss.class, Loss.BRIER))
                : Optional.empty(),
            FallBack.read(node, DAY_METRICS),
            stages(node));
    rollout.check(node);
    node.done();
    return rollout;
  }

  private static List<RolloutStage> stages(DefinitionNode node) {
    List<RolloutStage> stages = new ArrayList<>();
    node.entries("stages").forEach((name, child) -> stages.add(RolloutStage.read(name, child)));
    return stages;
  }

  private void check(DefinitionNode node) {
    if (stages.isEmpty()) {
      node.error(
          "stages", "'stages': expected at least one, such as shadow: {policy: shadow, days: 7}");
    }

    boolean needsRules =
        stages.stream()
            .anyMatch(
                stage ->
                    stage.policy() == RolloutStage.Policy.SHADOW
                        || stage.policy() == RolloutStage.Policy.CANARY);
    if (needsRules && ranges.isEmpty() && notWorse.isEmpty()) {
      node.error(
          "ranges",
          "'ranges' and 'not-worse-than-champion' are both empty: a stage without a rule lets all pass");
    }
  }
}
