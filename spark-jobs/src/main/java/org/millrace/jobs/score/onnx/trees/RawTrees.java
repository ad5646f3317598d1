package org.millrace.jobs.score.onnx.trees;

import java.io.Serializable;

/**
 * An ensemble with one raw score a row, as plain tables: what explains scores reads them. The raw
 * score is the constant and one leaf value of each tree, before any sigmoid. Branches and leaves of
 * all trees are numbered from 0, each in the order of the file; a reference of 0 or more is a
 * branch, others are leaves, {@code ~reference} being the leaf's number.
 *
 * <p>Every branch asks one thing: whether a value is inside a closed interval. {@code x <= t} is
 * the interval up to t; strict comparisons move its end by one representable number; {@code x >= t}
 * and {@code x > t} change sides; an equality is an interval of one number. NaN is inside where the
 * file sends it there.
 *
 * <p>Immutable. A plain class, since Kryo cannot read records; made on the driver, broadcast to
 * executors.
 */
public final class RawTrees implements Serializable {
  private static final long serialVersionUID = 1L;

  private final boolean doubles;
  private final int features;
  private final double constant;
  private final int[] roots;
  private final int[] firstLeaves;
  private final double[] values;
  private final int[] columns;
  private final double[] least;
  private final double[] most;
  private final boolean[] missingInside;
  private final int[] inside;
  private final int[] outside;

  RawTrees(RawTreesBuilder made) {
    doubles = made.doubles;
    features = made.features;
    constant = made.constant;
    roots = made.roots;
    firstLeaves = made.firstLeaves;
    values = made.values;
    columns = made.columns;
    least = made.least;
    most = made.most;
    missingInside = made.missingInside;
    inside = made.inside;
    outside = made.outside;
  }

  /** Whether rows are of doubles; of floats otherwise. */
  public boolean takesDoubles() {
    return doubles;
  }

  /** Columns of a row. */
  public int features() {
    return features;
  }

  /** What is added to the leaf values. */
  public double constant() {
    return constant;
  }

  /** How many trees there are, at least one. */
  public int trees() {
    return roots.length;
  }

  /** Branches of all trees. */
  public int branches() {
    return columns.length;
  }

  /** Reference of a tree's root. */
  public int root(int tree) {
    return roots[tree];
  }

  /**
   * Number of a tree's first leaf; its leaves are together.
   *
   * @param tree up to {@link #trees}, which has no leaf and so gives the leaves of all trees
   */
  public int firstLeaf(int tree) {
    return firstLeaves[tree];
  }

  /** What a leaf adds to the raw score. */
  public double value(int leaf) {
    return values[leaf];
  }

  /** The column about which a branch asks. */
  public int column(int branch) {
    return columns[branch];
  }

  /** Lower end of a branch's interval; negative infinity where it has none. */
  public double least(int branch) {
    return least[branch];
  }

  /** Upper end of a branch's interval; below the lower one where no number is inside. */
  public double most(int branch) {
    return most[branch];
  }

  /** Whether a branch sends NaN the way of what is inside. */
  public boolean isMissingInside(int branch) {
    return missingInside[branch];
  }

  /** Reference of where a branch sends what is inside its interval. */
  public int inside(int branch) {
    return inside[branch];
  }

  /** Reference of where a branch sends all else. */
  public int outside(int branch) {
    return outside[branch];
  }

  /**
   * Walks a row down a tree.
   *
   * @param values by column and row
   * @return number of the leaf
   */
  public int leaf(int tree, double[][] values, int row) {
    int at = roots[tree];
    while (at >= 0) {
      at = isInside(at, values[columns[at]][row]) ? inside[at] : outside[at];
    }

    return ~at;
  }

  /**
   * Walks a row down a tree.
   *
   * @param rows row by row
   * @param offset where the row begins
   * @return number of the leaf
   */
  public int leaf(int tree, double[] rows, int offset) {
    int at = roots[tree];
    while (at >= 0) {
      at = isInside(at, rows[offset + columns[at]]) ? inside[at] : outside[at];
    }

    return ~at;
  }

  private boolean isInside(int branch, double value) {
    return (value >= least[branch] && value <= most[branch])
        || (missingInside[branch] && Double.isNaN(value));
  }
}
