package org.millrace.jobs.explain.shap;

import java.util.Arrays;
import org.millrace.jobs.score.onnx.trees.RawTrees;

/**
 * Counts how many rows end at each leaf. Not thread-safe; one for each partition of rows, merged in
 * any order.
 */
public final class CoverCounter {
  private final RawTrees trees;
  private final double[] row;

  /** By leaf of all trees; then the rows. */
  private final long[] counts;

  /** Begins with no rows. */
  public CoverCounter(RawTrees trees) {
    this(trees, new long[places(trees)]);
  }

  /**
   * Begins with {@link #counts} of another counter.
   *
   * @param counts not copied
   */
  CoverCounter(RawTrees trees, long[] counts) {
    this.trees = trees;
    this.counts = counts;
    this.row = new double[trees.features()];
  }

  static int places(RawTrees trees) {
    return trees.firstLeaf(trees.trees()) + 1;
  }

  /**
   * Counts rows.
   *
   * @param rows row by row, as wide as the trees' input
   * @param count how many of them
   */
  public void add(float[] rows, int count) {
    for (int at = 0; at < count; at++) {
      for (int column = 0; column < row.length; column++) {
        row[column] = rows[at * row.length + column];
      }

      add(row, 1);
    }
  }

  /** As {@link #add(float[], int)}; floats as doubles are counted alike. */
  public void add(double[] rows, int count) {
    for (int at = 0; at < count; at++) {
      for (int tree = 0; tree < trees.trees(); tree++) {
        counts[trees.leaf(tree, rows, at * row.length)]++;
      }
    }

    counts[counts.length - 1] += count;
  }

  /** Takes in what another counter of the same trees has counted; that one stays as it is. */
  public void merge(CoverCounter other) {
    merge(counts, other.counts);
  }

  /** Adds to the first. */
  static long[] merge(long[] counts, long[] others) {
    if (counts.length != others.length) {
      throw new IllegalArgumentException(
          "Cannot merge counts of %d leaves with those of %d: they are of other trees"
              .formatted(counts.length - 1, others.length - 1));
    }

    for (int at = 0; at < counts.length; at++) {
      counts[at] += others[at];
    }

    return counts;
  }

  /** By leaf of all trees, then the rows; the counter's own array. */
  long[] counts() {
    return counts;
  }

  /**
   * What was counted so far.
   *
   * @param model SHA-256 of the file that the trees were read from
   */
  public NodeCovers covers(String model) {
    long[][] leaves = new long[trees.trees()][];
    for (int tree = 0; tree < leaves.length; tree++) {
      leaves[tree] = Arrays.copyOfRange(counts, trees.firstLeaf(tree), trees.firstLeaf(tree + 1));
    }

    return new NodeCovers(model, counts[counts.length - 1], leaves);
  }
}
