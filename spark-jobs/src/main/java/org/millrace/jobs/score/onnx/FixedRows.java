package org.millrace.jobs.score.onnx;

import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.execution.vectorized.OnHeapColumnVector;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.ByteType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.IntegerType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.types.ShortType;
import org.apache.spark.sql.types.TimestampNTZType;
import org.apache.spark.sql.types.TimestampType;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.sql.vectorized.ColumnarBatch;
import org.apache.spark.unsafe.Platform;

/**
 * Rows whose fields all have 8 bytes: after the bits that mark nulls, one field behind the other
 * (the layout of {@link UnsafeRow}). A null's field is zero, so are bytes that a short type leaves.
 */
final class FixedRows extends RowBlock {
  private static final int ROWS = 512; // rows of a few fields stay in the first-level cache
  private static final int WORD = 8;

  private final DataType[] types;
  private final int nullBytes;
  private final int rowBytes;
  private final byte[] bytes;
  private final UnsafeRow row;
  private ColumnarBatch batch = new ColumnarBatch(new ColumnVector[0]);
  private int written;
  private int from;
  private int next;

  FixedRows(List<DataType> types) {
    this.types = types.toArray(DataType[]::new);
    this.nullBytes = UnsafeRow.calculateBitSetWidthInBytes(types.size());
    this.rowBytes = nullBytes + WORD * types.size();
    this.bytes = new byte[ROWS * rowBytes];
    this.row = new UnsafeRow(types.size());
  }

  /** Whether fields of this type can be written here. */
  static boolean takes(DataType type) {
    return type instanceof LongType
        || type instanceof DoubleType
        || type instanceof FloatType
        || type instanceof IntegerType
        || type instanceof DateType
        || type instanceof TimestampType
        || type instanceof TimestampNTZType
        || type instanceof ShortType
        || type instanceof ByteType
        || type instanceof BooleanType;
  }

  @Override
  void take(ColumnarBatch taken) {
    batch = taken;
    written = 0;
    next = 0;
  }

  @Override
  boolean hasNext() {
    return next < batch.numRows();
  }

  @Override
  InternalRow next() {
    if (next == written) {
      write();
    }

    row.pointTo(bytes, Platform.BYTE_ARRAY_OFFSET + (long) (next - from) * rowBytes, rowBytes);
    next++;
    return row;
  }

  private void write() {
    from = next;
    int count = Math.min(ROWS, batch.numRows() - from);
    clearNulls(count);
    for (int field = 0; field < types.length; field++) {
      long at = Platform.BYTE_ARRAY_OFFSET + nullBytes + (long) WORD * field;
      ColumnVector vector = batch.column(field);
      write(types[field], vector, count, at);
      if (vector.hasNull()) {
        markNulls(vector, field, count);
      }
    }

    written = from + count;
  }

  private void clearNulls(int count) {
    for (int i = 0; i < count; i++) {
      for (int word = 0; word < nullBytes; word += WORD) {
        Platform.putLong(bytes, Platform.BYTE_ARRAY_OFFSET + (long) i * rowBytes + word, 0);
      }
    }
  }

  private void write(DataType type, ColumnVector vector, int count, long at) {
    if (type instanceof LongType
        || type instanceof TimestampType
        || type instanceof TimestampNTZType) {
      longs(vector, count, at);
    } else if (type instanceof DoubleType) {
      doubles(vector, count, at);
    } else {
      others(type, vector, count, at);
    }
  }

  private void longs(ColumnVector vector, int count, long first) {
    long at = first;
    if (vector instanceof OnHeapColumnVector heap && !vector.hasNull()) {
      for (int i = 0; i < count; i++, at += rowBytes) {
        Platform.putLong(bytes, at, heap.getLong(from + i));
      }
    } else {
      for (int i = 0; i < count; i++, at += rowBytes) {
        Platform.putLong(bytes, at, vector.isNullAt(from + i) ? 0 : vector.getLong(from + i));
      }
    }
  }

  private void doubles(ColumnVector vector, int count, long first) {
    long at = first;
    if (vector instanceof OnHeapColumnVector heap && !vector.hasNull()) {
      for (int i = 0; i < count; i++, at += rowBytes) {
        Platform.putDouble(bytes, at, heap.getDouble(from + i));
      }
    } else {
      for (int i = 0; i < count; i++, at += rowBytes) {
        Platform.putDouble(bytes, at, vector.isNullAt(from + i) ? 0 : vector.getDouble(from + i));
      }
    }
  }

  private void others(DataType type, ColumnVector vector, int count, long first) {
    long at = first;
    for (int i = 0; i < count; i++, at += rowBytes) {
      int source = from + i;
      if (vector.isNullAt(source)) {
        Platform.putLong(bytes, at, 0);
      } else if (type instanceof FloatType) {
        Platform.putFloat(bytes, at, vector.getFloat(source));
      } else if (type instanceof ShortType) {
        Platform.putShort(bytes, at, vector.getShort(source));
      } else if (type instanceof ByteType) {
        Platform.putByte(bytes, at, vector.getByte(source));
      } else if (type instanceof BooleanType) {
        Platform.putBoolean(bytes, at, vector.getBoolean(source));
      } else {
        Platform.putInt(bytes, at, vector.getInt(source));
      }
    }
  }

  private void markNulls(ColumnVector vector, int field, int count) {
    for (int i = 0; i < count; i++) {
      if (vector.isNullAt(from + i)) {
        row.pointTo(bytes, Platform.BYTE_ARRAY_OFFSET + (long) i * rowBytes, rowBytes);
        row.setNullAt(field);
      }
    }
  }
}
