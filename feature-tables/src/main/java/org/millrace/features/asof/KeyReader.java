package org.millrace.features.asof;

import java.io.Serializable;
import java.util.List;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.ByteType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.IntegerType;
import org.apache.spark.sql.types.ShortType;
import org.apache.spark.sql.types.YearMonthIntervalType;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.unsafe.Platform;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Reads composite keys of any atomic types from column vectors into a {@link KeyBlock}: packed into
 * one {@code long} where they fit, else encoded as bytes (8 for a fixed column; length and bytes
 * for text) and hashed. Equality is Spark's: NaN equals NaN, -0.0 equals 0.0. Nothing is ever
 * turned into text or concatenated without lengths.
 *
 * <p>Placement: made on the driver, used by task threads; immutable.
 */
final class KeyReader implements Serializable {
  private static final long serialVersionUID = 1L;

  private final DataType[] types;
  private final Cell[] cells;
  private final int[] bits;
  private final boolean packed;

  KeyReader(List<DataType> types) {
    this.types = types.toArray(DataType[]::new);
    cells = types.stream().map(Cell::of).toArray(Cell[]::new);
    bits = types.stream().mapToInt(KeyReader::bits).toArray();
    int total = 0;
    for (int width : bits) {
      total += width;
    }

    packed = total <= Long.SIZE;
  }

  List<DataType> types() {
    return List.of(types);
  }

  /**
   * The value of a whole number, a date ({@code Long}) or a text ({@code UTF8String}) in a key.
   *
   * @param key where keys are exact
   * @param encodings where they are not
   * @param at where the column starts in its key's encoding
   */
  Comparable<?> value(int column, long key, byte[] encodings, int at) {
    if (!packed) {
      return cells[column] == Cell.TEXT
          ? UTF8String.fromBytes(encodings, at + Integer.BYTES, size(encodings, at))
          : (Comparable<?>) Platform.getLong(encodings, Platform.BYTE_ARRAY_OFFSET + at);
    }

    int below = 0;
    for (int c = column + 1; c < bits.length; c++) {
      below += bits[c];
    }

    int above = Long.SIZE - bits[column] - below;
    return key << above >> (above + below);
  }

  /** Where the next column starts in a key's encoding. */
  int after(int column, byte[] encodings, int at) {
    if (packed) {
      return at;
    }

    return cells[column].isOpen() ? at + Integer.BYTES + size(encodings, at) : at + Long.BYTES;
  }

  private static int size(byte[] encodings, int at) {
    return Platform.getInt(encodings, Platform.BYTE_ARRAY_OFFSET + at);
  }

  /** Whether a key's {@code long} is the key, rather than a hash of it. */
  boolean isExact() {
    return packed;
  }

  /**
   * Reads keys.
   *
   * @param seed of the hash of encoded keys
   */
  void read(ColumnVector[] columns, int rows, long seed, KeyBlock block) {
    block.start(rows, !packed);
    for (ColumnVector column : columns) {
      markNulls(column, rows, block);
    }
    if (packed) {
      pack(columns, rows, block);
    } else {
      encode(columns, rows, block);
      block.hash(seed);
    }
  }

  private static void markNulls(ColumnVector column, int rows, KeyBlock block) {
    if (column.hasNull()) {
      for (int i = 0; i < rows; i++) {
        if (column.isNullAt(i)) {
          block.markNull(i);
        }
      }
    }
  }

  private void pack(ColumnVector[] columns, int rows, KeyBlock block) {
    long[] keys = block.keys;
    if (cells[0] == Cell.LONG && columns.length == 1 && block.nulls.length == 0) {
      ColumnVector column = columns[0];
      for (int i = 0; i < rows; i++) {
        keys[i] = column.getLong(i);
      }
      return;
    }

    for (int c = 0; c < columns.length; c++) {
      long mask = bits[c] == Long.SIZE ? -1L : (1L << bits[c]) - 1;
      int shift = c == 0 ? 0 : bits[c];
      for (int i = 0; i < rows; i++) {
        long above = c == 0 ? 0 : keys[i] << shift;
        keys[i] = block.isNull(i) ? 0 : above | (fixed(c, columns[c], i) & mask);
      }
    }
  }

  private void encode(ColumnVector[] columns, int rows, KeyBlock block) {
    int at = 0;
    for (int i = 0; i < rows; i++) {
      if (!block.isNull(i)) {
        for (int c = 0; c < columns.length; c++) {
          at = encode(c, columns[c], i, block, at);
        }
      }

      block.ends[i] = at;
    }
  }

  private int encode(int c, ColumnVector column, int row, KeyBlock block, int at) {
    return switch (cells[c]) {
      case TEXT -> {
        UTF8String text = column.getUTF8String(row);
        yield write(text.getBaseObject(), text.getBaseOffset(), text.numBytes(), block, at);
      }
      case BINARY -> write(column.getBinary(row), block, at);
      case WIDE_DECIMAL -> write(Cell.wideDecimal(column, row), block, at);
      default -> {
        block.requireBytes(at + Long.BYTES);
        Platform.putLong(block.bytes, Platform.BYTE_ARRAY_OFFSET + at, fixed(c, column, row));
        yield at + Long.BYTES;
      }
    };
  }

  private static int write(byte[] value, KeyBlock block, int at) {
    return write(value, Platform.BYTE_ARRAY_OFFSET, value.length, block, at);
  }

  private static int write(Object base, long offset, int size, KeyBlock block, int at) {
    block.requireBytes(at + Integer.BYTES + size);
    Platform.putInt(block.bytes, Platform.BYTE_ARRAY_OFFSET + at, size);
    Platform.copyMemory(
        base, offset, block.bytes, Platform.BYTE_ARRAY_OFFSET + at + Integer.BYTES, size);
    return at + Integer.BYTES + size;
  }

  private long fixed(int c, ColumnVector column, int row) {
    return switch (cells[c]) {
      case FLOAT -> {
        float value = column.getFloat(row);
        yield value == 0 ? 0 : Float.floatToIntBits(value); // one zero, one NaN
      }
      case DOUBLE -> {
        double value = column.getDouble(row);
        yield value == 0 ? 0 : Double.doubleToLongBits(value);
      }
      default -> cells[c].word(column, row);
    };
  }

  private static int bits(DataType type) {
    if (type instanceof BooleanType || type instanceof ByteType) {
      return Byte.SIZE;
    }
    if (type instanceof ShortType) {
      return Short.SIZE;
    }
    if (type instanceof IntegerType
        || type instanceof DateType
        || type instanceof FloatType
        || type instanceof YearMonthIntervalType) {
      return Integer.SIZE;
    }

    boolean open = Cell.of(type).isOpen() || type instanceof BinaryType;
    boolean wide = type instanceof DecimalType decimal && decimal.precision() > 18;
    return open || wide ? Long.SIZE + 1 : Long.SIZE;
  }
}
