package org.millrace.jobs.evaluate;

/**
 * The population stability index: the sum over bins of (now - reference) x ln(now / reference) of
 * the shares (Siddiqi, Credit Risk Scorecards, 2006; Yurdakul, Statistical Properties of Population
 * Stability Index, 2018).
 */
final class PopulationStability {
  /** What an empty bin's share is taken for, as its logarithm has no value. */
  static final double EMPTY_SHARE = 1e-4;

  private PopulationStability() {}

  /** Both have the same bins; the others and the nulls are bins too. Both have rows. */
  static double index(FeatureBins reference, FeatureBins now) {
    double referenceRows = reference.rows();
    double rows = now.rows();
    double index =
        term(reference.other() / referenceRows, now.other() / rows)
            + term(reference.nulls() / referenceRows, now.nulls() / rows);
    var counts = now.counts();
    for (var bin : reference.counts().entrySet()) {
      index += term(bin.getValue() / referenceRows, counts.getOrDefault(bin.getKey(), 0L) / rows);
    }

    return index;
  }

  private static double term(double reference, double now) {
    double expected = Math.max(reference, EMPTY_SHARE);
    double actual = Math.max(now, EMPTY_SHARE);
    return (actual - expected) * Math.log(actual / expected);
  }
}
