package org.millrace.bench.run;

import java.util.Map;

/**
 * One timed piece of work of a contender.
 *
 * @param seconds wall time, taken inside the contender around the work alone
 * @param cpuSeconds of the contender and all processes below it, user and system
 * @param rows worked on, above 0
 * @param notes what else the contender had to say, such as sessions opened
 */
public record Round(double seconds, double cpuSeconds, long rows, Map<String, String> notes) {

  /** Refuses what no division survives. */
  public Round {
    if (!(seconds > 0) || rows < 1) {
      throw new IllegalArgumentException(
          "Cannot use a round of %s seconds and %d rows: both must be above 0"
              .formatted(seconds, rows));
    }

    notes = Map.copyOf(notes);
  }

  /** Million rows a second. */
  public double millionRowsPerSecond() {
    return rows / seconds / 1e6;
  }

  /** CPU seconds a million rows. */
  public double cpuSecondsPerMillionRows() {
    return cpuSeconds / rows * 1e6;
  }
}
