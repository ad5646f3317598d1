package org.millrace.bench.run;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * The timed rounds of one contender, warm-ups left out.
 *
 * @param rounds in the order they were run, at least one
 */
public record Series(List<Round> rounds) {

  /** Copies the rounds. */
  public Series {
    rounds = List.copyOf(rounds);
    if (rounds.isEmpty()) {
      throw new IllegalArgumentException("Cannot sum up a contender: it ran no round");
    }
  }

  /** Median, least and greatest throughput in million rows a second; the greatest is the best. */
  public Spread throughput() {
    return spread(Round::millionRowsPerSecond);
  }

  /** CPU seconds a million rows; the least is the best. */
  public Spread cpu() {
    return spread(Round::cpuSecondsPerMillionRows);
  }

  /** Wall seconds. */
  public Spread seconds() {
    return spread(Round::seconds);
  }

  private Spread spread(ToDoubleFunction<Round> figure) {
    return Spread.of(rounds.stream().mapToDouble(figure).toArray());
  }

  /** Where the figures of several rounds lie. */
  public record Spread(double median, double least, double greatest) {

    /** The mean of the two middle values where their number is even. */
    public static Spread of(double... values) {
      double[] sorted = values.clone();
      Arrays.sort(sorted);
      int count = sorted.length;
      double median = (sorted[(count - 1) / 2] + sorted[count / 2]) / 2;
      return new Spread(median, sorted[0], sorted[count - 1]);
    }
  }
}
