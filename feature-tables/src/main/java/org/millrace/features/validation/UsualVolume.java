package org.millrace.features.validation;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * How many rows the days of a table usually have, and the rule that no day has many times as many:
 * rows that were delivered twice or ten times over break no rule on a row. Usual is the median of
 * the {@value #MOST_DAYS} days before that have rows; there is none where fewer than {@value
 * #LEAST_DAYS} have.
 */
public final class UsualVolume {
  private static final int MOST_DAYS = 28;
  private static final int LEAST_DAYS = 7;

  private UsualVolume() {}

  /** The usual rows of a day, by those of the days before it; of the others none matters. */
  public static OptionalDouble of(LocalDate day, NavigableMap<LocalDate, Long> rows) {
    List<Long> sorted =
        rows.headMap(day, false).descendingMap().values().stream()
            .filter(count -> count > 0)
            .limit(MOST_DAYS)
            .sorted()
            .toList();
    if (sorted.size() < LEAST_DAYS) {
      return OptionalDouble.empty();
    }

    int middle = sorted.size() / 2;
    return OptionalDouble.of(
        sorted.size() % 2 == 1
            ? sorted.get(middle)
            : (sorted.get(middle - 1) + sorted.get(middle)) / 2.0);
  }

  /** A number of rows as messages have it: 1,234 or 20.5. */
  static String text(double rows) {
    return String.format(Locale.ROOT, rows == Math.rint(rows) ? "%,.0f" : "%,.1f", rows);
  }

  /**
   * A day beside the usual rows of its table.
   *
   * @param day the day
   * @param rows its rows
   * @param usual those that the days before it usually have
   */
  public record Compared(LocalDate day, long rows, double usual) {
    /** How many times its usual rows it has. */
    public double times() {
      return rows / usual;
    }

    /** True if it has so many times its usual rows, or more. */
    public boolean isLarge(double times) {
      return times() >= times;
    }

    /** True if it has rows, and its usual ones are more than so many times them. */
    public boolean isSmall(double times) {
      return rows > 0 && rows * times < usual;
    }

    /** Why a large day is refused, as a clause. */
    public String tooMany(double times) {
      return "%s has %s rows, at least %s times the %s that its days before usually have"
          .formatted(day, text((double) rows), text(times), text(usual));
    }
  }

  /**
   * Compares days with the days before each, these among them; days without a usual are left out.
   *
   * @param days rows by day
   * @param known rows by day of what is visible; these days and later ones do not matter
   * @return oldest first
   */
  public static List<Compared> compare(
      NavigableMap<LocalDate, Long> days, NavigableMap<LocalDate, Long> known) {
    TreeMap<LocalDate, Long> all = new TreeMap<>(known);
    all.putAll(days);
    List<Compared> compared = new ArrayList<>();
    days.forEach(
        (day, rows) ->
            of(day, all).ifPresent(usual -> compared.add(new Compared(day, rows, usual))));
    return compared;
  }

  /**
   * Judges some days. Each is compared with the days before it, these among them.
   *
   * @param days rows by day
   * @param known rows by day of what is visible; these days and later ones do not matter
   * @param times a day of so many times its usual rows fails
   */
  public static RuleOutcome judge(
      NavigableMap<LocalDate, Long> days, NavigableMap<LocalDate, Long> known, double times) {
    List<Compared> compared = compare(days, known);
    double worst = compared.stream().mapToDouble(Compared::times).max().orElse(0);
    List<String> wrong =
        compared.stream().filter(day -> day.isLarge(times)).map(day -> day.tooMany(times)).toList();
    return outcome(worst, wrong, times);
  }

  private static RuleOutcome outcome(double worst, List<String> wrong, double times) {
    String bound = "< " + times;
    Optional<String> reason =
        wrong.isEmpty()
            ? Optional.empty()
            : Optional.of(
                String.join(", ", wrong)
                    + "; if that is right, set a larger 'volume' in the view, or 'volume: off'");
    return new RuleOutcome(
        "TimesUsualVolume " + bound,
        wrong.isEmpty(),
        Map.of("TimesUsualVolume", worst),
        OptionalDouble.of(worst),
        bound,
        reason);
  }
}
