package org.millrace.jobs.score.onnx.trees;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * Brings every comparison to one form, "is the key above a threshold's key": {@code x <= t} and
 * {@code x < t} go low where they hold, {@code x >= t} and {@code x > t} go high; strictness moves
 * the threshold by one key, and the two ways of NaN are two axes of a column. An equality asks
 * twice. Not thread-safe; one for each ensemble.
 */
final class ForestBuilder {
  private record AxisId(int feature, boolean missingLow) {}

  private final KeySpace space;
  private final Map<AxisId, Integer> axes = new LinkedHashMap<>();
  private final List<LongStream.Builder> keys = new ArrayList<>();

  private ForestBuilder(KeySpace space) {
    this.space = space;
  }

  static Forest build(Ensemble ensemble) {
    ForestBuilder builder =
        new ForestBuilder(ensemble.doubles() ? KeySpace.DOUBLE : KeySpace.FLOAT);
    List<KeyedTree> keyed = ensemble.trees().stream().map(builder::keyed).toList();
    List<Axis> axes = builder.axes();
    return new Forest(
        ensemble, builder.space, axes, keyed.stream().map(tree -> tree.ranked(axes)).toList());
  }

  private List<Axis> axes() {
    List<Axis> made = new ArrayList<>();
    axes.forEach(
        (id, at) ->
            made.add(
                new Axis(id.feature(), id.missingLow(), distinct(keys.get(at).build().toArray()))));
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

  private KeyedTree keyed(Tree tree) {
    KeyedTree keyed = new KeyedTree(tree.leaves().size());
    int[] references = new int[tree.features().length];
    int branches = 0;
    for (int at = 0; at < references.length; at++) {
      references[at] = branches;
      branches += isEquality(tree.modes()[at]) ? 2 : 1;
    }

    for (int at = 0; at < references.length; at++) {
      branch(
          tree,
          at,
          keyed,
          reference(references, tree.yes()[at]),
          reference(references, tree.no()[at]));
    }

    keyed.root = reference(references, tree.root());
    return keyed;
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
        add(keyed, feature, false, before(threshold, false), no, keyed.size() + 1);
        add(keyed, feature, missingYes, key(threshold, false), yes, no);
        keyed.shared = true;
      }
      case NEQ -> {
        add(keyed, feature, false, before(threshold, false), yes, keyed.size() + 1);
        add(keyed, feature, false, key(threshold, false), no, yes);
        keyed.shared = true;
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
    int axis =
        axes.computeIfAbsent(
            new AxisId(feature, missingLow),
            unused -> {
              keys.add(LongStream.builder());
              return keys.size() - 1;
            });
    keys.get(axis).add(key);
    keyed.branches.add(new KeyedBranch(axis, key, low, high));
  }

  private record KeyedBranch(int axis, long key, int low, int high) {}

  /** A tree whose thresholds are keys: their ranks are known when all trees have been seen. */
  private static final class KeyedTree {
    private final int leaves;
    private final List<KeyedBranch> branches = new ArrayList<>();
    private int root;
    private boolean shared;

    KeyedTree(int leaves) {
      this.leaves = leaves;
    }

    int size() {
      return branches.size();
    }

    SplitTree ranked(List<Axis> axes) {
      return new SplitTree(
          root,
          branches.stream().mapToInt(KeyedBranch::axis).toArray(),
          branches.stream()
              .mapToInt(one -> Arrays.binarySearch(axes.get(one.axis()).keys(), one.key()))
              .toArray(),
          branches.stream().mapToInt(KeyedBranch::low).toArray(),
          branches.stream().mapToInt(KeyedBranch::high).toArray(),
          leaves,
          shared);
    }
  }
}
