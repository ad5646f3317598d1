package org.millrace.jobs.score.onnx.trees;

import java.util.Arrays;
import org.millrace.kernels.RankTable;

/** Makes the tables by which floats are ranked. Stateless. */
final class RankTables {
  private static final int MIN_BUCKETS = 64;
  private static final int MAX_BUCKETS = 1 << 14;
  private static final int BUCKETS_PER_KEY = 4;
  private static final int INFINITY = 0x7f800000;

  private RankTables() {}

  static RankTable of(Axis axis) {
    int count = axis.keys().length;
    int[] keys = Arrays.stream(axis.keys()).mapToInt(Math::toIntExact).toArray();
    int buckets =
        Integer.highestOneBit(
                Math.max(MIN_BUCKETS, Math.min(MAX_BUCKETS, BUCKETS_PER_KEY * count)) - 1)
            << 1;
    float low = 0;
    float scale = 0; // one bucket holds all where there is but one number
    int[] numbers = Arrays.stream(keys).filter(key -> Float.isFinite(value(key))).toArray();
    if (numbers.length > 1) {
      float least = value(numbers[0]);
      float perNumber = (buckets - 2) / (value(numbers[numbers.length - 1]) - least);
      if (perNumber > 0 && Float.isFinite(perNumber)) {
        low = least;
        scale = perNumber;
      }
    }

    int[] counts = new int[buckets];
    for (int key : keys) {
      counts[bucket(key, low, scale, buckets)]++;
    }

    int[] starts = new int[buckets];
    for (int bucket = 1; bucket < buckets; bucket++) {
      starts[bucket] = starts[bucket - 1] + counts[bucket - 1];
    }

    int step = Integer.highestOneBit(Arrays.stream(counts).max().orElse(1));
    int[] padded = Arrays.copyOf(keys, count + 2 * step);
    Arrays.fill(padded, count, padded.length, Integer.MAX_VALUE);
    return new RankTable(padded, count, starts, low, scale, step, axis.missingLow() ? 0 : count);
  }

  private static int bucket(int key, float low, float scale, int buckets) {
    if (key > INFINITY) {
      return buckets - 1; // above every number, and no number's key itself
    }

    return Math.max(0, Math.min((int) ((value(key) - low) * scale), buckets - 1));
  }

  private static float value(int key) {
    return Float.intBitsToFloat(key ^ (key >> 31 >>> 1));
  }
}
