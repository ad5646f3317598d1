package org.millrace.jobs.score.onnx;

import ai.onnxruntime.OnnxJavaType;
import java.nio.ByteBuffer;

/** Element types of tensors that are filled from numbers. */
enum Elements {
  FLOAT(Float.BYTES, false),
  DOUBLE(Double.BYTES, false),
  LONG(Long.BYTES, true),
  INT(Integer.BYTES, true),
  SHORT(Short.BYTES, true),
  BYTE(Byte.BYTES, true);

  private final int bytes;
  private final boolean integer;

  Elements(int bytes, boolean integer) {
    this.bytes = bytes;
    this.integer = integer;
  }

  /** Booleans are bytes 0 and 1. */
  static Elements of(OnnxJavaType type) {
    return switch (type) {
      case FLOAT -> FLOAT;
      case DOUBLE -> DOUBLE;
      case INT64 -> LONG;
      case INT32 -> INT;
      case INT16 -> SHORT;
      case INT8, UINT8, BOOL -> BYTE;
      case STRING, FLOAT16, BFLOAT16, UNKNOWN ->
          throw new IllegalArgumentException("Cannot fill a tensor of " + type + " with numbers");
    };
  }

  int bytes() {
    return bytes;
  }

  boolean isInteger() {
    return integer;
  }

  void put(ByteBuffer buffer, int index, long value) {
    switch (this) {
      case LONG -> buffer.putLong(index * Long.BYTES, value);
      case INT -> buffer.putInt(index * Integer.BYTES, (int) value);
      case SHORT -> buffer.putShort(index * Short.BYTES, (short) value);
      case BYTE -> buffer.put(index, (byte) value);
      case FLOAT, DOUBLE -> put(buffer, index, (double) value);
    }
  }

  void put(ByteBuffer buffer, int index, double value) {
    switch (this) {
      case FLOAT -> buffer.putFloat(index * Float.BYTES, (float) value);
      case DOUBLE -> buffer.putDouble(index * Double.BYTES, value);
      case LONG, INT, SHORT, BYTE -> put(buffer, index, (long) value);
    }
  }
}
