package org.millrace.jobs.score.onnx.trees;

import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * Which sum of leaf weights is an ensemble's one raw score: what a regressor gives, and of a
 * classifier with one or two classes the margin of the last class before its post-transform, by the
 * rules of {@link Finish}.
 *
 * @param target whose leaf weights are summed
 * @param constant added to the sum
 * @param factor of each leaf weight: less than 1 where trees are averaged
 */
record RawScore(int target, double constant, double factor) {
  /**
   * Chooses.
   *
   * @throws MillraceException DATA_CONTRACT where there is no such sum
   */
  static RawScore of(Ensemble ensemble) {
    Ensemble.Classes classes = ensemble.classes();
    double[] base = ensemble.base();
    if (classes == null) {
      return regressor(ensemble, base);
    } else if (ensemble.targets() > 2) {
      throw refused("it has " + ensemble.targets() + " classes");
    } else if (ensemble.targets() == 1) {
      return new RawScore(0, rounded(ensemble, base.length == 0 ? 0 : base[0]), 1);
    }

    boolean second = Finish.scored(ensemble)[1];
    requireOwnMargin(ensemble, second);
    if (base.length == 2) {
      // ONNX Runtime adds the second base value to the sum of the first class
      return new RawScore(0, rounded(ensemble, base[1]), 1);
    }

    return second
        ? new RawScore(1, 0, 1)
        : new RawScore(0, rounded(ensemble, base.length == 0 ? 0 : base[0]), 1);
  }

  private static RawScore regressor(Ensemble ensemble, double[] base) {
    if (ensemble.targets() > 1) {
      throw refused("it has " + ensemble.targets() + " targets");
    }

    double constant = rounded(ensemble, base.length == 0 ? 0 : base[0]);
    return switch (ensemble.aggregate()) {
      case SUM -> new RawScore(0, constant, 1);
      case AVERAGE -> new RawScore(0, constant, 1.0 / ensemble.trees().size());
      case MIN, MAX -> throw refused("its trees are joined by " + ensemble.aggregate());
    };
  }

  /** The scores of two classes are transformed each by itself, or there is but one. */
  private static void requireOwnMargin(Ensemble ensemble, boolean second) {
    if (!second && ensemble.base().length == 2) {
      throw refused("no leaf has a weight for its second class");
    }

    boolean joined =
        ensemble.transform() == Ensemble.Transform.SOFTMAX
            || ensemble.transform() == Ensemble.Transform.SOFTMAX_ZERO;
    if (second && joined) {
      throw refused("its two scores are joined by " + ensemble.transform());
    }
  }

  /** The precision of the sums. */
  private static double rounded(Ensemble ensemble, double value) {
    return ensemble.doubles() ? value : (float) value;
  }

  private static MillraceException refused(String reason) {
    return new MillraceException(
        ErrorCategory.DATA_CONTRACT,
        "Cannot explain the trees: %s vs one raw score a row; covered are sums and averages of regression trees, and classifiers of two classes with a margin"
            .formatted(reason));
  }
}
