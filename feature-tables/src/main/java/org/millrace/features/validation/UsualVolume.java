package org.millrace.features.validation;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * The rule that no day has many times as many rows as usual: rows that were delivered twice or ten
 * times over break no rule on a row. Usual is the median of the {@value #MOST_DAYS} days before
 * that are known, at least {@value #LEAST_DAYS}; a table that is empty on most days has no usual
 * size.
 */
public final class UsualVolume {
  private static final int MOST_DAYS = 28;
  private static final int LEAST_DAYS = 7;

  private UsualVolume() {}

  /**
   * Judges some days. Each is compared with the days before it, these among them.
   *
   * @param days rows by day
   * @param known rows by day of what is visible; these days and later ones do not matter
   * @param maxTimes how many times the usual rows a day may not have
   */
  public static RuleOutcome judge(
      NavigableMap<LocalDate, Long> days, NavigableMap<LocalDate, Long> known, double maxTimes) {
    TreeMap<LocalDate, Long> all = new TreeMap<>(known);
    all.putAll(days);
    double worst = 0;
    List<String> wrong = new ArrayList<>();
    for (Map.Entry<LocalDate, Long> day : days.entrySet()) {
      OptionalLong usual = usual(all.headMap(day.getKey(), false));
      if (usual.isPresent() && usual.getAsLong() > 0) {
        double times = (double) day.getValue() / usual.getAsLong();
        worst = Math.max(worst, times);
        if (times >= maxTimes) {
          wrong.add(
              day.getKey() + " has " + day.getValue() + " rows, usual are " + usual.getAsLong());
        }
      }
    }

    return outcome(worst, wrong, maxTimes);
  }

  private static OptionalLong usual(NavigableMap<LocalDate, Long> before) {
    List<Long> sizes = before.descendingMap().values().stream().limit(MOST_DAYS).sorted().toList();
    return sizes.size() < LEAST_DAYS
        ? OptionalLong.empty()
        : OptionalLong.of(sizes.get(sizes.size() / 2));
  }

  private static RuleOutcome outcome(double worst, List<String> wrong, double maxTimes) {
    String bound = "< " + maxTimes;
    Optional<String> reason =
        wrong.isEmpty()
            ? Optional.empty()
            : Optional.of(
                String.join(", ", wrong)
                    + "; where that is right, set 'volume: {max-times: ...}' in the view");
    return new RuleOutcome(
        "TimesUsualVolume " + bound,
        wrong.isEmpty(),
        Map.of("TimesUsualVolume", worst),
        OptionalDouble.of(worst),
        bound,
        reason);
  }
}
