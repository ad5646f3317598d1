package org.millrace.jobs.evaluate;

import java.util.Locale;
import java.util.Set;

/** Metrics as texts of a result. */
public final class Metrics {
  private static final Set<String> COUNTS = Set.of("rows", "positives");

  private Metrics() {}

  /** Four digits after the point; none of what is counted. */
  public static String text(String metric, double value) {
    return String.format(Locale.ROOT, COUNTS.contains(metric) ? "%.0f" : "%.4f", value);
  }
}
