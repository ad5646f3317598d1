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
 */
public record GateDefinition(
    String model, DayRange days, Map<String, Range> ranges, Map<String, Tolerance> notWorse) {

  /** The metrics of evaluations that a rule can name; which of them there are the task says. */
  static final List<String> METRICS =
      Stream.of(Task.values()).flatMap(task -> task.gateMetrics().stream()).distinct().toList();

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
   */
  public record Tolerance(Better better, double by) {}

  /** Direction of a metric. */
  public enum Better {
    HIGHER,
    LOWER
  }

  /** What it means. */
  public DefinitionContent content() {
    ContentBuilder content = new ContentBuilder().data("days", days);
    ranges.forEach(
        (metric, range) ->
            content
                .data("ranges." + metric + ".min", range.min())
                .data("ranges." + metric + ".max", range.max()));
    notWorse.forEach(
        (metric, tolerance) ->
            content
                .data("not-worse-than-champion." + metric + ".better", tolerance.better())
                .data("not-worse-than-champion." + metric + ".by", tolerance.by()));
    return content.build();
  }

  /** SHA-256 of what its verdicts come from, but for the models and rows. */
  public String hash() {
    return content().dataHash();
  }

  /** The same rules on another slice. */
  GateDefinition withDays(DayRange other) {
    return new GateDefinition(model, other, ranges, notWorse);
  }

  private static void checkMetric(DefinitionNode node, String key, String metric) {
    if (!METRICS.contains(metric)) {
      node.error(
          key,
          "'%s': no metric '%s'; allowed: %s".formatted(key, metric, String.join(", ", METRICS)));
    }
  }

  static GateDefinition read(DefinitionNode node) {
    Map<String, Range> ranges = new LinkedHashMap<>();
    node.entries("ranges")
        .forEach(
            (metric, child) -> {
              Range range = new Range(child.optionalNumber("min"), child.optionalNumber("max"));
              ranges.put(metric, range);
              checkMetric(node, "ranges", metric);
              if (range.isPointless()) {
                child.error("min", "'" + metric + "': expected min, max or both, with min <= max");
              }

              child.done();
            });
    Map<String, Tolerance> notWorse = new LinkedHashMap<>();
    node.entries("not-worse-than-champion")
        .forEach(
            (metric, child) -> {
              checkMetric(node, "not-worse-than-champion", metric);
              notWorse.put(
                  metric,
                  new Tolerance(
                      child.choice("better", Better.class, Better.HIGHER),
                      child.number("by", 0, 0)));
              child.done();
            });
    if (ranges.isEmpty()) {
      node.error(
          "ranges",
          "'ranges': expected at least one metric with min or max: a gate without a rule lets all pass");
    }

    GateDefinition gate =
        new GateDefinition(Names.word(node, "model"), Days.read(node, "days"), ranges, notWorse);
    node.done();
    return gate;
  }
}
