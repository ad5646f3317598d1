package org.millrace.orchestration;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** How long a job waits for a run that works on the same. */
final class WaitOption {
  @Option(
      names = "--wait",
      paramLabel = "DURATION",
      converter = IsoDuration.class,
      description =
          "Wait this long, such as PT10M, for a run that holds the same days; default: exit 75.")
  private @Nullable Duration wait;

  /** {@code Main}'s arguments. */
  List<String> arguments() {
    return wait == null ? List.of() : List.of("--wait", wait.toString());
  }

  /** Speaks of a wrong duration as the definitions' errors do. */
  static final class IsoDuration implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
      try {
        Duration duration = Duration.parse(text);
        if (!duration.isNegative()) {
          return duration;
        }
      } catch (DateTimeParseException e) {
        // said below, as of a negative one
      }

      throw new TypeConversionException(
          "expected an ISO 8601 duration such as PT10M, found '" + text + "'");
    }
  }
}
