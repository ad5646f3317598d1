package org.millrace.jobs.score.onnx.trees;

import java.util.ArrayList;
import java.util.List;

/**
 * Contributions by two ways that share nothing with the code under test: Shapley's formula over all
 * subsets of columns, with the expectation of a tree by covers; and leaf by leaf, the weights of
 * subsets by their sizes as the coefficients of a polynomial.
 */
final class ShapByHand {
  private final Ensemble ensemble;
  private final RawScore score;

  /** By tree and leaf. */
  private final long[][] covers;

  ShapByHand(Ensemble ensemble, double[][] background) {
    this.ensemble = ensemble;
    score = RawScore.of(ensemble);
    covers = new long[ensemble.trees().size()][];
    for (int at = 0; at < covers.length; at++) {
      Tree tree = ensemble.trees().get(at);
      covers[at] = new long[tree.leaves().count()];
      for (double[] row : background) {
        int reference = tree.root();
        while (reference >= 0) {
          reference = isYes(tree, reference, row) ? tree.yes()[reference] : tree.no()[reference];
        }

        covers[at][~reference]++;
      }
    }
  }

  /** By tree and leaf, as the file lists them. */
  long[][] covers() {
    return covers;
  }

  /** The raw score that is expected where only some columns of a row are known. */
  double expected(double[] row, long known) {
    double total = score.constant();
    for (int at = 0; at < covers.length; at++) {
      total += expected(at, ensemble.trees().get(at).root(), row, known);
    }

    return total;
  }

  private double expected(int at, int reference, double[] row, long known) {
    Tree tree = ensemble.trees().get(at);
    if (reference < 0) {
      return weight(tree, ~reference);
    }

    int yes = tree.yes()[reference];
    int no = tree.no()[reference];
    if ((known >> tree.features()[reference] & 1) == 1) {
      return expected(at, isYes(tree, reference, row) ? yes : no, row, known);
    }

    long ofYes = cover(at, yes);
    long ofNo = cover(at, no);
    return ofYes + ofNo == 0
        ? 0
        : (ofYes * expected(at, yes, row, known) + ofNo * expected(at, no, row, known))
            / (ofYes + ofNo);
  }

  /** By column: Shapley's formula. */
  double[] bySubsets(double[] row) {
    int columns = row.length;
    double[] values = new double[1 << columns];
    for (int known = 0; known < values.length; known++) {
      values[known] = expected(row, known);
    }

    double[] made = new double[columns];
    for (int column = 0; column < columns; column++) {
      for (int known = 0; known < values.length; known++) {
        if ((known >> column & 1) == 0) {
          double weight = weight(Integer.bitCount(known), columns);
          made[column] += weight * (values[known | 1 << column] - values[known]);
        }
      }
    }

    return made;
  }

  /** |S|! (n - |S| - 1)! / n!. */
  private static double weight(int known, int columns) {
    double weight = 1.0 / columns;
    for (int i = 1; i <= known; i++) {
      weight *= (double) i / (columns - i);
    }

    return weight;
  }

  /** One column of a path. */
  private record Step(int column, double share, boolean isTaken) {}

  /** By column: leaf by leaf. */
  double[] byPolynomials(double[] row) {
    double[] made = new double[row.length];
    for (int at = 0; at < covers.length; at++) {
      leaves(at, ensemble.trees().get(at).root(), row, List.of(), made);
    }

    return made;
  }

  private void leaves(int at, int reference, double[] row, List<Step> path, double[] made) {
    Tree tree = ensemble.trees().get(at);
    if (reference < 0) {
      leaf(path, weight(tree, ~reference), made);
      return;
    }

    boolean isYes = isYes(tree, reference, row);
    long cover = cover(at, reference);
    for (boolean yes : new boolean[] {true, false}) {
      int child = yes ? tree.yes()[reference] : tree.no()[reference];
      double share = cover == 0 ? 0 : (double) cover(at, child) / cover;
      leaves(at, child, row, longer(path, tree.features()[reference], share, yes == isYes), made);
    }
  }

  private static List<Step> longer(List<Step> path, int column, double share, boolean isTaken) {
    List<Step> longer = new ArrayList<>();
    Step joined = new Step(column, share, isTaken);
    for (Step step : path) {
      if (step.column() == column) {
        joined = new Step(column, step.share() * share, step.isTaken() && isTaken);
      } else {
        longer.add(step);
      }
    }

    longer.add(joined);
    return longer;
  }

  private static void leaf(List<Step> path, double value, double[] made) {
    for (Step own : path) {
      double[] bySize = {1};
      for (Step other : path) {
        if (other.column() != own.column()) {
          double[] next = new double[bySize.length + 1];
          for (int size = 0; size < bySize.length; size++) {
            next[size] += bySize[size] * other.share();
            next[size + 1] += other.isTaken() ? bySize[size] : 0;
          }

          bySize = next;
        }
      }

      double sum = 0;
      for (int size = 0; size < bySize.length; size++) {
        sum += weight(size, path.size()) * bySize[size];
      }

      made[own.column()] += value * ((own.isTaken() ? 1 : 0) - own.share()) * sum;
    }
  }

  private long cover(int at, int reference) {
    Tree tree = ensemble.trees().get(at);
    return reference < 0
        ? covers[at][~reference]
        : cover(at, tree.yes()[reference]) + cover(at, tree.no()[reference]);
  }

  private double weight(Tree tree, int leaf) {
    double weight = tree.leaves().weight(leaf, score.target(), 0);
    return score.factor() * (ensemble.doubles() ? weight : (float) weight);
  }

  private boolean isYes(Tree tree, int branch, double[] row) {
    double value = row[tree.features()[branch]];
    double threshold = tree.thresholds()[branch];
    boolean isTrue =
        switch (tree.modes()[branch]) {
          case LEQ -> value <= threshold;
          case LT -> value < threshold;
          case GTE -> value >= threshold;
          case GT -> value > threshold;
          case EQ -> value == threshold;
          case NEQ -> value != threshold;
          case MEMBER -> throw new IllegalStateException("no such branch here");
        };
    return isTrue || (tree.missingYes()[branch] && Double.isNaN(value));
  }
}
