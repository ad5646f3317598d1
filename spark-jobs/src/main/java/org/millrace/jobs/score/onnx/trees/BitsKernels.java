package org.millrace.jobs.score.onnx.trees;

import org.millrace.kernels.NodeKernel;
import org.millrace.kernels.RankTable;
import org.millrace.kernels.ScalarRanks;
import org.millrace.kernels.TreeKernels;

/**
 * The loops in plain Java, eight rows in a {@code long}; byte b of long j is row 8j + b. A row goes
 * right at a node exactly when the top bit of its byte less the node's number is set: the top bit
 * is set beforehand, so that no borrow passes from byte to byte.
 */
final class BitsKernels implements TreeKernels {
  static final long TOP = 0x8080808080808080L;
  static final long BYTES = 0x0101010101010101L;

  @Override
  public String name() {
    return "bits";
  }

  @Override
  public NodeKernel[] nodes() {
    return new NodeKernel[] {
      new BitsNodes.Stump(),
      new BitsNodes.Depth2(),
      new BitsNodes.Depth3(),
      new BitsNodes.ConstantLeft(),
      new BitsNodes.ConstantRight(),
      new BitsNodes.Both(),
      new BitsNodes.Constants(),
      new BitsNodes.Choose4()
    };
  }

  @Override
  public void rank(RankTable table, float[] values, int from, int rows, int[] ranks) {
    ScalarRanks.rank(table, values, from, 0, rows, ranks);
  }

  @Override
  public void pack(int[] ranks, int base, long[] column, int words) {
    for (int word = 0, row = 0; word < words; word++, row += 8) {
      column[word] =
          TOP
              | cut(ranks[row] - base)
              | cut(ranks[row + 1] - base) << 8
              | cut(ranks[row + 2] - base) << 16
              | cut(ranks[row + 3] - base) << 24
              | cut(ranks[row + 4] - base) << 32
              | cut(ranks[row + 5] - base) << 40
              | cut(ranks[row + 6] - base) << 48
              | cut(ranks[row + 7] - base) << 56;
    }
  }

  private static long cut(int rank) {
    return Math.max(0, Math.min(127, rank));
  }

  @Override
  public void unpack(long[] slot, int[] leaves, int words) {
    for (int word = 0, row = 0; word < words; word++) {
      long eight = slot[word];
      for (int shift = 0; shift < Long.SIZE; shift += 8) {
        leaves[row++] = (int) (eight >>> shift) & 255;
      }
    }
  }

  @Override
  public void add(float[] sums, long[] slot, float[] values, int words) {
    for (int word = 0, row = 0; word < words; word++, row += 8) {
      long eight = slot[word];
      sums[row] += values[(int) eight & 255];
      sums[row + 1] += values[(int) (eight >>> 8) & 255];
      sums[row + 2] += values[(int) (eight >>> 16) & 255];
      sums[row + 3] += values[(int) (eight >>> 24) & 255];
      sums[row + 4] += values[(int) (eight >>> 32) & 255];
      sums[row + 5] += values[(int) (eight >>> 40) & 255];
      sums[row + 6] += values[(int) (eight >>> 48) & 255];
      sums[row + 7] += values[(int) (eight >>> 56)];
    }
  }
}
