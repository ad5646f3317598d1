package org.millrace.jobs.score.onnx.trees;

import java.util.Arrays;
import org.millrace.kernels.RankTable;
import org.millrace.kernels.TreeKernels;

/**
 * Turns one axis's values into integers that compare with its thresholds. Stateless, thread-safe.
 *
 * @param <A> {@code float[]} or {@code double[]}
 */
interface Ranker<A> {
  /**
   * Ranks {@code rows} values from {@code from} into every {@code step}-th of {@code ranks} from
   * {@code to}.
   */
  void rank(A values, int from, int rows, int[] ranks, int to, int step);

  /** Distinct thresholds below the value, by binary search; exact for doubles. */
  record OfDoubles(Axis axis) implements Ranker<double[]> {
    @Override
    public void rank(double[] values, int from, int rows, int[] ranks, int to, int step) {
      long[] keys = axis.keys();
      int missing = axis.missingLow() ? 0 : keys.length;
      for (int row = 0; row < rows; row++) {
        double value = values[from + row];
        ranks[to + row * step] =
            Double.isNaN(value) ? missing : below(keys, KeySpace.DOUBLE.key(value));
      }
    }

    private static int below(long[] keys, long key) {
      int at = Arrays.binarySearch(keys, key);
      return at < 0 ? ~at : at;
    }
  }

  /** The key of a float itself: no search, for evaluators that compare keys. */
  record KeysOfFloats(boolean missingLow) implements Ranker<float[]> {
    @Override
    public void rank(float[] values, int from, int rows, int[] ranks, int to, int step) {
      int missing = missingLow ? Integer.MIN_VALUE : Integer.MAX_VALUE;
      for (int row = 0, at = to; row < rows; row++, at += step) {
        float value = values[from + row];
        int bits = Float.floatToRawIntBits(value + 0f);
        ranks[at] = Float.isNaN(value) ? missing : bits ^ (bits >> 31 >>> 1);
      }
    }
  }

  /** Distinct thresholds below the value, by the kernels' table; into the first ranks only. */
  record OfFloats(TreeKernels kernels, RankTable table) implements Ranker<float[]> {
    @Override
    public void rank(float[] values, int from, int rows, int[] ranks, int to, int step) {
      if (to != 0 || step != 1) {
        throw new IllegalArgumentException(
            "Cannot rank into position %d by steps of %d: 0 and 1 are allowed".formatted(to, step));
      }

      kernels.rank(table, values, from, rows, ranks);
    }
  }
}
