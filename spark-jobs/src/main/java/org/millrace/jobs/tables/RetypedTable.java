package org.millrace.jobs.tables;

import static java.util.Objects.requireNonNull;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.Cast;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.NullType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.TableVersion;
import org.millrace.features.lake.Lake;

/**
 * A table with days of which columns get another type. A table has one type a column, so the rows
 * of all other days are rewritten with the new days; that is done only where it keeps every value,
 * which is checked by casting it back.
 *
 * <p>Placement: driver only.
 */
public final class RetypedTable {
  private final Days made;
  private final TableVersion table;
  private final Dataset<Row> others;
  private final Map<String, DataType> types;

  /**
   * Days of a table that are made.
   *
   * @param column DATE column that partitions the table
   * @param ranges in order, at least one
   */
  public record Days(String column, List<DayRange> ranges) {
    /** Copies the ranges. */
    public Days {
      requireNonNull(column, "column is null");
      ranges = List.copyOf(ranges);
    }

    private Column contains() {
      return ranges.stream()
          .map(range -> expr(Lake.inDays(column, range)))
          .reduce(Column::or)
          .orElseThrow();
    }

    @Override
    public String toString() {
      return ranges.stream().map(DayRange::toString).collect(Collectors.joining(", "));
    }
  }

  private RetypedTable(
      Days made, TableVersion table, Dataset<Row> others, Map<String, DataType> types) {
    this.made = made;
    this.table = table;
    this.others = others;
    this.types = types;
  }

  /**
   * A version of the table, if new rows have a column of another type than it.
   *
   * @param schema of the rows of the days that are made
   */
  public static Optional<RetypedTable> of(
      Lake lake, Days made, StructType schema, TableVersion table) {
    Dataset<Row> rows = lake.read(table);
    Map<String, DataType> types = differing(schema, rows.schema());
    return types.isEmpty()
        ? Optional.empty()
        : Optional.of(new RetypedTable(made, table, rows.where(not(made.contains())), types));
  }

  /** Whether rows have a column of another type than a table. */
  public static boolean differs(StructType rows, Dataset<Row> table) {
    return !differing(rows, table.schema()).isEmpty();
  }

  private static Map<String, DataType> differing(StructType rows, StructType table) {
    Map<String, DataType> wanted = new LinkedHashMap<>();
    Arrays.stream(rows.fields()).forEach(field -> wanted.put(field.name(), field.dataType()));
    Map<String, DataType> differing = new LinkedHashMap<>();
    for (StructField field : table.fields()) {
      DataType type = wanted.get(field.name());
      boolean isOfNulls = type instanceof NullType; // they are of any type
      if (type != null && !isOfNulls && !type.sameType(field.dataType())) {
        differing.put(field.name(), type);
      }
    }

    return differing;
  }

  /** Why rows of other days cannot have the new types; empty if every value can. One Spark job. */
  public Optional<String> refusal() {
    List<Column> lossy = new ArrayList<>();
    types.forEach((name, type) -> lossy.add(isLossy(name, type)));
    Row lost =
        others
            .where(lossy.stream().reduce(Column::or).orElseThrow())
            .agg(count(lit(1)), min(made.column()), max(made.column()))
            .first();
    return lost.getLong(0) == 0
        ? Optional.empty()
        : Optional.of(
            "Cannot write %s of %s: %s, and %d rows of other days, within %s, would lose their value; make these days in the same run, or give the column another name"
                .formatted(
                    table.table(),
                    made,
                    changes(),
                    lost.getLong(0),
                    new DayRange(lost.getLocalDate(1), lost.getLocalDate(2))));
  }

  private Column isLossy(String name, DataType type) {
    DataType old = others.schema().apply(name).dataType();
    // maps cannot be compared
    if (!Cast.canTryCast(old, type)
        || !Cast.canTryCast(type, old)
        || old.existsRecursively(part -> part instanceof MapType)) {
      return col(quoted(name)).isNotNull();
    }

    String back = "try_cast(%s AS %s)".formatted(tried(name, type), old.sql());
    return not(expr(back).eqNullSafe(col(quoted(name))));
  }

  /** {@code column n is BIGINT in features.w@v3, and STRING in its definition}. */
  public String changes() {
    return types.entrySet().stream()
        .map(
            of ->
                "column %s is %s in %s, and %s in its definition"
                    .formatted(
                        of.getKey(),
                        others.schema().apply(of.getKey()).dataType().sql(),
                        table,
                        of.getValue().sql()))
        .collect(Collectors.joining("; "));
  }

  private static String tried(String name, DataType type) {
    return "try_cast(%s AS %s)".formatted(quoted(name), type.sql());
  }

  private static String quoted(String name) {
    return "`" + name.replace("`", "``") + "`";
  }

  /**
   * The new rows and those of all other days, with the new types; what {@link #refusal} says has
   * been heeded.
   */
  public Dataset<Row> rowsWith(Dataset<Row> rows) {
    Dataset<Row> cast = others;
    for (Map.Entry<String, DataType> of : types.entrySet()) {
      DataType old = others.schema().apply(of.getKey()).dataType();
      Column value =
          Cast.canTryCast(old, of.getValue())
              ? expr(tried(of.getKey(), of.getValue()))
              : lit(null).cast(of.getValue()); // no other day has one
      cast = cast.withColumn(of.getKey(), value);
    }

    return cast.unionByName(rows, true)
        .repartition(col(made.column()))
        .sortWithinPartitions(made.column());
  }
}
