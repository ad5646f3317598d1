package org.millrace.kernels;

import static org.millrace.kernels.VectorNodes.STEP;
import static org.millrace.kernels.VectorNodes.choose;
import static org.millrace.kernels.VectorNodes.constant;
import static org.millrace.kernels.VectorNodes.decide;
import static org.millrace.kernels.VectorNodes.load;
import static org.millrace.kernels.VectorNodes.spread;

import jdk.incubator.vector.LongVector;

/** {@link TreeKernels#CHOOSE_4}. */
final class VectorChoose4 implements NodeKernel {
  @Override
  public void run(int[] program, int at, long[][] columns, long[][] slots, int words) {
    long[] s0 = slots[program[at + 1]];
    long[] s1 = slots[program[at + 2]];
    long[] s2 = slots[program[at + 3]];
    long[] s3 = slots[program[at + 4]];
    long[] x0 = columns[program[at + 5]];
    LongVector t0 = constant(program[at + 6]);
    long[] x1 = columns[program[at + 7]];
    LongVector t1 = constant(program[at + 8]);
    long[] x2 = columns[program[at + 9]];
    LongVector t2 = constant(program[at + 10]);
    for (int word = 0; word < words; word += STEP) {
      LongVector left = choose(load(s0, word), load(s1, word), spread(decide(x1, word, t1)));
      LongVector right = choose(load(s2, word), load(s3, word), spread(decide(x2, word, t2)));
      choose(left, right, spread(decide(x0, word, t0))).intoArray(s0, word);
    }
  }
}
