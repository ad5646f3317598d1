package org.millrace.features.window;

import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.execution.vectorized.WritableColumnVector;
import org.millrace.features.asof.EventBucket;

/**
 * Exact quantiles: the least value that as large a share of the values as was asked for does not
 * exceed (nearest rank). How often each rank is in the window is kept in a binary indexed tree
 * (Fenwick, A new data structure for cumulative frequency tables, 1994).
 */
final class Quantiles implements Accumulator {
  private final Moves moves;
  private final Output[] outputs;
  private final EventBucket bucket;
  private int entered;
  private int left;
  private int[] tree = new int[64]; // from 1
  private int distinct;
  private long count;

  /** The QUANTILE aggregates of one window of one series. */
  Quantiles(Moves moves, List<Output> outputs, EventBucket bucket) {
    this.moves = moves;
    this.outputs = outputs.toArray(Output[]::new);
    this.bucket = bucket;
  }

  @Override
  public void start() {
    entered = 0;
    left = 0;
    count = 0;
    distinct = moves.series().ranks().distinct;
    if (tree.length <= distinct) {
      tree = new int[2 * distinct];
    }

    Arrays.fill(tree, 0, distinct + 1, 0);
  }

  @Override
  public void run(int from, int to, WritableColumnVector[] out, int at) {
    Series series = moves.series();
    Ranks ranks = series.ranks();
    for (int slot = from; slot < to; slot++) {
      while (entered < moves.size && moves.enterAt[entered] <= slot) {
        move(ranks.rank[moves.entering[entered++]], 1);
      }
      while (left < moves.size && moves.leaveAt[left] <= slot) {
        move(ranks.rank[moves.leaving[left++]], -1);
      }
      for (Output output : outputs) {
        WritableColumnVector column = out[output.column()];
        int row = at + slot - from;
        if (count == 0) {
          column.putNull(row);
        } else {
          long order = ranks.order(rankOf(nth(output.parameter())));
          series.kind().put(column, row, series.kind().word(order), bucket, series.value());
        }
      }
    }
  }

  /** Which value, counted from 1, it is of those in the window. */
  private long nth(long millionths) {
    return Math.max(1, -Math.floorDiv(-millionths * count, Aggregate.MILLION)); // rounded up
  }

  private void move(int rank, int sign) {
    count += sign;
    for (int node = rank + 1; node <= distinct; node += node & -node) {
      tree[node] += sign;
    }
  }

  private int rankOf(long nth) {
    int before = 0;
    long rest = nth;
    for (int step = Integer.highestOneBit(distinct); step > 0; step >>= 1) {
      int node = before + step;
      if (node <= distinct && tree[node] < rest) {
        before = node;
        rest -= tree[node];
      }
    }

    return before;
  }
}
