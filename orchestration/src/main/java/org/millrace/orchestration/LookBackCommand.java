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

  /** {@code explain}: one row. */
  @Command
  static final class Explain extends JobCommand {
    @Option(
        names = "--key",
        required = true,
        split = ",",
        paramLabel = "COLUMN=VALUE",
        description = "The row: a value for each column of the spine's id, such as flight_id=17.")
    Map<String, String> key = new LinkedHashMap<>();

    Explain(CommandContext context) {
      super(context, Verb.EXPLAIN);
    }

    @Override
    List<String> otherArguments(String name) {
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
