package org.millrace.jobs.room;

import java.time.LocalDate;
import java.util.Optional;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.definition.Pipeline;

/** Which days of a run train, and which are scored. */
public final class Split {
  private Split() {}

  /** True if the days hold all days of training and gate. */
  public static boolean trains(Pipeline pipeline, DayRange days) {
    return days.contains(pipeline.training().days().from())
        && days.contains(pipeline.gate().days().to());
  }

  /** The days that a run scores: all, or those after the gate's if it trains; empty for none. */
  public static Optional<DayRange> scored(Pipeline pipeline, DayRange days) {
    if (!trains(pipeline, days)) {
      return Optional.of(days);
    }

    LocalDate first = pipeline.gate().days().to().plusDays(1);
    return first.isAfter(days.to())
        ? Optional.empty()
        : Optional.of(new DayRange(first, days.to()));
  }
}
