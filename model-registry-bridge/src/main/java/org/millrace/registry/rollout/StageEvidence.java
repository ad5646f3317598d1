package org.millrace.registry.rollout;

import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.millrace.registry.gate.DifferenceInterval;

/**
 * What the days of a stage have shown whose labels are known. Champion and challenger have scored
 * the same rows, whoever's score readers saw.
 *
 * @param days how many
 * @param rows with a label
 * @param champion its metrics, by name
 * @param challenger its metrics, by name
 * @param intervals of differences in metrics, by name; of those that a rule asks for with
 *     confidence
 * @param disagreement how far the two disagree, by name
 * @param served losses of the rows that readers saw of each, by day
 */
public record StageEvidence(
    int days,
    long rows,
    Map<String, Double> champion,
    Map<String, Double> challenger,
    Map<String, DifferenceInterval> intervals,
    Map<String, Double> disagreement,
    List<ArmDay> served) {
  /** Copies the collections. */
  public StageEvidence {
    champion = Map.copyOf(champion);
    challenger = Map.copyOf(challenger);
    intervals = Map.copyOf(intervals);
    disagreement = Map.copyOf(disagreement);
    served = List.copyOf(served);
  }

  /** A metric of the challenger, or of how far the two disagree; NaN if it was not measured. */
  double measured(String metric) {
    return disagreement.getOrDefault(metric, challenger.getOrDefault(metric, Double.NaN));
  }

  /** Losses of the rows that readers saw of each, over all days. */
  ArmDay total() {
    LossSums control = LossSums.NONE;
    LossSums treatment = LossSums.NONE;
    for (ArmDay day : served) {
      control = control.plus(day.control());
      treatment = treatment.plus(day.treatment());
    }

    return new ArmDay(LocalDate.EPOCH, control, treatment);
  }
}
