package org.millrace.registry.rollout;

import static java.util.Objects.requireNonNull;

import java.time.LocalDate;

/**
 * A matured day of two arms: the labels of its rows have come.
 *
 * @param day the day that was scored
 * @param control losses of the rows that the control served
 * @param treatment losses of those that the treatment served
 */
public record ArmDay(LocalDate day, LossSums control, LossSums treatment) {
  /** Checks that all is present. */
  public ArmDay {
    requireNonNull(day, "day is null");
    requireNonNull(control, "control is null");
    requireNonNull(treatment, "treatment is null");
  }
}
