package org.millrace.kernels;

import static org.millrace.kernels.VectorNodes.STEP;
import static org.millrace.kernels.VectorNodes.bit;
import static org.millrace.kernels.VectorNodes.choose;
import static org.millrace.kernels.VectorNodes.constant;
import static org.millrace.kernels.VectorNodes.decide;

import jdk.incubator.vector.LongVector;

/** {@link TreeKernels#DEPTH_3}. */
final class VectorDepth3 implements NodeKernel {
  @Override
  public void run(int[] program, int at, long[][] columns, long[][] slots, int words) {
    long[] out = slots[program[at + 1]];
    LongVector base = constant(program[at + 2]);
    long[] x0 = columns[program[at + 3]];
    LongVector t0 = constant(program[at + 4]);
    long[] x1 = columns[program[at + 5]];
    LongVector t1 = constant(program[at + 6]);
    long[] x2 = columns[program[at + 7]];
    LongVector t2 = constant(program[at + 8]);
    long[] x3 = columns[program[at + 9]];
    LongVector t3 = constant(program[at + 10]);
    long[] x4 = columns[program[at + 11]];
    LongVector t4 = constant(program[at + 12]);
    long[] x5 = columns[program[at + 13]];
    LongVector t5 = constant(program[at + 14]);
    long[] x6 = columns[program[at + 15]];
    LongVector t6 = constant(program[at + 16]);
    for (int word = 0; word < words; word += STEP) {
      LongVector root = decide(x0, word, t0);
      LongVector left = decide(x1, word, t1);
      LongVector right = decide(x2, word, t2);
      LongVector second = choose(left, right, root);
      LongVector lefts = choose(decide(x3, word, t3), decide(x4, word, t4), left);
      LongVector rights = choose(decide(x5, word, t5), decide(x6, word, t6), right);
      LongVector third = choose(lefts, rights, root);
      bit(root, 5).add(bit(second, 6)).add(bit(third, 7)).add(base).intoArray(out, word);
    }
  }
}
