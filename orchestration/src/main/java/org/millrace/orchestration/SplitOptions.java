package org.millrace.orchestration;

import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import picocli.CommandLine.Option;

/** Other days for training and gate than the definitions pin: for a trial on a short range. */
final class SplitOptions {
  @Option(
      names = "--train-to",
      paramLabel = "DAY",
      converter = DayOptions.IsoDay.class,
      description = "Last day of training, which then starts with the range; needs --gate-to.")
  @Nullable LocalDate trainTo;

  @Option(
      names = "--gate-to",
      paramLabel = "DAY",
      converter = DayOptions.IsoDay.class,
      description = "Last day of the gate's slice, which starts after the training's last day.")
  @Nullable LocalDate gateTo;

  /** {@code Main}'s arguments; none where the definitions' days are meant. */
  List<String> arguments() {
    if (trainTo == null && gateTo == null) {
      return List.of();
    }

    if (trainTo == null || gateTo == null || !gateTo.isAfter(trainTo)) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot split the days: give --train-to and a later --gate-to together, or none of them");
    }

    return List.of("--train-to", trainTo.toString(), "--gate-to", gateTo.toString());
  }
}
