package org.millrace.planning;

import java.time.LocalDate;
import java.util.Optional;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.definition.Pipeline;

/** Which days of a run train, and which are scored. */
public final class Split {
  private Split() {}

  /** True if the days hold all days of training and gate, and those that say what came true. */
  public static boolean trains(Pipeline pipeline, DayRange days) {
    return days.contains(pipeline.training().days().from())
        && days.contains(pipeline.labelsKnownOn(pipeline.gate().days().to()));
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

  /**
   * What whoever asked for the days may not expect of them: they are scored by a model that may
   * have learnt from them. Empty if the days train, or hold none of training and gate.
   */
  public static Optional<String> warning(Pipeline pipeline, DayRange days) {
    DayRange training = pipeline.training().days();
    DayRange gate = pipeline.gate().days();
    if (trains(pipeline, days) || !(overlap(days, training) || overlap(days, gate))) {
      return Optional.empty();
    }

    return Optional.of(
        ("%s to %s hold some days of training (%s to %s) and gate (%s to %s%s), not all: nothing is"
                + " trained, and the current champion scores these days, which it may have seen in"
                + " training; to train on fewer days, give run or quickstart --train-to and"
                + " --gate-to")
            .formatted(
                days.from(),
                days.to(),
                training.from(),
                training.to(),
                gate.from(),
                gate.to(),
                labels(pipeline)));
  }

  private static String labels(Pipeline pipeline) {
    LocalDate known = pipeline.labelsKnownOn(pipeline.gate().days().to());
    return known.isAfter(pipeline.gate().days().to()) ? ", whose labels are known on " + known : "";
  }

  private static boolean overlap(DayRange days, DayRange others) {
    return !days.to().isBefore(others.from()) && !days.from().isAfter(others.to());
  }
}
