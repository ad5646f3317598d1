package org.millrace.registry.onnx;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * Boosted regression trees as plain data: the margin of a row is the sum of {@code weight * leaf}
 * over the trees. Immutable; no library's own types, so that any trainer can fill it.
 *
 * @param trees at least one, in the order in which they are summed
 */
public record TreeEnsemble(List<Tree> trees) {
  /** Copies the list. */
  public TreeEnsemble {
    trees = List.copyOf(trees);
    if (trees.isEmpty()) {
      throw new IllegalArgumentException("Cannot make an ensemble of 0 trees: the minimum is 1");
    }
  }

  /**
   * One tree.
   *
   * @param weight factor of all its leaves
   * @param root a single leaf where the tree does not split
   */
  public record Tree(double weight, Node root) {
    /** Checks that there is a root. */
    public Tree {
      requireNonNull(root, "root is null");
    }
  }

  /** A split or a leaf. */
  public sealed interface Node permits Split, Leaf {}

  /**
   * A row whose feature is {@code <= threshold} goes left, any other one right.
   *
   * @param feature position in the encoded row, from 0
   * @param threshold compared exactly, in double precision
   */
  public record Split(int feature, double threshold, Node left, Node right) implements Node {
    /** Checks that both branches are there. */
    public Split {
      requireNonNull(left, "left is null");
      requireNonNull(right, "right is null");
      if (feature < 0 || Double.isNaN(threshold)) {
        throw new IllegalArgumentException(
            "Cannot split feature "
                + feature
                + " at "
                + threshold
                + ": a position from 0 and a number are needed");
      }
    }
  }

  /**
   * The end of a path.
   *
   * @param value before the tree's weight
   */
  public record Leaf(double value) implements Node {}
}
