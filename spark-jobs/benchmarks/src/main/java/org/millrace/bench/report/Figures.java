package org.millrace.bench.report;

import java.util.Map;
import org.millrace.bench.run.Series;

/**
 * One line of a table.
 *
 * @param contender its name
 * @param rows of a round
 * @param throughput million rows a second
 * @param cpu seconds a million rows
 * @param agreement what is known of its outputs
 * @param notes of the last round
 */
public record Figures(
    String contender,
    long rows,
    Series.Spread throughput,
    Series.Spread cpu,
    Agreement agreement,
    Map<String, String> notes) {

  /** Whether outputs equal the reference's. */
  public enum Agreement {
    /** Same scores, within the tolerance. */
    EQUAL("yes"),
    /** Other scores: no ratio may be told. */
    DIFFERENT("NO"),
    /** It scores nothing. */
    NONE("-");

    private final String word;

    Agreement(String word) {
      this.word = word;
    }

    String word() {
      return word;
    }
  }

  /** Of what was measured. */
  public static Figures of(String contender, Series series, Agreement agreement) {
    return new Figures(
        contender,
        series.rounds().get(0).rows(),
        series.throughput(),
        series.cpu(),
        agreement,
        series.rounds().get(series.rounds().size() - 1).notes());
  }

  /**
   * Two steps after another on the same cores, told from each alone: {@code 1/(1/a + 1/b)}, CPU
   * times added. The best is that of both bests.
   */
  public static Figures inSequence(String name, Figures first, Figures second) {
    return new Figures(
        name,
        first.rows,
        new Series.Spread(
            harmonic(first.throughput.median(), second.throughput.median()),
            harmonic(first.throughput.least(), second.throughput.least()),
            harmonic(first.throughput.greatest(), second.throughput.greatest())),
        new Series.Spread(
            first.cpu.median() + second.cpu.median(),
            first.cpu.least() + second.cpu.least(),
            first.cpu.greatest() + second.cpu.greatest()),
        Agreement.NONE,
        Map.of());
  }

  private static double harmonic(double a, double b) {
    return 1 / (1 / a + 1 / b);
  }
}
