package org.millrace.kernels;

/** The search of {@link RankTable} without vectors. */
public final class ScalarRanks {
  private ScalarRanks() {}

  /** Ranks rows {@code begin} to {@code end}; positions as in {@link TreeKernels#rank}. */
  public static void rank(
      RankTable table, float[] values, int from, int begin, int end, int[] ranks) {
    rank(
        table.keys(),
        table.starts(),
        table.low(),
        table.scale(),
        table.step(),
        table.missing(),
        values,
        from,
        begin,
        end,
        ranks);
  }

  private static void rank(
      int[] keys,
      int[] starts,
      float low,
      float scale,
      int first,
      int missing,
      float[] values,
      int from,
      int begin,
      int end,
      int[] ranks) {
    int top = starts.length - 1;
    for (int row = begin; row < end; row++) {
      float x = values[from + row];
      int bits = Float.floatToRawIntBits(x + 0f); // -0.0 becomes 0.0
      int key = bits ^ (bits >> 31 >>> 1);
      int rank = starts[Math.max(0, Math.min((int) ((x - low) * scale), top))];
      for (int step = first; step > 0; step >>= 1) {
        rank += step & (int) (((long) keys[rank + step - 1] - key) >> 63);
      }

      ranks[row] = x == x ? rank : missing;
    }
  }
}
