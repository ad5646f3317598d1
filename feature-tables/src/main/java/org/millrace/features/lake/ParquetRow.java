package org.millrace.features.lake;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.time.temporal.JulianFields;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;

/**
 * The values of a row of a Parquet file by their columns' names. A column that the file does not
 * have is as one that is null.
 */
public final class ParquetRow {
  private static final long EPOCH_AS_JULIAN_DAY = LocalDate.EPOCH.getLong(JulianFields.JULIAN_DAY);

  private final Group row;

  ParquetRow(Group row) {
    this.row = row;
  }

  /** Whether a column is null, or not there. */
  public boolean isNull(String column) {
    return !row.getType().containsField(column) || row.getFieldRepetitionCount(column) == 0;
  }

  /** A text. */
  public String text(String column) {
    return row.getString(column, 0);
  }

  /** A whole number of 64 bits. */
  public long number(String column) {
    return row.getLong(column, 0);
  }

  /** A number of 64 bits with a binary point. */
  public double decimal(String column) {
    return row.getDouble(column, 0);
  }

  /** A list of texts, none of them null. */
  public List<String> texts(String column) {
    Group list = row.getGroup(column, 0);
    return IntStream.range(0, list.getFieldRepetitionCount(0))
        .mapToObj(i -> list.getGroup(0, i).getString(0, 0))
        .toList();
  }

  /** Numbers of 64 bits by name, none of them null. */
  public Map<String, Double> decimals(String column) {
    Group map = row.getGroup(column, 0);
    Map<String, Double> values = new LinkedHashMap<>();
    for (int i = 0; i < map.getFieldRepetitionCount(0); i++) {
      Group entry = map.getGroup(0, i);
      values.put(entry.getString(0, 0), entry.getDouble(1, 0));
    }

    return values;
  }

  /** A date. */
  public LocalDate day(String column) {
    return LocalDate.ofEpochDay(row.getInteger(column, 0));
  }

  /** Of microseconds, or of Spark's older form: nanoseconds of a day, and the Julian day. */
  public Instant instant(String column) {
    PrimitiveTypeName type = row.getType().getType(column).asPrimitiveType().getPrimitiveTypeName();
    if (type == PrimitiveTypeName.INT64) {
      return Instant.EPOCH.plus(row.getLong(column, 0), ChronoUnit.MICROS);
    }

    Binary bytes = row.getInt96(column, 0);
    ByteBuffer parts = bytes.toByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    long nanos = parts.getLong();
    long days = parts.getInt() - EPOCH_AS_JULIAN_DAY;
    return Instant.EPOCH.plus(days, ChronoUnit.DAYS).plusNanos(nanos);
  }
}
