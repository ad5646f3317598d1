package org.millrace.contracts.definition;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.Task;

/**
 * {@code conf/gate/*.yaml}: what a candidate must show before it becomes champion.
 *
 * @param model registered model's name
 * @param days pinned evaluation slice, later than the training days
 * @param ranges acceptable ranges by metric ({@code auc}, {@code log_loss}, {@code
 *     calibration_error}, ...)
 * @param notWorse by metric, how much worse than the champion is still accepted
 * @param slices the same in parts of the rows; empty for no look at parts
 * @param groups whose treatment is compared; empty for none
 * @param bootstrap how intervals are made
 * @param approval who lets a version pass that keeps all rules
 */
public record GateDefinition(
    String model,
    DayRange days,
    Map<String, Range> ranges,
    Map<String, Tolerance> notWorse,
    Optional<GateSlices> slices,
    Optional<GateGroups> groups,
    Bootstrap bootstrap,
    Approval approval) {

  /** The metrics of evaluations that a rule can name; which of them there are the task says. */
  static final List<String> METRICS =
      Stream.concat(
              Stream.of(Task.values()).flatMap(task -> task.gateMetrics().stream()),
              GateMeasure.WORDS.stream())
          .distinct()
          .toList();

  /** The metrics by which two versions are compared: a sign or a count is no quality. */
  private static final List<String> COMPARED =
      List.of(
          "auc",
          "pr_auc",
          "log_loss",
          "brier",
          "calibration_error",
          "rmse",
          "mae",
          "wape",
          "r2",
          "macro_f1",
          "accuracy",
          "top_2_accuracy",
          "top_3_accuracy");

  /** Those of which a difference has an interval. */
  static final List<String> WITH_INTERVALS =
      List.of("auc", "log_loss", "brier", "rmse", "mae", "wape");

  /** Bounds, both included; an absent one does not bind. */
  public record Range(Optional<Double> min, Optional<Double> max) {
    /** True where no value at all is inside, or every one is. */
    boolean isPointless() {
      return min.isEmpty() ? max.isEmpty() : max.filter(most -> min.get() > most).isPresent();
    }
  }

  /**
   * Comparison with the champion.
   *
   * @param better whether more or less is better
   * @param by how much worse is accepted, at least 0
   * @param confidence with which it is shown, in (0, 1); empty where the two numbers are compared
   */
  public record Tolerance(Better better, double by, Optional<Double> confidence) {
    /** A comparison of two numbers. */
    public Tolerance(Better better, double by) {
      this(better, by, Optional.empty());
    }
  }

  /**
   * Resamples of the rows that candidate and champion have scored.
   *
   * @param resamples how many
   * @param seed that all follow from
   */
  public record Bootstrap(int resamples, int seed) {
    /** What holds where the definition has no other. */
    public static final Bootstrap DEFAULT = new Bootstrap(1_000, 42);

    static Bootstrap read(DefinitionNode definition) {
      DefinitionNode node = definition.node("bootstrap");
      Bootstrap bootstrap =
          new Bootstrap(
              node.integer("resamples", DEFAULT.resamples(), 100, 10_000),
              node.integer("seed", DEFAULT.seed()));
      node.done();
      return bootstrap;
    }
  }

  /** Who lets a version pass that keeps all rules. */
  public enum Approval {
    /** The rules alone. */
    NONE,
    /** A person, after the rules: {@code millrace approve}. */
    REQUIRED
  }

  /** Direction of a metric. */
  public enum Better {
    HIGHER,
    LOWER
  }

  /** A gate of ranges and comparisons of two numbers alone. */
  public GateDefinition(
      String model, DayRange days, Map<String, Range> ranges, Map<String, Tolerance> notWorse) {
    this(
        model,
        days,
        ranges,
        notWorse,
        Optional.empty(),
        Optional.empty(),
        Bootstrap.DEFAULT,
        Approval.NONE);
  }

  /** What it means. */
  public DefinitionContent content() {
    ContentBuilder content =
        new ContentBuilder()
            .data("days", days)
            .data("bootstrap.resamples", bootstrap.resamples(), Bootstrap.DEFAULT.resamples())
            .data("bootstrap.seed", bootstrap.seed(), Bootstrap.DEFAULT.seed())
            .data("approval", approval, Approval.NONE);
    slices.ifPresent(of -> of.addTo(content));
    groups.ifPresent(of -> of.addTo(content));
    addRules(content, ranges, notWorse);
    return content.build();
  }

  /** Adds ranges and comparisons with the champion. */
  static void addRules(
      ContentBuilder content, Map<String, Range> ranges, Map<String, Tolerance> notWorse) {
    ranges.forEach(
        (metric, range) ->
            content
                .data("ranges." + metric + ".min", range.min())
                .data("ranges." + metric + ".max", range.max()));
    notWorse.forEach(
        (metric, tolerance) ->
            content
                .data("not-worse-than-champion." + metric + ".better", tolerance.better())
                .data("not-worse-than-champion." + metric + ".by", tolerance.by())
                .data("not-worse-than-champion." + metric + ".confidence", tolerance.confidence()));
  }

  /** SHA-256 of what its verdicts come from, but for the models and rows. */
  public String hash() {
    return content().dataHash();
  }

  /** The same rules on another slice. */
  GateDefinition withDays(DayRange other) {
    return new GateDefinition(model, other, ranges, notWorse, slices, groups, bootstrap, approval);
  }

  /** Whether a rule needs resamples. */
  public boolean needsIntervals() {
    return slices.isPresent()
        || notWorse.values().stream().anyMatch(rule -> rule.confidence().isPresent());
  }

  /** Kinds of rules that the definition does not have, in the order of its page. */
  public List<String> off() {
    Map<String, Boolean> kinds = new LinkedHashMap<>();
    kinds.put("not-worse-than-champion", !notWorse.isEmpty());
    kinds.put(
        "confidence", notWorse.values().stream().anyMatch(rule -> rule.confidence().isPresent()));
    kinds.put("slices", slices.isPresent());
    kinds.put("groups", groups.isPresent());
    for (GateMeasure measure : GateMeasure.values()) {
      if (!measure.isOfGroups()) {
        kinds.put(measure.word(), ranges.containsKey(measure.word()));
      }
    }

    kinds.put("approval", approval == Approval.REQUIRED);
    return kinds.entrySet().stream()
        .filter(kind -> !kind.getValue())
        .map(Map.Entry::getKey)
        .toList();
  }

  private static void checkMetric(
      DefinitionNode node, String key, String metric, List<String> allowed) {
    if (!allowed.contains(metric)) {
      node.error(
          key,
          "'%s': no metric '%s'; allowed: %s".formatted(key, metric, String.join(", ", allowed)));
    }
  }

  /** Acceptable ranges, by metric; of these metrics. */
  static Map<String, Range> ranges(DefinitionNode node, List<String> metrics) {
    Map<String, Range> ranges = new LinkedHashMap<>();
    node.entries("ranges")
        .forEach(
            (metric, child) -> {
              Range range = new Range(child.optionalNumber("min"), child.optionalNumber("max"));
              ranges.put(metric, range);
              checkMetric(node, "ranges", metric, metrics);
              if (range.isPointless()) {
                child.error("min", "'" + metric + "': expected min, max or both, with min <= max");
              }

              child.done();
            });
    return ranges;
  }

  static GateDefinition read(DefinitionNode node) {
    Map<String, Range> ranges = ranges(node, METRICS);
    Map<String, Tolerance> notWorse = tolerances(node, Optional.empty());
    if (ranges.isEmpty()) {
      node.error(
          "ranges",
          "'ranges': expected at least one metric with min or max: a gate without a rule lets all pass");
    }

    GateDefinition gate =
        new GateDefinition(
            Names.word(node, "model"),
            Days.read(node, "days"),
            ranges,
            notWorse,
            GateSlices.read(node),
            GateGroups.read(node),
            Bootstrap.read(node),
            node.choice("approval", Approval.class, Approval.NONE));
    gate.checkGroups(node);
    node.done();
    return gate;
  }

  private void checkGroups(DefinitionNode node) {
    boolean areJudged =
        Stream.of(GateMeasure.values())
            .anyMatch(measure -> measure.isOfGroups() && ranges.containsKey(measure.word()));
    if (groups.isPresent() && !areJudged) {
      node.error(
          "groups",
          "'groups': no range judges them: name demographic_parity_difference or equalized_odds_difference in 'ranges'");
    }

    for (GateMeasure measure : GateMeasure.values()) {
      if (measure.isOfGroups() && ranges.containsKey(measure.word()) && groups.isEmpty()) {
        node.error(
            "ranges",
            "'%s': it compares groups, and 'groups' names none".formatted(measure.word()));
      }
    }
  }

  /**
   * Comparisons with the champion.
   *
   * @param standard the confidence of those that name none; empty where none means none
   */
  static Map<String, Tolerance> tolerances(DefinitionNode node, Optional<Double> standard) {
    Map<String, Tolerance> tolerances = new LinkedHashMap<>();
    node.entries("not-worse-than-champion")
        .forEach(
            (metric, child) -> {
              checkMetric(node, "not-worse-than-champion", metric, COMPARED);
              Optional<Double> confidence = child.optionalNumber("confidence").or(() -> standard);
              if (confidence.filter(share -> !(share > 0 && share < 1)).isPresent()) {
                child.error("confidence", "'confidence': expected more than 0 and less than 1");
              }

              if (confidence.isPresent() && !WITH_INTERVALS.contains(metric)) {
                child.error(
                    "confidence",
                    "'%s': no interval of it can be made, only of: %s"
                        .formatted(metric, String.join(", ", WITH_INTERVALS)));
              }

              tolerances.put(
                  metric,
                  new Tolerance(
                      child.choice("better", Better.class, Better.HIGHER),
                      child.number("by", 0, 0),
                      confidence));
              child.done();
            });
    return tolerances;
  }
}
