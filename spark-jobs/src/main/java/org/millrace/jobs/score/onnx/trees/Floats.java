package org.millrace.jobs.score.onnx.trees;

import java.math.BigDecimal;
import java.math.MathContext;

/**
 * The functions that turn sums into scores, in the very roundings of what ONNX Runtime calls on
 * Linux: {@code expf} of the C library (S. Nagy's method: a table of 2^(i/32) and a cubic, in
 * double) and the rational logistic function of its Sigmoid operator (coefficients as published in
 * Eigen). Where a machine's library differs, the self-check says so. Stateless.
 */
final class Floats {
  private static final int TABLE = 32;
  private static final double SCALE = 0x1.71547652b82fep+0 * TABLE;
  private static final double C0 = 0x1.c6af84b912394p-5 / TABLE / TABLE / TABLE;
  private static final double C1 = 0x1.ebfce50fac4f3p-3 / TABLE / TABLE;
  private static final double C2 = 0x1.62e42ff0c52d6p-1 / TABLE;
  private static final float OVERFLOW = 0x1.62e42ep6f;
  private static final float UNDERFLOW = -0x1.9fe368p6f;
  private static final long[] POWERS = powers();

  private Floats() {}

  /** e to the x. */
  static float exp(float x) {
    if (x > OVERFLOW || Float.isNaN(x)) {
      return Float.isNaN(x) ? x : Float.POSITIVE_INFINITY;
    } else if (x < UNDERFLOW) {
      return 0f;
    }

    double scaled = SCALE * x;
    double whole = Math.rint(scaled);
    double rest = scaled - whole;
    long step = (long) whole;
    double power = Double.longBitsToDouble(POWERS[(int) (step & (TABLE - 1))] + (step << (52 - 5)));
    double high = C0 * rest + C1;
    double low = C2 * rest + 1;
    return (float) ((high * (rest * rest) + low) * power);
  }

  /** LOGISTIC of the tree operators. */
  static float logistic(float x) {
    float value = 1 / (1 + exp(-Math.abs(x)));
    return x < 0 ? 1 - value : value;
  }

  /** The operator Sigmoid. */
  static float sigmoid(float x) {
    float v = Math.max(-18f, Math.min(18f, x));
    float square = v * v;
    float p = Math.fma(square, 4.37031e-11f, 1.1562732e-7f);
    p = Math.fma(p, square, 6.085749e-5f);
    p = Math.fma(p, square, 0.008513771f);
    p = Math.fma(p, square, 0.24828795f);
    p = p * v;
    float q = Math.fma(square, 6.1024737e-13f, 5.7610214e-9f);
    q = Math.fma(q, square, 6.291068e-6f);
    q = Math.fma(q, square, 0.0017019882f);
    q = Math.fma(q, square, 0.11681765f);
    q = Math.fma(q, square, 0.9931519f);
    return Math.max(0f, Math.min(1f, p / q + 0.5f));
  }

  /** 2^(i/32), rounded once; less i steps of the exponent's 32nd, which the caller adds. */
  private static long[] powers() {
    MathContext precision = new MathContext(60);
    BigDecimal root = BigDecimal.valueOf(2);
    for (int i = 1; i < TABLE; i <<= 1) {
      root = root.sqrt(precision);
    }

    long[] powers = new long[TABLE];
    BigDecimal power = BigDecimal.ONE;
    for (int i = 0; i < TABLE; i++) {
      powers[i] = Double.doubleToRawLongBits(power.doubleValue()) - ((long) i << (52 - 5));
      power = power.multiply(root, precision);
    }

    return powers;
  }
}
