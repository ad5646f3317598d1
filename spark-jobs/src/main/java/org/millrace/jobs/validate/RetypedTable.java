package org.millrace.jobs.validate;

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
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.TableVersion;
import org.millrace.features.lake.Lake;
import org.millrace.jobs.tables.FeatureTableColumns;
import org.millrace.jobs.tables.ViewDays;

/**
 * A view's table of which columns get another type. A table has one type a column, so the rows of
 * all other days are rewritten with the new days; that is done only where it keeps every value,
 * which is checked by casting it back.
 *
 * <p>Placement: driver only.
 */
final class RetypedTable {
  private final ViewDays wanted;
  private final TableVersion table;
  private final Dataset<Row> others;
  private final Map<String, DataType> types;

  private RetypedTable(
      ViewDays wanted, TableVersion table, Dataset<Row> others, Map<String, DataType> types) {
    this.wanted = wanted;
    this.table = table;
    this.others = others;
    this.types = types;
  }

  /**
   * A version of the table, if staged rows have a column of another type than it.
   *
   * @param staged schema of the rows of the wanted days
   */
  static Optional<RetypedTable> of(
      Lake lake, ViewDays wanted, StructType staged, TableVersion table) {
    Dataset<Row> rows = lake.read(table);
    Map<String, DataType> types = differing(staged, rows.schema());
    Column isWanted = expr(Lake.inDays(FeatureTableColumns.KNOWN_DATE, wanted.days()));
    return types.isEmpty()
        ? Optional.empty()
        : Optional.of(new RetypedTable(wanted, table, rows.where(not(isWanted)), types));
  }

  /** Whether rows have a column of another type than a table. */
  static boolean differs(StructType rows, Dataset<Row> table) {
    return !differing(rows, table.schema()).isEmpty();
  }

  private static Map<String, DataType> differing(StructType rows, StructType table) {
    Map<String, DataType> wanted = new LinkedHashMap<>();
    Arrays.stream(rows.fields()).forEach(field -> wanted.put(field.name(), field.dataType()));
    Map<String, DataType> differing = new LinkedHashMap<>();
    for (StructField field : table.fields()) {
      DataType type = wanted.get(field.name());
      if (type != null && !type.sameType(field.dataType())) {
        differing.put(field.name(), type);
      }
    }

    return differing;
  }

  /** Why rows of other days cannot have the new types; empty if every value can. One Spark job. */
  Optional<String> refusal() {
    List<Column> lossy = new ArrayList<>();
    types.forEach((name, type) -> lossy.add(isLossy(name, type)));
    Row lost =
        others
            .where(lossy.stream().reduce(Column::or).orElseThrow())
            .agg(
                count(lit(1)),
                min(FeatureTableColumns.KNOWN_DATE),
                max(FeatureTableColumns.KNOWN_DATE))
            .first();
    return lost.getLong(0) == 0
        ? Optional.empty()
        : Optional.of(
            "Cannot publish %s of %s: %s, and %d rows of other days, within %s, would lose their value; make these days in the same run, or give the column another name"
                .formatted(
                    wanted.view().table(),
                    wanted.days(),
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

  /** {@code column n is BIGINT in features.w@v3, and the definition says STRING}. */
  String changes() {
    return types.entrySet().stream()
        .map(
            of ->
                "column %s is %s in %s, and the definition says %s"
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
   * The staged rows and those of all other days, with the new types; what {@link #refusal} says has
   * been heeded.
   */
  Dataset<Row> rowsWith(Dataset<Row> staged) {
    Dataset<Row> cast = others;
    for (Map.Entry<String, DataType> of : types.entrySet()) {
      DataType old = others.schema().apply(of.getKey()).dataType();
      Column value =
          Cast.canTryCast(old, of.getValue())
              ? expr(tried(of.getKey(), of.getValue()))
              : lit(null).cast(of.getValue()); // no other day has one
      cast = cast.withColumn(of.getKey(), value);
    }

    return cast.unionByName(staged, true)
        .repartition(col(FeatureTableColumns.KNOWN_DATE))
        .sortWithinPartitions(FeatureTableColumns.KNOWN_DATE);
  }
}
