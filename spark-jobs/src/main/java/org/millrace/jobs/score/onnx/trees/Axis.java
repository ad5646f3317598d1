package org.millrace.jobs.score.onnx.trees;

import java.util.Arrays;

/**
 * A tensor column as branches see it. A column whose NaN goes low at some branches and high at
 * others is two axes.
 *
 * @param missingLow whether NaN is below all thresholds; above all otherwise
 * @param keys the distinct thresholds, ascending, as keys; at least one
 */
@SuppressWarnings("ArrayRecordComponent") // read-only data of a package-private step
record Axis(int feature, boolean missingLow, long[] keys) {
  /** The position of a threshold among the keys. */
  int rank(long threshold) {
    return Arrays.binarySearch(keys, threshold);
  }
}
