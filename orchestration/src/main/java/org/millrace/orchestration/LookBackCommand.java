package org.millrace.orchestration;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Verb;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Jobs that look at published predictions, and change nothing. */
final class LookBackCommand {
  private LookBackCommand() {}

  /** {@code explain}: one row, or all rows of days. */
  @Command
  static final class Explain extends JobCommand {
    @Option(
        names = "--key",
        split = ",",
        paramLabel = "COLUMN=VALUE",
        description = "The row: a value for each column of the spine's id, such as flight_id=17.")
    Map<String, String> key = new LinkedHashMap<>();

    @Option(
        names = "--top-features",
        paramLabel = "N",
        description =
            "All rows of the days, into the table explanations.MODEL: of each the N inputs that"
                + " move its raw score most.")
    @Nullable Integer topFeatures;

    Explain(CommandContext context) {
      super(context, Verb.EXPLAIN);
    }

    @Override
    List<String> otherArguments(String name) {
      if (key.isEmpty() == (topFeatures == null) || (topFeatures != null && topFeatures < 1)) {
        throw new MillraceException(
            ErrorCategory.DEFINITION,
            "Cannot explain predictions of %s: give either --key COLUMN=VALUE for one row, or --top-features N, from 1 on, for all rows of the days"
                .formatted(name));
      }

      if (topFeatures != null) {
        return List.of("--top-features", topFeatures.toString());
      }

      List<String> arguments = new ArrayList<>();
      key.forEach((column, value) -> arguments.addAll(List.of("--key", column + "=" + value)));
      return arguments;
    }
  }

  /** {@code replay}: all rows of days, or some. */
  @Command
  static final class Replay extends JobCommand {
    @Option(
        names = "--sample",
        paramLabel = "N",
        description = "At most so many rows a day, the same ones each time; default: all.")
    @Nullable Integer sample;

    Replay(CommandContext context) {
      super(context, Verb.REPLAY);
    }

    @Override
    List<String> otherArguments(String name) {
      if (sample == null) {
        return List.of();
      }

      if (sample < 1) {
        throw new MillraceException(
            ErrorCategory.DEFINITION,
            "Cannot replay %d rows of %s: --sample is a number from 1 on".formatted(sample, name));
      }

      return List.of("--sample", sample.toString());
    }
  }
}
