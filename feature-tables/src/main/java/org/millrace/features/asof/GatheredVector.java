package org.millrace.features.asof;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.Decimal;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.sql.vectorized.ColumnarArray;
import org.apache.spark.sql.vectorized.ColumnarMap;
import org.apache.spark.unsafe.types.UTF8String;

/** One output column of a view, read from what was gathered for the current batch. */
final class GatheredVector extends ColumnVector {
  private final Gathered values;
  private final int column;

  GatheredVector(DataType type, Gathered values, int column) {
    super(type);
    this.values = values;
    this.column = column;
  }

  @Override
  public void close() {}

  @Override
  public boolean hasNull() {
    return true; // as far as is known without looking
  }

  @Override
  public int numNulls() {
    return values.nulls(column);
  }

  @Override
  public boolean isNullAt(int row) {
    return values.isNull(row, column);
  }

  @Override
  public boolean getBoolean(int row) {
    return values.word(row, column) != 0;
  }

  @Override
  public byte getByte(int row) {
    return (byte) values.word(row, column);
  }

  @Override
  public short getShort(int row) {
    return (short) values.word(row, column);
  }

  @Override
  public int getInt(int row) {
    return (int) values.word(row, column);
  }

  @Override
  public long getLong(int row) {
    return values.word(row, column);
  }

  @Override
  public float getFloat(int row) {
    return Float.intBitsToFloat((int) values.word(row, column));
  }

  @Override
  public double getDouble(int row) {
    return Double.longBitsToDouble(values.word(row, column));
  }

  @Override
  public Decimal getDecimal(int row, int precision, int scale) {
    if (precision <= Decimal.MAX_LONG_DIGITS()) {
      return Decimal.createUnsafe(values.word(row, column), precision, scale);
    }

    return Decimal.apply(new BigDecimal(new BigInteger(getBinary(row)), scale), precision, scale);
  }

  @Override
  public UTF8String getUTF8String(int row) {
    long word = values.word(row, column);
    return UTF8String.fromBytes(values.bytes(row), (int) (word >>> 32), (int) word);
  }

  @Override
  public byte[] getBinary(int row) {
    long word = values.word(row, column);
    int start = (int) (word >>> 32);
    return Arrays.copyOfRange(values.bytes(row), start, start + (int) word);
  }

  @Override
  public ColumnarArray getArray(int row) {
    throw new UnsupportedOperationException("no array has a cell");
  }

  @Override
  public ColumnarMap getMap(int row) {
    throw new UnsupportedOperationException("no map has a cell");
  }

  @Override
  public ColumnVector getChild(int ordinal) {
    throw new UnsupportedOperationException("no struct has a cell");
  }
}
