package org.millrace.jobs;

import java.time.LocalDate;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.Definitions;
import picocli.CommandLine.Option;

/** The days of training and gate that arguments ask for instead of the definitions'. */
final class SplitArguments {
  @Option(names = "--train-to")
  private @Nullable LocalDate trainTo;

  @Option(names = "--gate-to")
  private @Nullable LocalDate gateTo;

  /** True if none are asked for. */
  boolean isEmpty() {
    requireBoth();
    return trainTo == null;
  }

  /**
   * The definitions with these days.
   *
   * @param days those of the run, which trains from the first on
   * @throws MillraceException of category DEFINITION if only one of the two is given
   */
  Definitions adjusted(Definitions definitions, String pipeline, DayRange days) {
    requireBoth();
    if (trainTo == null || gateTo == null) {
      return definitions;
    }

    return definitions.withDays(
        pipeline, new DayRange(days.from(), trainTo), new DayRange(trainTo.plusDays(1), gateTo));
  }

  private void requireBoth() {
    if ((trainTo == null) != (gateTo == null)) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot use only one of --train-to and --gate-to: give both, or none for the days of the definitions");
    }
  }
}
