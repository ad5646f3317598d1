package org.millrace.jobs.explain.shap;

import java.util.Arrays;
import org.millrace.jobs.score.onnx.trees.RawTrees;

/**
 * Exact path-dependent TreeSHAP: how much each column of a row moves the raw score away from the
 * base value. A row's contributions and the base value sum to its raw score. Source of the values:
 * Lundberg, Erion and Lee, "Consistent individualized feature attribution for tree ensembles"
 * (2018), Algorithm 2; of the arithmetic: {@link LeafGame}.
 *
 * <p>Without a column, a row goes both ways of a branch that asks about it, in the shares of the
 * counted rows; where no counted row reached the branch, neither way counts.
 *
 * <p>Rows are explained in blocks, tree by tree: each node is visited once a block. For one thread,
 * which uses it again for any number of rows; plain heap memory, nothing to close.
 */
public final class TreeShap {
  private static final int BLOCK_ROWS = 1024;

  /** Numbers of a block's columns: wide rows are explained in smaller blocks. */
  private static final int BLOCK_VALUES = 1 << 17;

  private static final int MIN_BLOCK_ROWS = 64;

  private final ShapModel model;
  private final RawTrees trees;
  private final int features;
  private final int block;
  private final double[][] values;
  private final double[][] sums;
  private final PathLevel[] levels;
  private final LeafGame game;

  /** Makes room for a block of rows. */
  public TreeShap(ShapModel model) {
    this.model = model;
    trees = model.trees();
    features = trees.features();
    block = Math.max(MIN_BLOCK_ROWS, Math.min(BLOCK_ROWS, BLOCK_VALUES / features));
    values = new double[features][block];
    sums = new double[features][block];
    levels = new PathLevel[model.depth() + 1];
    int entries = Math.min(model.depth(), features);
    int[] none = new int[block];
    for (int depth = 0; depth < levels.length; depth++) {
      levels[depth] = new PathLevel(entries, none);
    }

    game = new LeafGame(entries);
  }

  /** Rows that are explained at once: fewer take nearly as long. */
  public int blockRows() {
    return block;
  }

  /**
   * Explains rows of floats.
   *
   * @param rows row by row, as wide as the trees' input; NaN is a missing value
   * @param count how many of them, any number
   * @param contributions gets the contributions, row by row
   * @param rawScores gets the raw scores, each summed in double from the leaves that its row ends
   *     at
   */
  public void explain(float[] rows, int count, double[] contributions, double[] rawScores) {
    for (int from = 0; from < count; from += block) {
      int taken = Math.min(block, count - from);
      for (int column = 0; column < features; column++) {
        double[] into = values[column];
        for (int row = 0, at = from * features + column; row < taken; row++, at += features) {
          into[row] = rows[at];
        }
      }

      explain(from, taken, contributions, rawScores);
    }
  }

  /** As {@link #explain(float[], int, double[], double[])}, for rows of doubles. */
  public void explain(double[] rows, int count, double[] contributions, double[] rawScores) {
    for (int from = 0; from < count; from += block) {
      int taken = Math.min(block, count - from);
      for (int column = 0; column < features; column++) {
        double[] into = values[column];
        for (int row = 0, at = from * features + column; row < taken; row++, at += features) {
          into[row] = rows[at];
        }
      }

      explain(from, taken, contributions, rawScores);
    }
  }

  private void explain(int from, int rows, double[] contributions, double[] rawScores) {
    for (double[] column : sums) {
      Arrays.fill(column, 0, rows, 0);
    }

    Arrays.fill(rawScores, from, from + rows, trees.constant());
    for (int tree = 0; tree < trees.trees(); tree++) {
      for (int row = 0; row < rows; row++) {
        rawScores[from + row] += trees.value(trees.leaf(tree, values, row));
      }

      descend(trees.root(tree), 0, rows);
    }

    for (int column = 0; column < features; column++) {
      double[] made = sums[column];
      for (int row = 0, at = from * features + column; row < rows; row++, at += features) {
        contributions[at] = made[row];
      }
    }
  }

  private void descend(int reference, int depth, int rows) {
    PathLevel here = levels[depth];
    if (reference < 0) {
      double value = trees.value(~reference);
      if (value != 0) {
        game.add(here, value, sums, rows);
      }

      return;
    }

    int column = trees.column(reference);
    here.ask(trees, reference, values[column], rows);
    PathLevel below = levels[depth + 1];
    below.follow(here, column, model.insideShare(reference), true, rows);
    descend(trees.inside(reference), depth + 1, rows);
    below.follow(here, column, model.outsideShare(reference), false, rows);
    descend(trees.outside(reference), depth + 1, rows);
  }
}
