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
  /** Ranks {@code rows} values from {@code from} into {@code ranks} from {@code to}. */
  void rank(A values, int from, int rows, int[] ranks, int to);

  /** Distinct thresholds below the value, by binary search; exact for doubles. */
  record OfDoubles(Axis axis) implements Ranker<double[]> {
    @Override
    public void rank(double[] values, int from, int rows, int[] ranks, int to) {
      long[] keys = axis.keys();
      int missing = axis.missingLow() ? 0 : keys.length;
      for (int row = 0; row < rows; row++) {
        double value = values[from + row];
        ranks[to + row] = Double.isNaN(value) ? missing : below(keys, KeySpace.DOUBLE.key(value));
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
    public void rank(float[] values, int from, int rows, int[] ranks, int to) {
      int missing = missingLow ? Integer.MIN_VALUE : Integer.MAX_VALUE;
      for (int row = 0; row < rows; row++) {
        float value = values[from + row];
        int bits = Float.floatToRawIntBits(value + 0f);
        ranks[to + row] = Float.isNaN(value) ? missing : bits ^ (bits >> 31 >>> 1);
      }
    }
  }

  /** Distinct thresholds below the value, by the kernels' table; into ranks from 0 only. */
  record OfFloats(TreeKernels kernels, RankTable table) implements Ranker<float[]> {
    @Override
    public void rank(float[] values, int from, int rows, int[] ranks, int to) {
      if (to != 0) {
        throw new IllegalArgumentException("Cannot rank into position " + to + ": 0 is allowed");
      }

      kernels.rank(table, values, from, rows, ranks);
    }
  }
}
