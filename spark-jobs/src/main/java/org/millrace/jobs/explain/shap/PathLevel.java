package org.millrace.jobs.explain.shap;

import java.util.Arrays;
import org.millrace.jobs.score.onnx.trees.RawTrees;

/**
 * The way from a root to one node, for a block of rows: the distinct columns asked about, the share
 * of rows that takes the way at each, and for each row of the block the columns at which it would
 * take the way too. A column that is asked several times is one entry, with the product of its
 * shares and all of its answers. One for each depth, used again for each node; for one thread.
 */
final class PathLevel {
  static final int WORD = 32;

  /** Entries so far. */
  int size;

  /** By entry: the column. */
  final int[] columns;

  /** By entry: of the rows at its branches, the part that takes the way. */
  final double[] shares;

  /** By word and row: bit i is whether the row takes the way at entry {@code 32 * word + i}. */
  final int[][] words;

  /** The word that the latest step changed; others are those of levels above. */
  private final int[] own;

  /** By row: whether it is inside the interval of this node's branch; 1 or 0. */
  private final int[] inside;

  /**
   * @param entries most of a way
   * @param none zeros, one for each row: shared, never written
   */
  PathLevel(int entries, int[] none) {
    columns = new int[entries];
    shares = new double[entries];
    words = new int[Math.max(1, (entries + WORD - 1) / WORD)][];
    Arrays.fill(words, none);
    own = new int[none.length];
    inside = new int[none.length];
  }

  /**
   * Answers a branch's question for all rows of the block.
   *
   * @param values of its column
   */
  void ask(RawTrees trees, int branch, double[] values, int rows) {
    double least = trees.least(branch);
    double most = trees.most(branch);
    boolean missing = trees.isMissingInside(branch);
    if (least != Double.NEGATIVE_INFINITY) {
      between(values, least, most, missing, inside, rows);
    } else if (missing) {
      notAbove(values, most, inside, rows);
    } else {
      upTo(values, most, inside, rows);
    }
  }

  private static void upTo(double[] values, double most, int[] inside, int rows) {
    for (int row = 0; row < rows; row++) {
      inside[row] = values[row] <= most ? 1 : 0;
    }
  }

  /** NaN is not above anything. */
  private static void notAbove(double[] values, double most, int[] inside, int rows) {
    for (int row = 0; row < rows; row++) {
      inside[row] = values[row] > most ? 0 : 1;
    }
  }

  private static void between(
      double[] values, double least, double most, boolean missing, int[] inside, int rows) {
    for (int row = 0; row < rows; row++) {
      double value = values[row];
      boolean found = (value >= least && value <= most) || (missing && Double.isNaN(value));
      inside[row] = found ? 1 : 0;
    }
  }

  /**
   * Becomes the way to a child of the node above.
   *
   * @param column that the node above asks about; it has been asked
   * @param share of the rows there that goes to the child
   * @param isInside whether the child is on the inner side
   */
  void follow(PathLevel above, int column, double share, boolean isInside, int rows) {
    size = above.size;
    System.arraycopy(above.columns, 0, columns, 0, size);
    System.arraycopy(above.shares, 0, shares, 0, size);
    System.arraycopy(above.words, 0, words, 0, words.length);
    int entry = above.entry(column);
    int word = entry / WORD;
    int bit = entry % WORD;
    if (entry == size) {
      columns[size] = column;
      shares[size++] = share;
      first(above.words[word], above.inside, isInside ? 0 : 1, bit, own, rows);
    } else {
      shares[entry] *= share;
      again(above.words[word], above.inside, isInside ? 1 : 0, bit, own, rows);
    }

    words[word] = own;
  }

  private int entry(int column) {
    int entry = 0;
    while (entry < size && columns[entry] != column) {
      entry++;
    }

    return entry;
  }

  /** Sets the bit of those that take the way. */
  private static void first(int[] above, int[] inside, int flip, int bit, int[] own, int rows) {
    for (int row = 0; row < rows; row++) {
      own[row] = above[row] | (inside[row] ^ flip) << bit;
    }
  }

  /** Clears the bit of those that do not. */
  private static void again(int[] above, int[] inside, int flip, int bit, int[] own, int rows) {
    for (int row = 0; row < rows; row++) {
      own[row] = above[row] & ~((inside[row] ^ flip) << bit);
    }
  }
}
