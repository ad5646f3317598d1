package org.millrace.jobs.score.onnx.trees;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Puts one tree together and refuses what is none: each branch but the root has one parent, and the
 * root leads to all of them. Not thread-safe; one for each tree.
 */
final class TreeBuilder {
  private static final int MAX_DEPTH = 500;

  private final Attributes owner;
  private final String name;
  private final int[] features;
  private final double[] thresholds;
  private final Mode[] modes;
  private final boolean[] missingYes;
  private final int[] yes;
  private final int[] no;
  private final int[] firstWeights;
  private final int[] targets;
  private final double[] weights;
  private int leaves;

  /**
   * @param name such as {@code tree 3}, for messages
   * @param branches how many there are
   * @param mostLeaves how many there can be
   * @param mostWeights how many all leaves can have
   */
  TreeBuilder(Attributes owner, String name, int branches, int mostLeaves, int mostWeights) {
    this.owner = owner;
    this.name = name;
    features = new int[branches];
    thresholds = new double[branches];
    modes = new Mode[branches];
    Arrays.fill(modes, Mode.LEQ);
    missingYes = new boolean[branches];
    yes = new int[branches];
    no = new int[branches];
    firstWeights = new int[mostLeaves + 1];
    targets = new int[mostWeights];
    weights = new double[mostWeights];
  }

  /** Sets what a branch asks. */
  void branch(int at, long feature, Mode mode, double threshold, boolean missing) {
    if (feature < 0 || feature > Integer.MAX_VALUE - 1) {
      throw owner.malformed(name + " asks for column " + feature + " vs 0 and more");
    }

    features[at] = (int) feature;
    modes[at] = mode;
    thresholds[at] = threshold;
    missingYes[at] = missing;
  }

  /** Sets where a branch leads: branches, or {@code ~leaf}. */
  void children(int at, int yesChild, int noChild) {
    yes[at] = yesChild;
    no[at] = noChild;
  }

  /** Begins a leaf; its position is the count of those before. Its weights come next. */
  int leaf() {
    leaves++;
    firstWeights[leaves] = firstWeights[leaves - 1];
    return leaves - 1;
  }

  /** Adds a weight to the leaf that was begun last, targets ascending. */
  void weight(int target, double weight) {
    int at = firstWeights[leaves]++;
    targets[at] = target;
    weights[at] = weight;
  }

  /**
   * The tree.
   *
   * @param root as in {@link Tree}
   * @throws NotCovered where it is deeper than our evaluators go, or shares nodes
   */
  Tree build(int root) {
    int[] depth = new int[features.length];
    int[] queue = new int[features.length];
    int queued = 0;
    if (root >= 0) {
      depth[root] = 1;
      queue[queued++] = root;
    }

    int reached = 0;
    while (reached < queued) {
      int at = queue[reached++];
      if (depth[at] > MAX_DEPTH) {
        throw new NotCovered(name + " is deeper than " + MAX_DEPTH + " branches");
      }

      for (int child : new int[] {yes[at], no[at]}) {
        if (child >= 0) {
          if (depth[child] > 0) {
            throw shared();
          }

          depth[child] = depth[at] + 1;
          queue[queued++] = child;
        }
      }
    }

    if (reached < features.length) {
      throw owner.malformed(
          name + " has " + features.length + " branches and its root leads to " + reached);
    }

    return new Tree(root, features, thresholds, modes, missingYes, yes, no, leaves());
  }

  private Tree.Leaves leaves() {
    int count = firstWeights[leaves];
    return new Tree.Leaves(
        Arrays.copyOf(firstWeights, leaves + 1),
        Arrays.copyOf(targets, count),
        Arrays.copyOf(weights, count));
  }

  /** A loop is malformed; converters share a node where a set of categories leads to it. */
  private NotCovered shared() {
    new TreeLinks(IntStream.range(0, yes.length).toArray(), yes, no).requireNoLoop(owner);
    return new NotCovered(name + " has a node with two parents");
  }
}
