package org.millrace.registry.rollout;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What an allocation of rows to arms cost against the best arm in hindsight, that is the one with
 * the lowest loss over all rows.
 *
 * @param regret loss of what was served minus that of the best arm on the same rows, in the unit of
 *     the loss, summed over the rows; negative where a mixture did better than any one arm
 * @param bestArm its name; of equal ones the first by name
 */
public record Regret(double regret, String bestArm) {
  /** Checks that all is present. */
  public Regret {
    requireNonNull(bestArm, "bestArm is null");
  }

  /**
   * Of rows whose labels have come.
   *
   * @param servedByDay for each day the losses of the rows that each arm served
   * @param everyArmOnAllRows the losses of each arm over all these rows, whoever served them
   * @throws IllegalArgumentException without arms, or where an arm has other rows than were served
   *     or losses that are not finite
   */
  public static Regret of(
      List<Map<String, LossSums>> servedByDay, Map<String, LossSums> everyArmOnAllRows) {
    LossSums served =
        servedByDay.stream()
            .flatMap(day -> day.values().stream())
            .reduce(LossSums.NONE, LossSums::plus);
    String bestArm = null;
    double lowest = Double.NaN;
    for (Map.Entry<String, LossSums> arm : new TreeMap<>(everyArmOnAllRows).entrySet()) {
      if (!arm.getValue().isFinite() || !served.isFinite()) {
        throw new IllegalArgumentException(
            "Cannot compare losses that are not finite: arm %s has %s, served were %s"
                .formatted(arm.getKey(), arm.getValue(), served));
      }

      if (arm.getValue().rows() != served.rows()) {
        throw new IllegalArgumentException(
            "Cannot compare arm %s over %d rows with %d rows that were served: expected the same rows"
                .formatted(arm.getKey(), arm.getValue().rows(), served.rows()));
      }

      if (bestArm == null || arm.getValue().sum() < lowest) {
        bestArm = arm.getKey();
        lowest = arm.getValue().sum();
      }
    }

    if (bestArm == null) {
      throw new IllegalArgumentException("Cannot find the best arm: expected one arm or more");
    }

    return new Regret(served.sum() - lowest, bestArm);
  }
}
