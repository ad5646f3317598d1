package org.millrace.jobs.rollout;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.millrace.registry.gate.DifferenceInterval;
import org.millrace.registry.rollout.ArmDay;
import org.millrace.registry.rollout.LossSums;

/**
 * What a look at a stage has found, as the lake keeps it and {@code millrace rollout status} shows
 * it. Numbers that are not finite are left out.
 *
 * @param schema of this form
 * @param digest of the rules and the days: what was looked at
 * @param stage that was looked at
 * @param from first of its days whose labels are known
 * @param to last one
 * @param days how many
 * @param rows with a label
 * @param champion its metrics
 * @param challenger its metrics
 * @param intervals of differences, challenger minus champion
 * @param disagreement how far the scores differ
 * @param slices the same in parts of the rows
 * @param examples rows that differ most
 * @param served rows and mean losses of what readers saw
 * @param regret of a bandit against the better version on the same rows; empty for other policies
 * @param step what follows
 * @param reasons why
 */
record RolloutEvidence(
    @JsonProperty("schema") int schema,
    @JsonProperty("digest") String digest,
    @JsonProperty("stage") String stage,
    @JsonProperty("from") String from,
    @JsonProperty("to") String to,
    @JsonProperty("days") int days,
    @JsonProperty("rows") long rows,
    @JsonProperty("champion") Map<String, Double> champion,
    @JsonProperty("challenger") Map<String, Double> challenger,
    @JsonProperty("intervals") Map<String, Interval> intervals,
    @JsonProperty("disagreement") Map<String, Double> disagreement,
    @JsonProperty("slices") List<Slice> slices,
    @JsonProperty("examples") List<Example> examples,
    @JsonProperty("served") List<Served> served,
    @JsonProperty("regret") Optional<Cost> regret,
    @JsonProperty("step") String step,
    @JsonProperty("reasons") List<String> reasons) {
  static final int SCHEMA = 1;

  /** Copies the collections. */
  RolloutEvidence {
    champion = finite(champion);
    challenger = finite(challenger);
    disagreement = finite(disagreement);
    slices = List.copyOf(slices);
    examples = List.copyOf(examples);
    served = List.copyOf(served);
    reasons = List.copyOf(reasons);
  }

  /** Between which numbers a difference lies. */
  record Interval(
      @JsonProperty("difference") double difference,
      @JsonProperty("low") double low,
      @JsonProperty("high") double high,
      @JsonProperty("confidence") double confidence) {}

  /** How far scores differ in a part of the rows; without a decision none flips. */
  record Slice(
      @JsonProperty("slice") String slice,
      @JsonProperty("rows") long rows,
      @JsonProperty("mean_difference") double meanDifference,
      @JsonProperty("absolute_difference") double absoluteDifference,
      @JsonProperty("flip_rate") Optional<Double> flipRate) {}

  /** A row that differs much. */
  record Example(
      @JsonProperty("key") Map<String, String> key,
      @JsonProperty("day") String day,
      @JsonProperty("champion_score") double championScore,
      @JsonProperty("challenger_score") double challengerScore) {}

  /** What readers saw of a version on a day; without rows, no loss. */
  record Served(
      @JsonProperty("day") String day,
      @JsonProperty("champion_rows") long championRows,
      @JsonProperty("champion_loss") Optional<Double> championLoss,
      @JsonProperty("challenger_rows") long challengerRows,
      @JsonProperty("challenger_loss") Optional<Double> challengerLoss) {
    static Served of(ArmDay day) {
      return new Served(
          day.day().toString(),
          day.control().rows(),
          mean(day.control()),
          day.treatment().rows(),
          mean(day.treatment()));
    }

    private static Optional<Double> mean(LossSums sums) {
      return Optional.of(sums.mean()).filter(Double::isFinite);
    }
  }

  /** What sharing the rows has cost. */
  record Cost(
      @JsonProperty("regret") double regret,
      @JsonProperty("regret_per_row") double perRow,
      @JsonProperty("better") String better) {}

  static Map<String, Interval> intervals(Map<String, DifferenceInterval> found) {
    Map<String, Interval> intervals = new LinkedHashMap<>();
    found.forEach(
        (metric, interval) -> {
          if (interval.isDefined()) {
            intervals.put(
                metric,
                new Interval(
                    interval.difference(), interval.low(), interval.high(), interval.confidence()));
          }
        });
    return intervals;
  }

  private static Map<String, Double> finite(Map<String, Double> values) {
    Map<String, Double> finite = new LinkedHashMap<>();
    values.forEach(
        (name, value) -> {
          if (Double.isFinite(value)) {
            finite.put(name, value);
          }
        });
    return finite;
  }
}
