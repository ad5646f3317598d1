package org.millrace.jobs.score.onnx.trees;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Walks each row down each tree without a branch: a node is one {@code long}, its two children are
 * neighbours, a leaf leads to itself, and eight rows are on their way at a time. Every row takes as
 * many steps as the tree is deep.
 */
final class WalkEngine implements Engine {
  /** A node: threshold in the upper half, below it the first child (20 bits) and the axis (12). */
  static final int AXIS_BITS = 12;

  static final int BLOCK = 128;
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
    int[][] orders = new int[trees.length][];
    for (int tree = 0; tree < orders.length; tree++) {
      orders[tree] = IntStream.range(0, forest.trees().get(tree).leaves()).toArray();
    }

    this.leafValues = LeafValues.of(forest.ensemble(), orders);
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
    private final int[] ranks = new int[rankers.size() * BLOCK];
    private final int[] leaves = new int[BLOCK];

    @Override
    public void block(Rows<?> batch, int rows, Totals totals) {
      for (int axis = 0; axis < rankers.size(); axis++) {
        rank(axis, rankers.get(axis), batch, rows);
      }

      for (int tree = 0; tree < trees.length; tree++) {
        walk(trees[tree].nodes(), trees[tree].depth(), trees[tree].leaves(), ranks, leaves, rows);
        totals.add(tree, leaves, rows);
      }
    }

    @SuppressWarnings("unchecked") // floats or doubles: the forest's rankers and the batch agree
    private <A> void rank(int axis, Ranker<A> ranker, Rows<?> batch, int rows) {
      A values = ((Rows<A>) batch).values(forest.axes().get(axis).feature());
      ranker.rank(values, batch.offset(), rows, ranks, axis * BLOCK);
    }
  }

  /** Rows past the last one are walked too, with whatever stands there: there is room for them. */
  private static void walk(
      long[] nodes, int depth, int[] numbers, int[] ranks, int[] leaves, int rows) {
    for (int row = 0; row < rows; row += 8) {
      int a = 0;
      int b = 0;
      int c = 0;
      int d = 0;
      int e = 0;
      int f = 0;
      int g = 0;
      int h = 0;
      for (int level = 0; level < depth; level++) {
        a = step(nodes[a], ranks, row);
        b = step(nodes[b], ranks, row + 1);
        c = step(nodes[c], ranks, row + 2);
        d = step(nodes[d], ranks, row + 3);
        e = step(nodes[e], ranks, row + 4);
        f = step(nodes[f], ranks, row + 5);
        g = step(nodes[g], ranks, row + 6);
        h = step(nodes[h], ranks, row + 7);
      }

      leaves[row] = numbers[a];
      leaves[row + 1] = numbers[b];
      leaves[row + 2] = numbers[c];
      leaves[row + 3] = numbers[d];
      leaves[row + 4] = numbers[e];
      leaves[row + 5] = numbers[f];
      leaves[row + 6] = numbers[g];
      leaves[row + 7] = numbers[h];
    }
  }

  private static int step(long node, int[] ranks, int row) {
    int low = (int) node;
    long rest = (node >> 32) - ranks[(low & AXIS_MASK) * BLOCK + row];
    return (low >>> AXIS_BITS) + (int) (rest >>> 63);
  }
}
