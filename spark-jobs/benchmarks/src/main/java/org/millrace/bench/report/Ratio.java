package org.millrace.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Us over a peer. Of throughputs, above 1 is faster than the peer; of CPU times, below 1 is
 * cheaper.
 *
 * @param subject such as {@code scoring.mlp}
 * @param pair such as {@code millrace/ort}
 */
public record Ratio(String subject, String pair, double value) {

  /** Medians of throughput and of CPU; none where the outputs differ. */
  public static List<Ratio> of(String subject, Figures ours, Figures peer) {
    List<Ratio> ratios = new ArrayList<>();
    if (ours.agreement() != Figures.Agreement.DIFFERENT
        && peer.agreement() != Figures.Agreement.DIFFERENT) {
      ratios.add(
          new Ratio(
              subject,
              ours.contender() + "/" + peer.contender(),
              ours.throughput().median() / peer.throughput().median()));
      ratios.add(
          new Ratio(
              subject,
              ours.contender() + "-cpu/" + peer.contender(),
              ours.cpu().median() / peer.cpu().median()));
    }

    ratios.removeIf(ratio -> !Double.isFinite(ratio.value())); // CPU time below the clock's tick
    return ratios;
  }

  /** As other programs read it: {@code RATIO scoring.mlp millrace/ort 0.482}. */
  public String line() {
    return String.format(Locale.ROOT, "RATIO %s %s %.3f", subject, pair, value);
  }
}
