package org.millrace.jobs;

import java.util.Locale;

/**
 * One line that tells how far a run is.
 *
 * @param seconds since the start
 * @param room that works now
 * @param object that it makes; empty if it says none
 * @param days that it works on
 * @param done partitions of the run that are made
 * @param total partitions that it is going to make; 0 if that is not known
 * @param stages of Spark
 * @param rowsASecond that are read; 0 if that is not known
 * @param secondsLeft of the run; negative if that is not known
 */
record StatusLine(
    double seconds,
    String room,
    String object,
    String days,
    int done,
    int total,
    StageProgress stages,
    double rowsASecond,
    double secondsLeft) {
  private static final int BAR = 16;

  /** At most so many characters. */
  String text(int width) {
    StringBuilder line =
        new StringBuilder(String.format(Locale.ROOT, "%7.1f s  %-12s", seconds, room));
    add(line, object);
    add(line, days);
    add(line, total == 0 ? "" : done + " of " + total + " partitions");
    if (stages.tasks() > 0) {
      add(line, bar() + " " + stages.done() + "/" + stages.tasks() + " tasks");
    }

    add(line, rowsASecond < 1 ? "" : rows());
    add(line, secondsLeft < 1 ? "" : left());
    return line.length() <= width ? line.toString() : line.substring(0, width);
  }

  private static void add(StringBuilder line, String part) {
    if (!part.isEmpty()) {
      line.append("  ").append(part);
    }
  }

  private String bar() {
    int full =
        (int) Math.round((double) BAR * Math.min(stages.done(), stages.tasks()) / stages.tasks());
    return "[" + "#".repeat(full) + "-".repeat(BAR - full) + "]";
  }

  private String rows() {
    return rowsASecond >= 999_500
        ? String.format(Locale.ROOT, "%.1fM rows/s", rowsASecond / 1e6)
        : rowsASecond >= 1_000
            ? String.format(Locale.ROOT, "%.0fk rows/s", rowsASecond / 1e3)
            : String.format(Locale.ROOT, "%.0f rows/s", rowsASecond);
  }

  private String left() {
    long whole = Math.round(secondsLeft);
    return String.format(Locale.ROOT, "about %d:%02d left", whole / 60, whole % 60);
  }
}
