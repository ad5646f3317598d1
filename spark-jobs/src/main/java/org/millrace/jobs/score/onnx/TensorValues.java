package org.millrace.jobs.score.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.execution.vectorized.WritableColumnVector;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DoubleType;

/** A tensor's elements in a row, by type; writes one of them into a column. */
interface TensorValues {
  /**
   * Writes an element.
   *
   * @param type of the column; numbers become DOUBLE where it says so
   */
  void put(WritableColumnVector into, DataType type, int at, int index);

  /** How many there are. */
  int count();

  /** Copies the tensor out: it may be closed afterwards. */
  static TensorValues of(OnnxTensor tensor) throws OrtException {
    return switch (tensor.getInfo().type) {
      case FLOAT, FLOAT16, BFLOAT16 -> new Floats(tensor.getFloatBuffer());
      case DOUBLE -> new Doubles(tensor.getDoubleBuffer());
      case INT64 -> new Longs(tensor.getLongBuffer());
      case INT32 -> new Ints(tensor.getIntBuffer());
      case INT16 -> new Shorts(tensor.getShortBuffer());
      case INT8 -> new Bytes(tensor.getByteBuffer());
      case UINT8 -> new Unsigned(tensor.getByteBuffer());
      case BOOL -> new Booleans(tensor.getByteBuffer());
      case STRING -> new Texts(texts(tensor.getValue()));
      case UNKNOWN -> throw new IllegalStateException("Cannot read a tensor of unknown type");
    };
  }

  private static List<String> texts(Object value) {
    List<String> texts = new ArrayList<>();
    flatten(value, texts);
    return texts;
  }

  private static void flatten(Object value, List<String> into) {
    if (value instanceof Object[] parts) {
      for (Object part : parts) {
        flatten(part, into);
      }
    } else {
      into.add((String) value);
    }
  }

  /** Floats. */
  record Floats(FloatBuffer values) implements TensorValues {
    @Override
    public void put(WritableColumnVector into, DataType type, int at, int index) {
      if (type instanceof DoubleType) {
        into.putDouble(at, values.get(index));
      } else {
        into.putFloat(at, values.get(index));
      }
    }

    @Override
    public int count() {
      return values.limit();
    }
  }

  /** Doubles. */
  record Doubles(DoubleBuffer values) implements TensorValues {
    @Override
    public void put(WritableColumnVector into, DataType type, int at, int index) {
      into.putDouble(at, values.get(index));
    }

    @Override
    public int count() {
      return values.limit();
    }
  }

  /** 64-bit integers. */
  record Longs(LongBuffer values) implements TensorValues {
    @Override
    public void put(WritableColumnVector into, DataType type, int at, int index) {
      into.putLong(at, values.get(index));
    }

    @Override
    public int count() {
      return values.limit();
    }
  }

  /** 32-bit integers. */
  record Ints(IntBuffer values) implements TensorValues {
    @Override
    public void put(WritableColumnVector into, DataType type, int at, int index) {
      into.putInt(at, values.get(index));
    }

    @Override
    public int count() {
      return values.limit();
    }
  }

  /** 16-bit integers. */
  record Shorts(ShortBuffer values) implements TensorValues {
    @Override
    public void put(WritableColumnVector into, DataType type, int at, int index) {
      into.putShort(at, values.get(index));
    }

    @Override
    public int count() {
      return values.limit();
    }
  }

  /** 8-bit integers. */
  record Bytes(ByteBuffer values) implements TensorValues {
    @Override
    public void put(WritableColumnVector into, DataType type, int at, int index) {
      into.putByte(at, values.get(index));
    }

    @Override
    public int count() {
      return values.limit();
    }
  }

  /** 8-bit integers from 0 to 255, as SMALLINT. */
  record Unsigned(ByteBuffer values) implements TensorValues {
    @Override
    public void put(WritableColumnVector into, DataType type, int at, int index) {
      into.putShort(at, (short) Byte.toUnsignedInt(values.get(index)));
    }

    @Override
    public int count() {
      return values.limit();
    }
  }

  /** Booleans. */
  record Booleans(ByteBuffer values) implements TensorValues {
    @Override
    public void put(WritableColumnVector into, DataType type, int at, int index) {
      into.putBoolean(at, values.get(index) != 0);
    }

    @Override
    public int count() {
      return values.limit();
    }
  }

  /** Texts as positions in a list. */
  record Labels(LongBuffer values, List<String> labels) implements TensorValues {
    @Override
    public void put(WritableColumnVector into, DataType type, int at, int index) {
      String label = labels.get(Math.toIntExact(values.get(index)));
      into.putByteArray(at, label.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public int count() {
      return values.limit();
    }
  }

  /** Texts. */
  record Texts(List<String> values) implements TensorValues {
    @Override
    public void put(WritableColumnVector into, DataType type, int at, int index) {
      into.putByteArray(at, values.get(index).getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public int count() {
      return values.size();
    }
  }
}
