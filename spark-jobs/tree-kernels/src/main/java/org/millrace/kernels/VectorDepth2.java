package org.millrace.kernels;

import static org.millrace.kernels.VectorNodes.STEP;
import static org.millrace.kernels.VectorNodes.bit;
import static org.millrace.kernels.VectorNodes.choose;
import static org.millrace.kernels.VectorNodes.constant;
import static org.millrace.kernels.VectorNodes.decide;

import jdk.incubator.vector.LongVector;

/** {@link TreeKernels#DEPTH_2}. */
final class VectorDepth2 implements NodeKernel {
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
    for (int word = 0; word < words; word += STEP) {
      LongVector root = decide(x0, word, t0);
      LongVector second = choose(decide(x1, word, t1), decide(x2, word, t2), root);
      bit(root, 6).add(bit(second, 7)).add(base).intoArray(out, word);
    }
  }
}
