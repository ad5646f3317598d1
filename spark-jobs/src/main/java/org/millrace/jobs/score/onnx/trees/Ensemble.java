package org.millrace.jobs.score.onnx.trees;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A tree ensemble as its operator describes it, checked.
 *
 * @param doubles whether it takes and sums doubles; floats otherwise
 * @param doubleOutput whether its scores are doubles
 * @param targets scores a row
 * @param base values to add, none or one a target (a classifier of two classes may have one)
 * @param trees in the order in which they are summed; at least one
 * @param classes labels of a classifier, or null for a regressor
 */
@SuppressWarnings("ArrayRecordComponent") // read-only data of a package-private step
record Ensemble(
    boolean doubles,
    boolean doubleOutput,
    int targets,
    Aggregate aggregate,
    Transform transform,
    double[] base,
    List<Tree> trees,
    @Nullable Classes classes) {
  /** How a target's leaf values are joined. */
  enum Aggregate {
    AVERAGE,
    SUM,
    MIN,
    MAX
  }

  /**
   * What is done to the scores; by number in ONNX Runtime's order, where ai.onnx.ml 5 has another.
   */
  enum Transform {
    NONE,
    LOGISTIC,
    SOFTMAX,
    SOFTMAX_ZERO,
    PROBIT
  }

  /**
   * Labels of a classifier.
   *
   * @param texts labels, or empty where they are numbers
   * @param numbers labels, or positions of the texts
   * @param oneClassWeighed two classes of which the leaves name only one
   * @param noneNegative whether no leaf weight is negative
   */
  @SuppressWarnings("ArrayRecordComponent") // as above
  record Classes(
      List<String> texts, long[] numbers, boolean oneClassWeighed, boolean noneNegative) {}

  /** One more than the highest column that a branch asks for. */
  int leastFeatures() {
    int most = -1;
    for (Tree tree : trees) {
      for (int feature : tree.features()) {
        most = Math.max(most, feature);
      }
    }

    return most + 1;
  }
}
