package org.millrace.orchestration;

import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Which days are meant: one, or a first and a last. */
final class DayOptions {
  @Option(
      names = "--date",
      paramLabel = "DAY",
      converter = IsoDay.class,
      description = "One day, such as 2024-03-01.")
  @Nullable LocalDate date;

  @Option(
      names = "--from",
      paramLabel = "DAY",
      converter = IsoDay.class,
      description = "First day of a range.")
  @Nullable LocalDate from;

  @Option(
      names = "--to",
      paramLabel = "DAY",
      converter = IsoDay.class,
      description = "Last day of the range, included.")
  @Nullable LocalDate to;

  /** True if any of the options is given. */
  boolean isGiven() {
    return date != null || from != null || to != null;
  }

  /** The days; empty where none of the options is given. */
  Optional<DayRange> range() {
    if (date == null && from == null && to == null) {
      return Optional.empty();
    }

    if (date != null && from == null && to == null) {
      return Optional.of(DayRange.of(date));
    }

    if (date == null && from != null && to != null) {
      return Optional.of(new DayRange(from, to));
    }

    throw new MillraceException(
        ErrorCategory.DEFINITION,
        "Cannot determine which days are meant: give --date alone, or --from and --to together");
  }

  static final class IsoDay implements ITypeConverter<LocalDate> {
    @Override
    public LocalDate convert(String text) {
      try {
        return LocalDate.parse(text);
      } catch (DateTimeParseException e) {
        throw new TypeConversionException(
            "'" + text + "' is not a day of the calendar; write it as 2024-03-01");
      }
    }
  }
}
