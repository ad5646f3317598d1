package org.millrace.jobs.explain.shap;

import java.io.Serializable;
import org.millrace.contracts.MillraceException;
import org.millrace.jobs.score.onnx.trees.RawTrees;

/**
 * Trees with the share of rows that takes each way at each branch: all that contributions are made
 * of. Immutable, shared by threads. A plain class, since Kryo cannot read records; made on the
 * driver, broadcast to executors.
 *
 * <p>A branch that no counted row reached has shares of 0 on both sides: without the feature that
 * it asks about, what lies below it counts for nothing.
 */
public final class ShapModel implements Serializable {
  private static final long serialVersionUID = 1L;

  private final RawTrees trees;
  private final double[] insideShares;
  private final double[] outsideShares;
  private final double base;
  private final int depth;

  private ShapModel(RawTrees trees, NodeCovers covers) {
    this.trees = trees;
    insideShares = new double[trees.branches()];
    outsideShares = new double[trees.branches()];
    long[][] leaves = covers.leaves();
    long[] branches = covers.branches(trees);
    double total = trees.constant();
    int deepest = 0;
    for (int tree = 0; tree < trees.trees(); tree++) {
      int first = trees.firstLeaf(tree);
      deepest = Math.max(deepest, take(trees.root(tree), leaves[tree], first, branches));
      for (int leaf = 0; leaf < leaves[tree].length; leaf++) {
        total += trees.value(first + leaf) * ((double) leaves[tree][leaf] / covers.rows());
      }
    }

    base = total;
    depth = deepest;
  }

  /**
   * Joins trees and covers.
   *
   * @param sha256 of the model's file
   * @throws MillraceException DATA_CONTRACT where the covers are another model's, or of no rows
   */
  public static ShapModel of(String sha256, RawTrees trees, NodeCovers covers) {
    covers.require(sha256, trees);
    return new ShapModel(trees, covers);
  }

  /** Sets the shares of a branch and those below it; gives their depth. */
  private int take(int reference, long[] leaves, int first, long[] branches) {
    if (reference < 0) {
      return 0;
    }

    int in = trees.inside(reference);
    int out = trees.outside(reference);
    double cover = Math.max(1, branches[reference]); // where it is 0, both sides are
    insideShares[reference] = (in < 0 ? leaves[~in - first] : branches[in]) / cover;
    outsideShares[reference] = (out < 0 ? leaves[~out - first] : branches[out]) / cover;
    return 1 + Math.max(take(in, leaves, first, branches), take(out, leaves, first, branches));
  }

  /** The raw score that is expected of a row of which nothing is known. */
  public double base() {
    return base;
  }

  /** Columns of a row. */
  public int features() {
    return trees.features();
  }

  RawTrees trees() {
    return trees;
  }

  /** Of the rows that reach a branch, those that are inside its interval. */
  double insideShare(int branch) {
    return insideShares[branch];
  }

  double outsideShare(int branch) {
    return outsideShares[branch];
  }

  /** Branches on the longest way down. */
  int depth() {
    return depth;
  }
}
