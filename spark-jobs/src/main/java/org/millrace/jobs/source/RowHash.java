package org.millrace.jobs.source;

import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.array_sort;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.map_entries;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.transform;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.millrace.contracts.Digest;
import org.millrace.features.spark.ColumnNames;

/**
 * A 64-bit hash of a row (xxHash64) that depends on the names, types and values of the columns that
 * are not null, and on nothing else: not on the order of columns, nor on columns that are null. So
 * a column that a later file adds leaves the hashes of earlier rows as they are.
 *
 * <p>Spark's own {@code xxhash64} takes 0.0 and -0.0 for equal, skips nulls in arrays and structs,
 * and refuses maps: here these differ, and a map is a set of entries. All NaN are one value.
 *
 * <p>Placement: expressions are made on the driver and evaluated on executors.
 */
final class RowHash {
  private static final long NULL_ELEMENT = 0x6e756c6c_6e756c6cL;

  private RowHash() {}

  /**
   * The hash of the columns of a schema, never null.
   *
   * @param seed hashes of different seeds are independent
   */
  static Column of(StructType schema, long seed) {
    return xxhash64(fields(schema, seed, ColumnNames::column));
  }

  private static Column[] fields(
      StructType schema, long seed, Function<String, Column> columnOfName) {
    List<Column> parts = new ArrayList<>(List.of(lit(seed)));
    Arrays.stream(schema.fields())
        .sorted(Comparator.comparing(StructField::name))
        .forEach(field -> addField(parts, field, columnOfName.apply(field.name())));
    return parts.toArray(Column[]::new);
  }

  /** A null column adds nothing: its name's tag is null too, and Spark's hash skips nulls. */
  private static void addField(List<Column> parts, StructField field, Column column) {
    parts.add(when(column.isNotNull(), lit(tag(field))));
    parts.addAll(value(column, field.dataType()));
  }

  private static long tag(StructField field) {
    String name = Digest.sha256(field.name(), kind(field.dataType()));
    return Long.parseUnsignedLong(name.substring(0, Long.BYTES * 2), 16);
  }

  private static String kind(DataType type) {
    boolean isNested =
        type instanceof StructType || type instanceof ArrayType || type instanceof MapType;
    return isNested ? type.typeName() : type.catalogString();
  }

  /** Null, or the columns that tell this value from any other of its type. */
  private static List<Column> value(Column column, DataType type) {
    if (type.equals(DataTypes.DoubleType) || type.equals(DataTypes.FloatType)) {
      Column text = column.cast(DataTypes.StringType); // Spark's mathematics lose this sign
      Column isNegativeZero = column.equalTo(lit(0.0)).and(text.startsWith("-"));
      return List.of(column, when(isNegativeZero, lit(true)));
    }

    return type instanceof StructType || type instanceof ArrayType || type instanceof MapType
        ? List.of(when(column.isNotNull(), nested(column, type)))
        : List.of(column);
  }

  private static Column nested(Column column, DataType type) {
    if (type instanceof StructType struct) {
      return xxhash64(fields(struct, 0, column::getField));
    }

    if (type instanceof ArrayType array) {
      return xxhash64(size(column), transform(column, item -> element(item, array.elementType())));
    }

    MapType map = (MapType) type;
    Column entries =
        transform(
            map_entries(column),
            entry ->
                xxhash64(
                    element(entry.getField("key"), map.keyType()),
                    element(entry.getField("value"), map.valueType())));
    return xxhash64(size(column), array_sort(entries));
  }

  private static Column element(Column item, DataType type) {
    return when(item.isNull(), lit(NULL_ELEMENT))
        .otherwise(xxhash64(value(item, type).toArray(Column[]::new)));
  }

  /** True if a floating-point column holds an infinite number; null for null. */
  static Column isInfinite(Column column) {
    return abs(column).equalTo(lit(Double.POSITIVE_INFINITY));
  }
}
