package org.millrace.contracts;

import static java.util.Objects.requireNonNull;

import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names an intent, and is its idempotency key everywhere: the Airflow run, the Delta commit, the
 * MLflow tag.
 *
 * @param pipeline such as {@code late_flight}
 * @param room such as {@code score}
 * @param days the days that are meant
 */
public record RunKey(String pipeline, String room, DayRange days) {
  private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_-]{1,80}");
  private static final Pattern TEXT =
      Pattern.compile(
          "([A-Za-z0-9_-]{1,80})\\.([A-Za-z0-9_-]{1,80})\\.(\\d{4}-\\d\\d-\\d\\d)(?:_(\\d{4}-\\d\\d-\\d\\d))?");

  /**
   * Checks that the words hold only letters, digits, {@code _} and {@code -}: MLflow's search has
   * no escapes.
   */
  public RunKey {
    requireNonNull(days, "days is null");
    if (!WORD.matcher(pipeline).matches() || !WORD.matcher(room).matches()) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot name a run "
              + pipeline
              + "."
              + room
              + ": a word is 1 to 80 letters, digits, '_' or '-'");
    }
  }

  /**
   * Reads what {@link #toString} wrote.
   *
   * @return empty if the text is of another form, names a day that no calendar has, or a last day
   *     before the first
   */
  public static Optional<RunKey> parse(String text) {
    Matcher parts = TEXT.matcher(text);
    if (!parts.matches()) {
      return Optional.empty();
    }

    try {
      LocalDate from = LocalDate.parse(parts.group(3));
      LocalDate to = parts.group(4) == null ? from : LocalDate.parse(parts.group(4));
      return to.isBefore(from)
          ? Optional.empty()
          : Optional.of(new RunKey(parts.group(1), parts.group(2), new DayRange(from, to)));
    } catch (DateTimeParseException e) {
      return Optional.empty(); // digits in the right places, but no day of the calendar
    }
  }

  /** {@code late_flight.score.2013-12-01}. */
  @Override
  public String toString() {
    return pipeline + "." + room + "." + days;
  }
}
