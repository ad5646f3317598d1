package org.millrace.jobs.source;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.shiftrightunsigned;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.RelationalGroupedDataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.millrace.features.source.KnownDays;
import org.millrace.features.source.RowFacts;
import org.millrace.features.spark.ColumnNames;

/**
 * What one aggregation over the rows of a source found, by day.
 *
 * <p>Placement: driver only; the aggregation is one Spark job.
 *
 * @param days facts of each day that has rows; of {@link KnownDays#WHOLE} in a table without days
 * @param nullDays rows whose day is null
 */
public record SourceFacts(NavigableMap<LocalDate, RowFacts> days, long nullDays) {
  private static final long FIRST_SEED = 0x4d696c6c_72616365L;
  private static final long SECOND_SEED = 0x66696e67_65727072L;
  private static final long LOW_HALF = 0xffff_ffffL;
  private static final List<String> SUMS = List.of("n", "a1", "a0", "b1", "b0", "infinite");

  /**
   * Counts and hashes rows.
   *
   * @param day the DATE column; empty takes all rows together
   * @param keys columns in which rows of a day must differ; empty does not compare them
   */
  public static SourceFacts of(Dataset<Row> rows, Optional<String> day, List<String> keys) {
    Dataset<Row> grouped = keys.isEmpty() ? hashed(rows, day, keys) : byKey(rows, day, keys);
    TreeMap<LocalDate, RowFacts> days = new TreeMap<>();
    long nullDays = 0;
    for (Row row : totals(grouped.groupBy(col("day")), keys).collectAsList()) {
      if (row.isNullAt(0)) {
        nullDays = row.getLong(1);
      } else {
        days.put(row.getLocalDate(0), facts(row));
      }
    }

    return new SourceFacts(days, nullDays);
  }

  /** The facts of a day; of one without rows too. */
  public RowFacts of(LocalDate day) {
    return days.getOrDefault(day, RowFacts.NONE);
  }

  private static Dataset<Row> hashed(Dataset<Row> rows, Optional<String> day, List<String> keys) {
    StructType schema = rows.schema();
    Column first = RowHash.of(schema, FIRST_SEED);
    Column second = RowHash.of(schema, SECOND_SEED);
    List<Column> columns = new ArrayList<>();
    columns.add(day.map(ColumnNames::column).orElse(lit(KnownDays.WHOLE)).as("day"));
    columns.add(first.as("a"));
    columns.add(second.as("b"));
    columns.add(infiniteColumn(schema).as("infinite_column"));
    for (int i = 0; i < keys.size(); i++) {
      columns.add(ColumnNames.column(keys.get(i)).as("key" + i));
    }

    // sums of halves: Spark's sum of 64-bit numbers overflows, and fails in ANSI mode
    return rows.select(columns.toArray(Column[]::new))
        .withColumn("n", lit(1L))
        .withColumn("a1", shiftrightunsigned(col("a"), 32))
        .withColumn("a0", col("a").bitwiseAND(LOW_HALF))
        .withColumn("b1", shiftrightunsigned(col("b"), 32))
        .withColumn("b0", col("b").bitwiseAND(LOW_HALF))
        .withColumn("infinite", when(col("infinite_column").isNotNull(), 1L).otherwise(0L));
  }

  /** One row a day and key: a second aggregation sums them up by day, in the same job. */
  private static Dataset<Row> byKey(Dataset<Row> rows, Optional<String> day, List<String> keys) {
    List<Column> by = new ArrayList<>(List.of(col("day")));
    for (int i = 0; i < keys.size(); i++) {
      by.add(col("key" + i));
    }

    return sums(hashed(rows, day, keys).groupBy(by.toArray(Column[]::new)), List.of());
  }

  private static Dataset<Row> totals(RelationalGroupedDataset groups, List<String> keys) {
    Column repeated = keys.isEmpty() ? lit(0L) : sum(col("n")).minus(count(lit(1)));
    Column anyNull = lit(false);
    for (int i = 0; i < keys.size(); i++) {
      anyNull = anyNull.or(col("key" + i).isNull());
    }

    Column nullKeys = keys.isEmpty() ? lit(0L) : sum(when(anyNull, col("n")).otherwise(0L));
    return sums(groups, List.of(repeated.as("repeated"), nullKeys.as("null_keys")));
  }

  private static Dataset<Row> sums(RelationalGroupedDataset groups, List<Column> others) {
    List<Column> columns = new ArrayList<>();
    SUMS.forEach(name -> columns.add(sum(col(name)).as(name)));
    columns.add(max(col("infinite_column")).as("infinite_column"));
    columns.addAll(others);
    return groups.agg(columns.get(0), columns.subList(1, columns.size()).toArray(Column[]::new));
  }

  private static Column infiniteColumn(StructType schema) {
    Column[] names =
        Arrays.stream(schema.fields())
            .filter(field -> isFloating(field.dataType()))
            .map(SourceFacts::nameIfInfinite)
            .toArray(Column[]::new);
    return names.length == 0 ? lit(null).cast(DataTypes.StringType) : coalesce(names);
  }

  private static Column nameIfInfinite(StructField field) {
    return when(RowHash.isInfinite(ColumnNames.column(field.name())), lit(field.name()));
  }

  private static boolean isFloating(DataType type) {
    return type.equals(DataTypes.DoubleType) || type.equals(DataTypes.FloatType);
  }

  private static RowFacts facts(Row row) {
    return new RowFacts(
        row.getLong(1),
        (row.getLong(2) << 32) + row.getLong(3),
        (row.getLong(4) << 32) + row.getLong(5),
        row.getLong(8),
        row.getLong(9),
        row.getLong(6),
        Optional.ofNullable(row.getString(7)));
  }
}
