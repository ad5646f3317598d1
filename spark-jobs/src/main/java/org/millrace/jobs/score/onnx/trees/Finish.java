package org.millrace.jobs.score.onnx.trees;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;

/**
 * What the tree operators do after the trees of a row are joined: base values, post-transform, and
 * a classifier's label, each in the order and the precision of ONNX Runtime, its special cases of
 * two classes included. For one thread.
 */
final class Finish {
  private final Ensemble ensemble;
  private final boolean[] scored;
  private final double[] base;
  private final double[] scores;

  /** Scores of the latest row that are to be read; 1 or the ensemble's targets. */
  private int width;

  /**
   * @throws NotCovered where a combination is not ours
   */
  Finish(Ensemble ensemble) {
    this.ensemble = ensemble;
    this.scored = scored(ensemble);
    this.base = Arrays.stream(ensemble.base()).map(this::rounded).toArray();
    this.scores = new double[ensemble.targets()];
    if (ensemble.transform() == Ensemble.Transform.PROBIT) {
      throw new NotCovered("its post-transform is PROBIT");
    }

    if (ensemble.classes() != null && ensemble.targets() <= 2) {
      requireDefinedScores();
    }
  }

  /** Whether a target has a score in every row: where only some rows have one, it is not ours. */
  static boolean[] scored(Ensemble ensemble) {
    boolean[] always = new boolean[ensemble.targets()];
    boolean[] ever = new boolean[ensemble.targets()];
    for (Tree tree : ensemble.trees()) {
      int[] leaves = new int[ensemble.targets()];
      for (int target : tree.leaves().targets()) {
        leaves[target]++;
      }

      for (int target = 0; target < leaves.length; target++) {
        always[target] |= leaves[target] == tree.leaves().count();
        ever[target] |= leaves[target] > 0;
      }
    }

    if (!Arrays.equals(always, ever)) {
      throw new NotCovered("a target or class has leaves only on some paths");
    }

    return always;
  }

  /** ONNX Runtime leaves some scores unwritten, or reads past its labels; nothing equals that. */
  private void requireDefinedScores() {
    boolean one = ensemble.targets() == 1;
    Ensemble.Classes classes = requireNonNull(ensemble.classes());
    boolean lone = !one && !scored[1] && base.length != 2;
    if ((one && (base.length == 2 || !classes.texts().isEmpty()))
        || (!one && !scored[0] && !scored[1])
        || (lone && base.length == 1 && !classes.oneClassWeighed())) {
      throw new NotCovered("a classifier of two classes whose scores ONNX Runtime does not define");
    }
  }

  /** The precision of the sums. */
  private double rounded(double value) {
    return ensemble.doubles() ? value : (float) value;
  }

  /**
   * Finishes a row.
   *
   * @return the label of a classifier; 0 otherwise
   */
  long row(Totals totals, int row) {
    for (int target = 0; target < scores.length; target++) {
      scores[target] = scored[target] ? totals.get(target, row) : 0;
    }

    width = scores.length;
    Ensemble.Classes classes = ensemble.classes();
    if (classes == null) {
      regress();
      return 0;
    }

    return scores.length == 1
        ? oneClass()
        : scores.length == 2 ? twoClasses(classes) : manyClasses(classes);
  }

  /** A finished score. */
  double score(int target) {
    return scores[target];
  }

  private void regress() {
    boolean extreme =
        ensemble.aggregate() == Ensemble.Aggregate.MIN
            || ensemble.aggregate() == Ensemble.Aggregate.MAX;
    boolean average = ensemble.aggregate() == Ensemble.Aggregate.AVERAGE;
    for (int target = 0; target < scores.length; target++) {
      double score = scores[target];
      if (average) {
        score = rounded(score / rounded(ensemble.trees().size()));
      }

      if (base.length > 0 || extreme || scores.length == 1) {
        score = rounded(score + (base.length > 0 ? base[target] : 0));
      }

      // without a score of its own even the base value is not counted
      scores[target] = scored[target] ? score : 0;
    }

    if (scores.length > 1) {
      transform();
    }
  }

  private long oneClass() {
    if (base.length == 1) {
      scores[0] = rounded(scores[0] + base[0]);
    }

    return scores[0] > 0 ? 1 : 0;
  }

  private long manyClasses(Ensemble.Classes classes) {
    int best = -1;
    for (int target = 0; target < scores.length; target++) {
      if (base.length > 0) {
        scores[target] = scored[target] ? rounded(scores[target] + base[target]) : base[target];
      }

      if ((scored[target] || base.length > 0) && (best < 0 || scores[target] > scores[best])) {
        best = target;
      }
    }

    transform();
    return classes.numbers()[best];
  }

  private long twoClasses(Ensemble.Classes classes) {
    if (base.length == 2) {
      if (scored[1]) {
        scores[1] = rounded(base[1] + scores[0]);
        scores[0] = -scores[1];
      } else {
        scores[1] = rounded(scores[1] + base[1]);
        scores[0] = rounded(scores[0] + base[0]);
      }
    } else {
      if (base.length == 1) {
        scores[0] = rounded(scores[0] + base[0]);
      }

      width = scored[1] ? 2 : 1;
    }

    double weight = scored[1] ? scores[1] : scores[0];
    boolean byHalf = classes.oneClassWeighed() && classes.noneNegative();
    boolean positive = byHalf ? weight > 0.5 : weight > 0;
    if (width == 2) {
      if (base.length == 2 && !scored[1]) {
        scores[1] = 0; // never marked as scored, so it is read as none
      }

      transform();
    } else {
      spread(byHalf);
    }

    return classes.oneClassWeighed() ? classes.numbers()[positive ? 1 : 0] : positive ? 1 : 0;
  }

  /** Makes two scores of one. */
  private void spread(boolean byHalf) {
    double score = scores[0];
    if (byHalf) {
      scores[0] = rounded(1 - score);
      scores[1] = score;
    } else if (ensemble.transform() == Ensemble.Transform.LOGISTIC) {
      scores[0] = Floats.logistic((float) -score);
      scores[1] = Floats.logistic((float) score);
    } else {
      scores[0] = -score;
      scores[1] = score;
    }
  }

  private void transform() {
    switch (ensemble.transform()) {
      case NONE, PROBIT -> {}
      case LOGISTIC -> {
        for (int target = 0; target < scores.length; target++) {
          scores[target] = Floats.logistic((float) scores[target]);
        }
      }
      case SOFTMAX -> softmax();
      case SOFTMAX_ZERO -> softmaxZero();
    }
  }

  private void softmax() {
    float most = most();
    float sum = 0;
    for (int target = 0; target < scores.length; target++) {
      float power = Floats.exp((float) scores[target] - most);
      scores[target] = power;
      sum += power;
    }

    for (int target = 0; target < scores.length; target++) {
      scores[target] = (float) scores[target] / sum;
    }
  }

  private void softmaxZero() {
    float most = most();
    float shift = Floats.exp(-most);
    float sum = 0;
    for (int target = 0; target < scores.length; target++) {
      float score = (float) scores[target];
      if (score > 0.0000001f || score < -0.0000001f) {
        float power = Floats.exp(score - most);
        scores[target] = power;
        sum += power;
      } else {
        scores[target] = rounded(scores[target] * shift);
      }
    }

    for (int target = 0; target < scores.length; target++) {
      scores[target] = rounded(scores[target] / sum);
    }
  }

  private float most() {
    float most = -Float.MAX_VALUE;
    for (double score : scores) {
      most = (float) score > most ? (float) score : most;
    }

    return most;
  }
}
