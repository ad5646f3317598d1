package org.millrace.jobs.score.onnx.trees;

import java.util.Arrays;
import java.util.List;

/**
 * Walks each row down each tree without a branch: a node is one {@code long}, its two children are
 * neighbours, a leaf leads to itself, and eight rows are on their way at a time. Every row takes as
 * many steps as the tree is deep. Blocks are large enough for a tree that comes from outside the
 * cache to pay, and keys lie row by row, so that a row's are next to each other.
 */
final class WalkEngine implements Engine {
  /** A node: threshold in the upper half, below it the first child (20 bits) and the axis (12). */
  static final int AXIS_BITS = 12;

  private static final int BLOCK = 512;
  private static final int MAX_NODES = 1 << 20;
  private static final int AXIS_MASK = (1 << AXIS_BITS) - 1;

  private final Forest forest;
  private final List<? extends Ranker<?>> rankers;
  private final WalkTree[] trees;
  private final LeafValues leafValues;

  WalkEngine(Forest forest) {
    this.forest = forest;
    this.rankers =
        forest.axes().stream()
            .map(
                axis ->
                    forest.space() == KeySpace.DOUBLE
                        ? new Ranker.OfDoubles(axis)
                        : new Ranker.KeysOfFloats(axis.missingLow()))
            .toList();
    this.trees =
        forest.trees().stream().map(tree -> WalkTree.of(tree, forest)).toArray(WalkTree[]::new);
    this.leafValues =
        LeafValues.of(
            forest.ensemble(), Arrays.stream(trees).map(WalkTree::leaves).toArray(int[][]::new));
  }

  /** Whether it can evaluate such a forest at all. */
  static boolean covers(Forest forest) {
    return forest.axes().size() <= AXIS_MASK + 1
        && forest.trees().stream().allMatch(tree -> 2 * tree.axes().length + 1 < MAX_NODES);
  }

  @Override
  public String name() {
    return "walk";
  }

  @Override
  public int blockRows() {
    return BLOCK;
  }

  @Override
  public LeafValues leafValues() {
    return leafValues;
  }

  @Override
  public Run run() {
    return new WalkRun();
  }

  private final class WalkRun implements Run {
    private final int width = rankers.size();
    private final int[] keys = new int[width * BLOCK];
    private final int[] leaves = new int[BLOCK];

    @Override
    public void block(Rows<?> batch, int rows, Totals totals) {
      for (int axis = 0; axis < width; axis++) {
        rank(axis, rankers.get(axis), batch, rows);
      }

      for (int tree = 0; tree < trees.length; tree++) {
        walk(trees[tree].nodes(), trees[tree].depth(), keys, width, leaves, rows);
        totals.add(tree, leaves, rows);
      }
    }

    @SuppressWarnings("unchecked") // floats or doubles: the forest's rankers and the batch agree
    private <A> void rank(int axis, Ranker<A> ranker, Rows<?> batch, int rows) {
      A values = ((Rows<A>) batch).values(forest.axes().get(axis).feature());
      ranker.rank(values, batch.offset(), rows, keys, axis, width);
    }
  }

  /** Rows past the last one are walked too, with whatever stands there: there is room for them. */
  private static void walk(long[] nodes, int depth, int[] keys, int width, int[] leaves, int rows) {
    for (int row = 0; row < rows; row += 8) {
      int at = row * width;
      int a = 0;
      int b = 0;
      int c = 0;
      int d = 0;
      int e = 0;
      int f = 0;
      int g = 0;
      int h = 0;
      for (int level = 0; level < depth; level++) {
        a = step(nodes[a], keys, at);
        b = step(nodes[b], keys, at + width);
        c = step(nodes[c], keys, at + 2 * width);
        d = step(nodes[d], keys, at + 3 * width);
        e = step(nodes[e], keys, at + 4 * width);
        f = step(nodes[f], keys, at + 5 * width);
        g = step(nodes[g], keys, at + 6 * width);
        h = step(nodes[h], keys, at + 7 * width);
      }

      leaves[row] = a;
      leaves[row + 1] = b;
      leaves[row + 2] = c;
      leaves[row + 3] = d;
      leaves[row + 4] = e;
      leaves[row + 5] = f;
      leaves[row + 6] = g;
      leaves[row + 7] = h;
    }
  }

  private static int step(long node, int[] keys, int row) {
    int low = (int) node;
    long rest = (node >> 32) - keys[row + (low & AXIS_MASK)];
    return (low >>> AXIS_BITS) + (int) (rest >>> 63);
  }
}
