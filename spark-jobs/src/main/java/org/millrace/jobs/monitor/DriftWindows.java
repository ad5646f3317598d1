package org.millrace.jobs.monitor;

import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.millrace.jobs.evaluate.FeatureBins;
import org.millrace.jobs.evaluate.FeatureProfile;
import org.millrace.jobs.evaluate.MeasureDrift;

/**
 * Compares each day, together with the days before it, with the training set: a day alone has few
 * rows, and one day of the week. What is not counted of the days before is left out. Driver only.
 */
final class DriftWindows {
  private final FeatureProfile reference;
  private final int days;

  /**
   * Prepares to compare.
   *
   * @param days how many, until the day itself; at least 1
   */
  DriftWindows(FeatureProfile reference, int days) {
    this.reference = reference;
    this.days = days;
  }

  /** The first day of those that are compared together with a day. */
  LocalDate first(LocalDate day) {
    return day.minusDays(days - 1L);
  }

  /**
   * Compares.
   *
   * @param counts of days that are judged, in the bins of the reference
   * @param earlier of days that were judged before
   * @return by judged day
   */
  NavigableMap<LocalDate, DayDrift> compare(
      NavigableMap<LocalDate, Map<String, FeatureBins>> counts,
      Map<LocalDate, Map<String, FeatureBins>> earlier) {
    TreeMap<LocalDate, Map<String, FeatureBins>> all = new TreeMap<>(earlier);
    all.putAll(counts);
    NavigableMap<LocalDate, DayDrift> compared = new TreeMap<>();
    counts.forEach(
        (day, own) -> {
          NavigableMap<LocalDate, Map<String, FeatureBins>> window =
              all.subMap(first(day), true, day, true);
          compared.put(
              day,
              new DayDrift(
                  window.firstKey(),
                  new LinkedHashMap<>(own),
                  MeasureDrift.compareCounts(reference, window.values())));
        });
    return compared;
  }
}
