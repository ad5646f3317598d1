package org.millrace.jobs.score.onnx.trees;

/** Brings an ensemble's branches to intervals. Not thread-safe; one for each ensemble. */
final class RawTreesBuilder {
  final boolean doubles;
  final int features;
  final double constant;
  final int[] roots;
  final int[] firstLeaves;
  final double[] values;
  final int[] columns;
  final double[] least;
  final double[] most;
  final boolean[] missingInside;
  final int[] inside;
  final int[] outside;

  private final RawScore score;
  private int branches;

  private RawTreesBuilder(Ensemble ensemble, int features) {
    score = RawScore.of(ensemble);
    doubles = ensemble.doubles();
    this.features = features;
    constant = score.constant();
    roots = new int[ensemble.trees().size()];
    firstLeaves = new int[roots.length + 1];
    for (int tree = 0; tree < roots.length; tree++) {
      firstLeaves[tree + 1] = firstLeaves[tree] + ensemble.trees().get(tree).leaves().count();
    }

    values = new double[firstLeaves[roots.length]];
    int count = ensemble.trees().stream().mapToInt(tree -> tree.features().length).sum();
    columns = new int[count];
    least = new double[count];
    most = new double[count];
    missingInside = new boolean[count];
    inside = new int[count];
    outside = new int[count];
  }

  /**
   * Builds.
   *
   * @param features columns of a row
   * @throws org.millrace.contracts.MillraceException DATA_CONTRACT where it has not one raw score
   */
  static RawTrees build(Ensemble ensemble, int features) {
    RawTreesBuilder builder = new RawTreesBuilder(ensemble, features);
    for (int tree = 0; tree < builder.roots.length; tree++) {
      builder.tree(tree, ensemble.trees().get(tree));
    }

    return new RawTrees(builder);
  }

  private void tree(int number, Tree tree) {
    int firstLeaf = firstLeaves[number];
    for (int leaf = 0; leaf < tree.leaves().count(); leaf++) {
      double weight = tree.leaves().weight(leaf, score.target(), 0);
      values[firstLeaf + leaf] = score.factor() * rounded(weight);
    }

    int firstBranch = branches;
    branches += tree.features().length;
    roots[number] = reference(tree.root(), firstBranch, firstLeaf);
    for (int at = 0; at < tree.features().length; at++) {
      columns[firstBranch + at] = tree.features()[at];
      branch(
          tree,
          at,
          firstBranch + at,
          reference(tree.yes()[at], firstBranch, firstLeaf),
          reference(tree.no()[at], firstBranch, firstLeaf));
    }
  }

  private static int reference(int own, int firstBranch, int firstLeaf) {
    return own >= 0 ? firstBranch + own : ~(firstLeaf + ~own);
  }

  private void branch(Tree tree, int at, int to, int yes, int no) {
    double threshold = rounded(tree.thresholds()[at]);
    boolean missingYes = tree.missingYes()[at];
    switch (tree.modes()[at]) {
      case LEQ -> upTo(to, threshold, missingYes, yes, no);
      case LT -> upTo(to, below(threshold), missingYes, yes, no);
      case GTE -> upTo(to, ofNone(below(threshold), threshold), !missingYes, no, yes);
      case GT -> upTo(to, ofNone(threshold, threshold), !missingYes, no, yes);
      case EQ -> put(to, threshold, threshold, missingYes, yes, no);
      case NEQ -> put(to, threshold, threshold, false, no, yes); // NaN differs from every number
      case MEMBER -> throw new NotCovered("it has branches of mode BRANCH_MEMBER");
    }
  }

  /** No number is above NaN, or equal to it: all of them go the way of a false comparison. */
  private static double ofNone(double end, double threshold) {
    return Double.isNaN(threshold) ? Double.POSITIVE_INFINITY : end;
  }

  /** The next number below; NaN where there is none. */
  private double below(double threshold) {
    if (threshold == Double.NEGATIVE_INFINITY) {
      return Double.NaN;
    }

    return doubles ? Math.nextDown(threshold) : Math.nextDown((float) threshold);
  }

  private void upTo(int at, double end, boolean missing, int in, int out) {
    put(at, Double.NEGATIVE_INFINITY, end, missing, in, out);
  }

  private void put(int at, double from, double to, boolean missing, int in, int out) {
    boolean none = Double.isNaN(to);
    least[at] = none ? Double.POSITIVE_INFINITY : from;
    most[at] = none ? Double.NEGATIVE_INFINITY : to;
    missingInside[at] = missing;
    inside[at] = in;
    outside[at] = out;
  }

  private double rounded(double value) {
    return doubles ? value : (float) value;
  }
}
