package org.millrace.jobs.score.onnx.trees;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Brings every comparison to one form, "is the key above a threshold's key": {@code x <= t} and
 * {@code x < t} go low where they hold, {@code x >= t} and {@code x > t} go high; strictness moves
 * the threshold by one key, and the two ways of NaN are two axes of a column. An equality asks
 * twice. Not thread-safe; one for each ensemble.
 */
final class ForestBuilder {
  /** An axis while trees are read: how many branches ask about it. */
  private static final class Asked {
    private final int feature;
    private final boolean missingLow;
    private int branches;

    Asked(int feature, boolean missingLow) {
      this.feature = feature;
      this.missingLow = missingLow;
    }
  }

  private final KeySpace space;
  private final List<Asked> asked = new ArrayList<>();

  /** By feature, and whether NaN goes low: the axis, or -1. */
  private final int[] axes;

  private ForestBuilder(KeySpace space, int features) {
    this.space = space;
    this.axes = new int[2 * features];
    Arrays.fill(axes, -1);
  }

  static Forest build(Ensemble ensemble) {
    ForestBuilder builder =
        new ForestBuilder(
            ensemble.doubles() ? KeySpace.DOUBLE : KeySpace.FLOAT, ensemble.leastFeatures());
    List<SplitTree> trees = ensemble.trees().stream().map(builder::keyed).toList();
    return new Forest(ensemble, builder.space, builder.axes(trees), trees);
  }

  private List<Axis> axes(List<SplitTree> trees) {
    long[][] keys = new long[asked.size()][];
    for (int axis = 0; axis < keys.length; axis++) {
      keys[axis] = new long[asked.get(axis).branches];
    }

    int[] filled = new int[keys.length];
    for (SplitTree tree : trees) {
      for (int at = 0; at < tree.axes().length; at++) {
        int axis = tree.axes()[at];
        keys[axis][filled[axis]++] = tree.thresholds()[at];
      }
    }

    List<Axis> made = new ArrayList<>();
    for (int axis = 0; axis < keys.length; axis++) {
      made.add(new Axis(asked.get(axis).feature, asked.get(axis).missingLow, distinct(keys[axis])));
    }

    return made;
  }

  private static long[] distinct(long[] keys) {
    Arrays.sort(keys);
    int count = 0;
    for (int at = 0; at < keys.length; at++) {
      if (at == 0 || keys[at] != keys[count - 1]) {
        keys[count++] = keys[at];
      }
    }

    return Arrays.copyOf(keys, count);
  }

  private SplitTree keyed(Tree tree) {
    int[] references = new int[tree.features().length];
    int branches = 0;
    for (int at = 0; at < references.length; at++) {
      references[at] = branches;
      branches += isEquality(tree.modes()[at]) ? 2 : 1;
    }

    KeyedTree keyed = new KeyedTree(branches);
    for (int at = 0; at < references.length; at++) {
      branch(
          tree,
          at,
          keyed,
          reference(references, tree.yes()[at]),
          reference(references, tree.no()[at]));
    }

    return new SplitTree(
        reference(references, tree.root()),
        keyed.axes,
        keyed.keys,
        keyed.low,
        keyed.high,
        tree.leaves().count(),
        branches > references.length);
  }

  private static int reference(int[] references, int child) {
    return child < 0 ? child : references[child];
  }

  private static boolean isEquality(Mode mode) {
    return mode == Mode.EQ || mode == Mode.NEQ;
  }

  private void branch(Tree tree, int at, KeyedTree keyed, int yes, int no) {
    int feature = tree.features()[at];
    double threshold = tree.thresholds()[at];
    boolean missingYes = tree.missingYes()[at];
    switch (tree.modes()[at]) {
      case LEQ -> add(keyed, feature, missingYes, key(threshold, true), yes, no);
      case LT -> add(keyed, feature, missingYes, before(threshold, true), yes, no);
      case GTE -> add(keyed, feature, !missingYes, before(threshold, false), no, yes);
      case GT -> add(keyed, feature, !missingYes, key(threshold, false), no, yes);
      case EQ -> {
        add(keyed, feature, false, before(threshold, false), no, keyed.size + 1);
        add(keyed, feature, missingYes, key(threshold, false), yes, no);
      }
      case NEQ -> {
        add(keyed, feature, false, before(threshold, false), yes, keyed.size + 1);
        add(keyed, feature, false, key(threshold, false), no, yes);
      }
      case MEMBER -> throw new NotCovered("it has branches of mode BRANCH_MEMBER");
    }
  }

  /** Nothing compares with NaN: as a threshold it is below every number, or above every one. */
  private long key(double threshold, boolean nanBelow) {
    return Double.isNaN(threshold)
        ? nanBelow ? space.lowest() : space.highest() - 1
        : space.key(threshold);
  }

  private long before(double threshold, boolean nanBelow) {
    return Double.isNaN(threshold) ? key(threshold, nanBelow) : space.key(threshold) - 1;
  }

  private void add(KeyedTree keyed, int feature, boolean missingLow, long key, int low, int high) {
    int id = 2 * feature + (missingLow ? 1 : 0);
    if (axes[id] < 0) {
      axes[id] = asked.size();
      asked.add(new Asked(feature, missingLow));
    }

    asked.get(axes[id]).branches++;
    keyed.add(axes[id], key, low, high);
  }

  /** A tree's branches, filled one by one. */
  private static final class KeyedTree {
    private final int[] axes;
    private final long[] keys;
    private final int[] low;
    private final int[] high;
    private int size;

    KeyedTree(int branches) {
      axes = new int[branches];
      keys = new long[branches];
      low = new int[branches];
      high = new int[branches];
    }

    void add(int axis, long key, int lowChild, int highChild) {
      axes[size] = axis;
      keys[size] = key;
      low[size] = lowChild;
      high[size++] = highChild;
    }
  }
}
