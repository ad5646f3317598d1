package org.millrace.jobs.score.onnx.trees;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.millrace.kernels.TreeKernels;

/**
 * Compiles one tree bottom-up: perfect subtrees of up to three levels are one operation, any other
 * branch merges what its two sides gave. Leaves are numbered from left to right, so that the leaves
 * of a perfect subtree have neighbouring numbers. Not thread-safe; one for each tree.
 */
final class BitsCompiler {
  private static final int BYTE = 256;

  /** A leaf number so far: each byte in a slot, or a constant where the slot is -1. */
  private record LeafNumber(int slot, int constant, int highSlot, int highConstant) {}

  private final SplitTree tree;
  private final List<Axis> axes;
  private final int[] firstColumns;
  private final BitSet taken = new BitSet();
  private final IntStream.Builder operations = IntStream.builder();
  private final int[] order;
  private int leaves;
  private int slots;

  /**
   * @param firstColumns by axis, its first virtual column
   */
  BitsCompiler(SplitTree tree, List<Axis> axes, int[] firstColumns) {
    this.tree = tree;
    this.axes = axes;
    this.firstColumns = firstColumns;
    this.order = new int[tree.leaves()];
  }

  BitsProgram compile() {
    LeafNumber root = emit(tree.root());
    return new BitsProgram(
        operations.build().toArray(),
        root.slot(),
        root.constant(),
        root.highSlot(),
        root.highConstant(),
        Arrays.copyOf(order, leaves));
  }

  /** How many slots the program needs. */
  int slots() {
    return slots;
  }

  private LeafNumber emit(int node) {
    if (node < 0) {
      int leaf = number(node);
      return new LeafNumber(-1, leaf % BYTE, -1, leaf / BYTE);
    }

    for (int depth = 3; depth >= 1; depth--) {
      int last = leaves + (1 << depth) - 1;
      if (leaves / BYTE == last / BYTE && isPerfect(node, depth)) {
        return perfect(node, depth);
      }
    }

    int low = tree.low()[node];
    int high = tree.high()[node];
    return low >= 0 && high >= 0 ? merged(node, low, high) : merged(node, emit(low), emit(high));
  }

  /** Both sides are branches: where both of them only choose between slots, all at once. */
  private LeafNumber merged(int node, int low, int high) {
    int from = leaves;
    if (isOneOperation(low) || isOneOperation(high)) {
      return merged(node, emit(low), emit(high));
    }

    LeafNumber a = emit(tree.low()[low]);
    LeafNumber b = emit(tree.high()[low]);
    LeafNumber c = emit(tree.low()[high]);
    LeafNumber d = emit(tree.high()[high]);
    if (from / BYTE != (leaves - 1) / BYTE) {
      return merged(node, merged(low, a, b), merged(high, c, d));
    }

    operations.add(TreeKernels.CHOOSE_4);
    operations.add(a.slot()).add(b.slot()).add(c.slot()).add(d.slot());
    question(node);
    question(low);
    question(high);
    taken.clear(b.slot());
    taken.clear(c.slot());
    taken.clear(d.slot());
    return a;
  }

  /** Nothing is gained by opening a perfect subtree, or a branch that ends in a leaf. */
  private boolean isOneOperation(int node) {
    return tree.low()[node] < 0
        || tree.high()[node] < 0
        || isPerfect(node, 2)
        || isPerfect(node, 3);
  }

  private LeafNumber merged(int node, LeafNumber low, LeafNumber high) {
    int slot = byteOf(node, low.slot(), low.constant(), high.slot(), high.constant());
    if (low.highSlot() < 0 && high.highSlot() < 0 && low.highConstant() == high.highConstant()) {
      return new LeafNumber(slot, -1, -1, low.highConstant());
    }

    int highSlot =
        byteOf(node, low.highSlot(), low.highConstant(), high.highSlot(), high.highConstant());
    return new LeafNumber(slot, -1, highSlot, -1);
  }

  private int byteOf(int node, int lowSlot, int low, int highSlot, int high) {
    if (lowSlot >= 0 && highSlot >= 0) {
      operations.add(TreeKernels.BOTH).add(lowSlot).add(highSlot);
      question(node);
      taken.clear(highSlot);
      return lowSlot;
    } else if (lowSlot >= 0) {
      operations.add(TreeKernels.CONSTANT_RIGHT).add(lowSlot).add(high);
      question(node);
      return lowSlot;
    } else if (highSlot >= 0) {
      operations.add(TreeKernels.CONSTANT_LEFT).add(highSlot).add(low);
      question(node);
      return highSlot;
    }

    int slot = take();
    operations.add(TreeKernels.CONSTANTS).add(slot).add(low).add(high);
    question(node);
    return slot;
  }

  private LeafNumber perfect(int node, int depth) {
    int slot = take();
    int base = leaves;
    operations.add(TreeKernels.STUMP + depth - 1).add(slot).add(base % BYTE);
    for (int level = 0; level < depth; level++) {
      questions(node, level);
    }

    number(node, depth);
    return new LeafNumber(slot, -1, -1, base / BYTE);
  }

  private boolean isPerfect(int node, int depth) {
    return depth == 0
        ? node < 0
        : node >= 0
            && isPerfect(tree.low()[node], depth - 1)
            && isPerfect(tree.high()[node], depth - 1);
  }

  private void questions(int node, int level) {
    if (level == 0) {
      question(node);
    } else {
      questions(tree.low()[node], level - 1);
      questions(tree.high()[node], level - 1);
    }
  }

  private void question(int node) {
    int axis = tree.axes()[node];
    int threshold = axes.get(axis).rank(tree.thresholds()[node]);
    operations.add(firstColumns[axis] + threshold / BitsEngine.COLUMN);
    operations.add(threshold % BitsEngine.COLUMN + 1);
  }

  private void number(int node, int depth) {
    if (depth == 0) {
      number(node);
    } else {
      number(tree.low()[node], depth - 1);
      number(tree.high()[node], depth - 1);
    }
  }

  private int number(int reference) {
    order[leaves] = ~reference;
    return leaves++;
  }

  private int take() {
    int slot = taken.nextClearBit(0);
    taken.set(slot);
    slots = Math.max(slots, slot + 1);
    return slot;
  }
}
