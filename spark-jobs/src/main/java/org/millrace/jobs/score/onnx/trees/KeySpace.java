package org.millrace.jobs.score.onnx.trees;

/**
 * Floating-point numbers as integers in the same order: -0.0 is 0.0, and NaN is the lowest or the
 * highest key, as the axis wants it. Between the keys of two neighbouring numbers there is no other
 * key that a value can have.
 */
enum KeySpace {
  FLOAT(Integer.MIN_VALUE, Integer.MAX_VALUE) {
    @Override
    long key(double value) {
      int bits = Float.floatToRawIntBits((float) value + 0f);
      return bits ^ (bits >> 31 >>> 1);
    }
  },
  DOUBLE(Long.MIN_VALUE, Long.MAX_VALUE) {
    @Override
    long key(double value) {
      long bits = Double.doubleToRawLongBits(value + 0.0);
      return bits ^ (bits >> 63 >>> 1);
    }
  };

  private final long lowest;
  private final long highest;

  KeySpace(long lowest, long highest) {
    this.lowest = lowest;
    this.highest = highest;
  }

  /** Of a number that is not NaN. */
  abstract long key(double value);

  /** The key of NaN where it goes low; as a threshold, below every number. */
  long lowest() {
    return lowest;
  }

  /** The key of NaN where it goes high. */
  long highest() {
    return highest;
  }
}
