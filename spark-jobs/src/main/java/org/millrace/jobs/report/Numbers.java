package org.millrace.jobs.report;

import java.util.Locale;

/** How numbers read: the same on every machine, whatever its locale. */
final class Numbers {
  private static final String UNDEFINED = "–";

  private Numbers() {}

  /** Three digits, or a dash where it is not finite. */
  static String metric(double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%.3f", value) : UNDEFINED;
  }

  /** A share in [0, 1] as per cent, or a dash where it is not finite. */
  static String percent(double share) {
    return Double.isFinite(share) ? String.format(Locale.ROOT, "%.1f %%", share * 100) : UNDEFINED;
  }

  /** With thousands separators. */
  static String count(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  /** {@code 4.2 s} or {@code 3 min 05 s}. */
  static String duration(double seconds) {
    if (!Double.isFinite(seconds)) {
      return UNDEFINED;
    }
    if (seconds < 60) {
      return String.format(Locale.ROOT, "%.1f s", seconds);
    }

    long whole = Math.round(seconds);
    return String.format(Locale.ROOT, "%d min %02d s", whole / 60, whole % 60);
  }

  /** A CSS width: {@code part} of {@code whole} in per cent, from 0 to 100. */
  static String width(double part, double whole) {
    double share = whole > 0 && Double.isFinite(part) ? part / whole : 0;
    return String.format(Locale.ROOT, "%.1f%%", 100 * Math.max(0, Math.min(1, share)));
  }

  /** At most {@code limit} characters; a longer text loses its middle. */
  static String shortened(String text, int limit) {
    if (text.length() <= limit) {
      return text;
    }

    int tail = (limit - 1) / 2;
    int head = limit - 1 - tail;
    return text.substring(0, head) + "…" + text.substring(text.length() - tail);
  }
}
