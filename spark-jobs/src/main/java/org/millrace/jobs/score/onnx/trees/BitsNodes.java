package org.millrace.jobs.score.onnx.trees;

import static org.millrace.jobs.score.onnx.trees.BitsKernels.BYTES;
import static org.millrace.jobs.score.onnx.trees.BitsKernels.TOP;

import org.millrace.kernels.NodeKernel;

/**
 * The operations of {@code TreeKernels} in plain Java: simple loops over arrays with one index,
 * which the compiler can turn into vectors by itself.
 */
final class BitsNodes {
  private BitsNodes() {}

  private static long constant(int value) {
    return value * BYTES;
  }

  /** Bits of {@code right} where those of {@code where} are set, of {@code left} elsewhere. */
  private static long choose(long left, long right, long where) {
    return left ^ ((left ^ right) & where);
  }

  /** Spreads each byte's top bit over the byte. */
  private static long spread(long decision) {
    long top = decision & TOP;
    return (top << 1) - (top >>> 7);
  }

  /** One node, two leaves. */
  static final class Stump implements NodeKernel {
    @Override
    public void run(int[] program, int at, long[][] columns, long[][] slots, int words) {
      long[] slot = slots[program[at + 1]];
      long base = constant(program[at + 2]);
      long[] x = columns[program[at + 3]];
      long t = constant(program[at + 4]);
      for (int word = 0; word < words; word++) {
        slot[word] = base + (((x[word] - t) & TOP) >>> 7);
      }
    }
  }

  /** Three nodes, four leaves. */
  static final class Depth2 implements NodeKernel {
    @Override
    public void run(int[] program, int at, long[][] columns, long[][] slots, int words) {
      long[] slot = slots[program[at + 1]];
      long base = constant(program[at + 2]);
      long[] x0 = columns[program[at + 3]];
      long t0 = constant(program[at + 4]);
      long[] x1 = columns[program[at + 5]];
      long t1 = constant(program[at + 6]);
      long[] x2 = columns[program[at + 7]];
      long t2 = constant(program[at + 8]);
      for (int word = 0; word < words; word++) {
        long root = x0[word] - t0;
        long second = choose(x1[word] - t1, x2[word] - t2, root);
        slot[word] = base + ((root & TOP) >>> 6) + ((second & TOP) >>> 7);
      }
    }
  }

  /** Seven nodes, eight leaves. */
  static final class Depth3 implements NodeKernel {
    @Override
    public void run(int[] program, int at, long[][] columns, long[][] slots, int words) {
      long[] slot = slots[program[at + 1]];
      long base = constant(program[at + 2]);
      long[] x0 = columns[program[at + 3]];
      long t0 = constant(program[at + 4]);
      long[] x1 = columns[program[at + 5]];
      long t1 = constant(program[at + 6]);
      long[] x2 = columns[program[at + 7]];
      long t2 = constant(program[at + 8]);
      long[] x3 = columns[program[at + 9]];
      long t3 = constant(program[at + 10]);
      long[] x4 = columns[program[at + 11]];
      long t4 = constant(program[at + 12]);
      long[] x5 = columns[program[at + 13]];
      long t5 = constant(program[at + 14]);
      long[] x6 = columns[program[at + 15]];
      long t6 = constant(program[at + 16]);
      for (int word = 0; word < words; word++) {
        long root = x0[word] - t0;
        long left = x1[word] - t1;
        long right = x2[word] - t2;
        long second = choose(left, right, root);
        long lefts = choose(x3[word] - t3, x4[word] - t4, left);
        long rights = choose(x5[word] - t5, x6[word] - t6, right);
        long third = choose(lefts, rights, root);
        slot[word] = base + ((root & TOP) >>> 5) + ((second & TOP) >>> 6) + ((third & TOP) >>> 7);
      }
    }
  }

  /** A constant where the row goes left. */
  static final class ConstantLeft implements NodeKernel {
    @Override
    public void run(int[] program, int at, long[][] columns, long[][] slots, int words) {
      long[] slot = slots[program[at + 1]];
      long left = constant(program[at + 2]);
      long[] x = columns[program[at + 3]];
      long t = constant(program[at + 4]);
      for (int word = 0; word < words; word++) {
        slot[word] = choose(left, slot[word], spread(x[word] - t));
      }
    }
  }

  /** A constant where the row goes right. */
  static final class ConstantRight implements NodeKernel {
    @Override
    public void run(int[] program, int at, long[][] columns, long[][] slots, int words) {
      long[] slot = slots[program[at + 1]];
      long right = constant(program[at + 2]);
      long[] x = columns[program[at + 3]];
      long t = constant(program[at + 4]);
      for (int word = 0; word < words; word++) {
        slot[word] = choose(slot[word], right, spread(x[word] - t));
      }
    }
  }

  /** One slot or another. */
  static final class Both implements NodeKernel {
    @Override
    public void run(int[] program, int at, long[][] columns, long[][] slots, int words) {
      long[] slot = slots[program[at + 1]];
      long[] other = slots[program[at + 2]];
      long[] x = columns[program[at + 3]];
      long t = constant(program[at + 4]);
      for (int word = 0; word < words; word++) {
        slot[word] = choose(slot[word], other[word], spread(x[word] - t));
      }
    }
  }

  /** One constant or another. */
  static final class Constants implements NodeKernel {
    @Override
    public void run(int[] program, int at, long[][] columns, long[][] slots, int words) {
      long[] slot = slots[program[at + 1]];
      long left = constant(program[at + 2]);
      long right = constant(program[at + 3]);
      long[] x = columns[program[at + 4]];
      long t = constant(program[at + 5]);
      for (int word = 0; word < words; word++) {
        slot[word] = choose(left, right, spread(x[word] - t));
      }
    }
  }

  /** One of four slots. */
  static final class Choose4 implements NodeKernel {
    @Override
    public void run(int[] program, int at, long[][] columns, long[][] slots, int words) {
      long[] s0 = slots[program[at + 1]];
      long[] s1 = slots[program[at + 2]];
      long[] s2 = slots[program[at + 3]];
      long[] s3 = slots[program[at + 4]];
      long[] x0 = columns[program[at + 5]];
      long t0 = constant(program[at + 6]);
      long[] x1 = columns[program[at + 7]];
      long t1 = constant(program[at + 8]);
      long[] x2 = columns[program[at + 9]];
      long t2 = constant(program[at + 10]);
      for (int word = 0; word < words; word++) {
        long left = choose(s0[word], s1[word], spread(x1[word] - t1));
        long right = choose(s2[word], s3[word], spread(x2[word] - t2));
        s0[word] = choose(left, right, spread(x0[word] - t0));
      }
    }
  }
}
