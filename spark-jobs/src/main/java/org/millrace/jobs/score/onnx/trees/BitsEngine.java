package org.millrace.jobs.score.onnx.trees;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.millrace.kernels.NodeKernel;
import org.millrace.kernels.TreeKernels;

/**
 * Evaluates every node for every row, in bytes: values become ranks among their axis's thresholds,
 * ranks are cut into virtual columns of 127 thresholds, and programs of kernels merge leaf numbers
 * bottom-up. Cost grows with the number of nodes, not with depth; no branch, no dependent load.
 */
final class BitsEngine implements Engine {
  /** Thresholds of a virtual column: ranks 0 to 127 in the seven bits below the top one. */
  static final int COLUMN = 127;

  private static final int MAX_LEAVES = 1 << 16;
  private static final int SMALL_BLOCK = 256;
  private static final int LARGE_BLOCK = 4096;
  private static final int CACHE_BYTES = 512 << 10; // half of a usual second-level cache
  private static final int MAX_COLUMNS = 1 << 14;

  private final TreeKernels kernels;
  private final NodeKernel[] nodes;
  private final Forest forest;
  private final List<Ranker<?>> rankers = new ArrayList<>();
  private final int[] firstColumns;
  private final BitsProgram[] programs;
  private final LeafValues leafValues;
  private final int slots;
  private final int blockRows;

  BitsEngine(Forest forest, TreeKernels kernels) {
    this.forest = forest;
    this.kernels = kernels;
    this.nodes = kernels.nodes();
    this.firstColumns = firstColumns(forest);
    for (Axis axis : forest.axes()) {
      rankers.add(
          forest.space() == KeySpace.DOUBLE
              ? new Ranker.OfDoubles(axis)
              : new Ranker.OfFloats(kernels, RankTables.of(axis)));
    }

    programs = new BitsProgram[forest.trees().size()];
    int most = 1;
    for (int tree = 0; tree < programs.length; tree++) {
      BitsCompiler compiler =
          new BitsCompiler(forest.trees().get(tree), forest.axes(), firstColumns);
      programs[tree] = compiler.compile();
      most = Math.max(most, compiler.slots());
    }

    slots = most;
    Ensemble ensemble = forest.ensemble();
    leafValues =
        LeafValues.of(
            ensemble, Arrays.stream(programs).map(BitsProgram::order).toArray(int[][]::new));
    blockRows = blockRows(Math.max(columns(), ensemble.leastFeatures() * Float.BYTES));
  }

  /**
   * As many rows as the cache holds: what it costs to call a kernel is shared by all of them.
   *
   * @param bytes of a row, as columns or as features
   */
  private static int blockRows(int bytes) {
    int rows = LARGE_BLOCK;
    while (rows > SMALL_BLOCK && (long) rows * bytes > CACHE_BYTES) {
      rows /= 2;
    }

    return rows;
  }

  /** Whether it can evaluate such a forest at all. */
  static boolean covers(Forest forest) {
    return forest.trees().stream().noneMatch(tree -> tree.shared() || tree.leaves() > MAX_LEAVES)
        && columns(forest) <= MAX_COLUMNS;
  }

  /** Virtual columns of a forest. */
  static int columns(Forest forest) {
    return firstColumns(forest)[forest.axes().size()];
  }

  private static int[] firstColumns(Forest forest) {
    int[] first = new int[forest.axes().size() + 1];
    for (int axis = 0; axis < forest.axes().size(); axis++) {
      int keys = forest.axes().get(axis).keys().length;
      first[axis + 1] = first[axis] + (keys + COLUMN - 1) / COLUMN;
    }

    return first;
  }

  private int columns() {
    return firstColumns[firstColumns.length - 1];
  }

  @Override
  public String name() {
    return kernels.name();
  }

  @Override
  public int blockRows() {
    return blockRows;
  }

  @Override
  public LeafValues leafValues() {
    return leafValues;
  }

  @Override
  public Run run() {
    return new BitsRun();
  }

  private final class BitsRun implements Run {
    private final long[][] columns = new long[columns()][blockRows / Long.BYTES];
    private final long[][] work = new long[slots][blockRows / Long.BYTES];
    private final int[] ranks = new int[blockRows];
    private final int[] leaves = new int[blockRows];
    private final int[] highs = new int[blockRows];

    @Override
    public void block(Rows<?> batch, int rows, Totals totals) {
      int groups = (rows + TreeKernels.GROUP - 1) / TreeKernels.GROUP;
      int words = groups * TreeKernels.GROUP / Long.BYTES;
      for (int axis = 0; axis < rankers.size(); axis++) {
        rank(axis, rankers.get(axis), batch, rows, words);
      }

      for (int tree = 0; tree < programs.length; tree++) {
        run(programs[tree].operations(), words);
        add(tree, programs[tree], words, totals);
      }
    }

    @SuppressWarnings("unchecked") // floats or doubles: the forest's rankers and the batch agree
    private <A> void rank(int axis, Ranker<A> ranker, Rows<?> batch, int rows, int words) {
      A values = ((Rows<A>) batch).values(forest.axes().get(axis).feature());
      ranker.rank(values, batch.offset(), rows, ranks, 0, 1);
      int base = 0;
      for (int column = firstColumns[axis]; column < firstColumns[axis + 1]; column++) {
        kernels.pack(ranks, base, columns[column], words);
        base += COLUMN;
      }
    }

    private void run(int[] operations, int words) {
      for (int at = 0; at < operations.length; at += TreeKernels.LENGTHS[operations[at]]) {
        nodes[operations[at]].run(operations, at, columns, work, words);
      }
    }

    private void add(int tree, BitsProgram program, int words, Totals totals) {
      boolean oneByte =
          program.slot() >= 0 && program.highSlot() < 0 && program.highConstant() == 0;
      if (oneByte && totals instanceof Totals.Floats floats) {
        float[] sums = floats.sumsOf(tree);
        if (sums != null) {
          kernels.add(sums, work[program.slot()], leafValues.floats()[tree][0], words);
          return;
        }
      }

      bytes(program.slot(), program.constant(), leaves, words);
      if (!oneByte) {
        bytes(program.highSlot(), program.highConstant(), highs, words);
        for (int row = 0; row < words * Long.BYTES; row++) {
          leaves[row] |= highs[row] << Byte.SIZE;
        }
      }

      totals.add(tree, leaves, words * Long.BYTES);
    }

    private void bytes(int slot, int constant, int[] into, int words) {
      if (slot < 0) {
        Arrays.fill(into, 0, words * Long.BYTES, constant);
      } else {
        kernels.unpack(work[slot], into, words);
      }
    }
  }
}
