package org.millrace.jobs.score.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.platform.Fp16Conversions;
import java.nio.ByteBuffer;

/** Element types of tensors that are filled from numbers. */
enum Elements {
  FLOAT(Float.BYTES, -Double.MAX_VALUE, Double.MAX_VALUE),
  DOUBLE(Double.BYTES, -Double.MAX_VALUE, Double.MAX_VALUE),
  /** IEEE 754's binary16: to the nearest, up to 65,504. */
  HALF(Short.BYTES, -65_504, 65_504),
  /** The upper half of a FLOAT, to the nearest. */
  BRAIN(Short.BYTES, -3.3895313892515355e38, 3.3895313892515355e38),
  LONG(Long.BYTES, Long.MIN_VALUE, Long.MAX_VALUE),
  INT(Integer.BYTES, Integer.MIN_VALUE, Integer.MAX_VALUE),
  SHORT(Short.BYTES, Short.MIN_VALUE, Short.MAX_VALUE),
  BYTE(Byte.BYTES, Byte.MIN_VALUE, Byte.MAX_VALUE),
  UNSIGNED(Byte.BYTES, 0, 255);

  private final int bytes;
  private final double least;
  private final double most;

  Elements(int bytes, double least, double most) {
    this.bytes = bytes;
    this.least = least;
    this.most = most;
  }

  /** Booleans are bytes 0 and 1. */
  static Elements of(OnnxJavaType type) {
    return switch (type) {
      case FLOAT -> FLOAT;
      case DOUBLE -> DOUBLE;
      case INT64 -> LONG;
      case INT32 -> INT;
      case INT16 -> SHORT;
      case INT8, BOOL -> BYTE;
      case UINT8 -> UNSIGNED;
      case FLOAT16 -> HALF;
      case BFLOAT16 -> BRAIN;
      case STRING, UNKNOWN ->
          throw new IllegalArgumentException("Cannot fill a tensor of " + type + " with numbers");
    };
  }

  int bytes() {
    return bytes;
  }

  boolean isInteger() {
    return switch (this) {
      case LONG, INT, SHORT, BYTE, UNSIGNED -> true;
      case FLOAT, DOUBLE, HALF, BRAIN -> false;
    };
  }

  /** Whether a whole number can be held; any can be as a LONG. */
  boolean holds(long value) {
    return this == LONG || (value >= least && value <= most);
  }

  /** Whether a number can be held, if only the nearest to it; infinities can, and NaN. */
  boolean holds(double value) {
    return !Double.isFinite(value) || (value >= least && value <= most);
  }

  void put(ByteBuffer buffer, int index, long value) {
    switch (this) {
      case LONG -> buffer.putLong(index * Long.BYTES, value);
      case INT -> buffer.putInt(index * Integer.BYTES, (int) value);
      case SHORT -> buffer.putShort(index * Short.BYTES, (short) value);
      case BYTE, UNSIGNED -> buffer.put(index, (byte) value);
      case FLOAT, DOUBLE, HALF, BRAIN -> put(buffer, index, (double) value);
    }
  }

  void put(ByteBuffer buffer, int index, double value) {
    switch (this) {
      case FLOAT -> buffer.putFloat(index * Float.BYTES, (float) value);
      case DOUBLE -> buffer.putDouble(index * Double.BYTES, value);
      case HALF -> buffer.putShort(index * Short.BYTES, Fp16Conversions.floatToFp16((float) value));
      case BRAIN ->
          buffer.putShort(index * Short.BYTES, Fp16Conversions.floatToBf16((float) value));
      case LONG, INT, SHORT, BYTE, UNSIGNED -> put(buffer, index, (long) value);
    }
  }
}
