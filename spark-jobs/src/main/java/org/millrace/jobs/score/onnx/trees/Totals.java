package org.millrace.jobs.score.onnx.trees;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Joined leaf values of a block of rows, by target; trees are added in the ensemble's order, as
 * ONNX Runtime does with one thread. For one thread.
 */
abstract sealed class Totals {
  final LeafValues values;
  final Ensemble.Aggregate aggregate;

  private Totals(LeafValues values, Ensemble.Aggregate aggregate) {
    this.values = values;
    this.aggregate = aggregate;
  }

  static Totals of(Ensemble ensemble, LeafValues values, int blockRows) {
    return ensemble.doubles()
        ? new Doubles(values, ensemble, blockRows)
        : new Floats(values, ensemble, blockRows);
  }

  /** Begins a block. */
  abstract void clear();

  /** Adds a tree by each row's leaf number. */
  abstract void add(int tree, int[] leaves, int rows);

  /** One row's total, exact where it is a float. */
  abstract double get(int target, int row);

  /** In float arithmetic. */
  static final class Floats extends Totals {
    private final float[][] totals;
    private final float start;

    Floats(LeafValues values, Ensemble ensemble, int blockRows) {
      super(values, ensemble.aggregate());
      totals = new float[ensemble.targets()][blockRows];
      start = (float) LeafValues.absent(ensemble.aggregate());
    }

    /** The sums of the tree's only target, or null where it has several or they are no sums. */
    float @Nullable [] sumsOf(int tree) {
      boolean sums = aggregate == Ensemble.Aggregate.SUM || aggregate == Ensemble.Aggregate.AVERAGE;
      return sums && values.targets()[tree].length == 1 ? totals[values.targets()[tree][0]] : null;
    }

    @Override
    void clear() {
      for (float[] total : totals) {
        Arrays.fill(total, start);
      }
    }

    @Override
    void add(int tree, int[] leaves, int rows) {
      int[] targets = values.targets()[tree];
      for (int place = 0; place < targets.length; place++) {
        float[] table = values.floats()[tree][place];
        float[] total = totals[targets[place]];
        switch (aggregate) {
          case SUM, AVERAGE -> sum(total, table, leaves, rows);
          case MIN -> least(total, table, leaves, rows);
          case MAX -> greatest(total, table, leaves, rows);
        }
      }
    }

    private static void sum(float[] total, float[] table, int[] leaves, int rows) {
      for (int row = 0; row < rows; row++) {
        total[row] += table[leaves[row]];
      }
    }

    private static void least(float[] total, float[] table, int[] leaves, int rows) {
      for (int row = 0; row < rows; row++) {
        float value = table[leaves[row]];
        total[row] = value < total[row] ? value : total[row];
      }
    }

    private static void greatest(float[] total, float[] table, int[] leaves, int rows) {
      for (int row = 0; row < rows; row++) {
        float value = table[leaves[row]];
        total[row] = value > total[row] ? value : total[row];
      }
    }

    @Override
    double get(int target, int row) {
      return totals[target][row];
    }
  }

  /** In double arithmetic. */
  static final class Doubles extends Totals {
    private final double[][] totals;
    private final double start;

    Doubles(LeafValues values, Ensemble ensemble, int blockRows) {
      super(values, ensemble.aggregate());
      totals = new double[ensemble.targets()][blockRows];
      start = LeafValues.absent(ensemble.aggregate());
    }

    @Override
    void clear() {
      for (double[] total : totals) {
        Arrays.fill(total, start);
      }
    }

    @Override
    void add(int tree, int[] leaves, int rows) {
      int[] targets = values.targets()[tree];
      for (int place = 0; place < targets.length; place++) {
        double[] table = values.doubles()[tree][place];
        double[] total = totals[targets[place]];
        for (int row = 0; row < rows; row++) {
          double value = table[leaves[row]];
          total[row] =
              switch (aggregate) {
                case SUM, AVERAGE -> total[row] + value;
                case MIN -> value < total[row] ? value : total[row];
                case MAX -> value > total[row] ? value : total[row];
              };
        }
      }
    }

    @Override
    double get(int target, int row) {
      return totals[target][row];
    }
  }
}
