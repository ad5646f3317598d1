package org.millrace.jobs.init;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NumericType;
import org.millrace.jobs.init.SeenTable.SeenColumn;

/**
 * The spine that is yet to be written.
 *
 * @param name of it
 * @param table that it reads
 * @param id columns that name a row
 * @param asked its time
 * @param keys types of columns by which views and label are joined
 * @param without columns that it does not have: those that come later
 */
record DraftSpine(
    String name,
    SeenTable table,
    List<String> id,
    TimeColumn asked,
    Map<String, DataType> keys,
    Set<String> without) {

  /** Columns beside id, day and {@code as_of}: SQL by name. */
  private Map<String, String> columns() {
    Map<String, String> columns = new LinkedHashMap<>();
    for (SeenColumn column : table.columns()) {
      String name = column.name();
      boolean isTime = TimeColumn.isTime(column.type()) || !isAtomic(column.type());
      if (id.contains(name) || without.contains(name) || (isTime && !keys.containsKey(name))) {
        continue;
      }

      columns.put(name, sql(column));
    }

    columns.put("day_of_week", "dayofweek(%s) AS day_of_week".formatted(day()));
    if (!asked.type().equals(DataTypes.DateType)) {
      columns.put(
          "hour_of_day",
          "hour(from_utc_timestamp(%s, '%s')) AS hour_of_day"
              .formatted(asked.name(), asked.zone()));
    }

    return columns;
  }

  private static boolean isAtomic(DataType type) {
    return type instanceof NumericType
        || type instanceof BooleanType
        || type.equals(DataTypes.StringType);
  }

  private String sql(SeenColumn column) {
    DataType type = keys.getOrDefault(column.name(), column.type());
    if (column.type() instanceof BooleanType) {
      return "CAST(%s AS INT) AS %s".formatted(column.name(), column.name());
    }

    return type.equals(column.type())
        ? column.name()
        : "CAST(%s AS %s) AS %s".formatted(column.name(), type.sql(), column.name());
  }

  /** The DATE column of the day. */
  String day() {
    return table.day().orElse(asked.dayName());
  }

  /** All columns that its rows have. */
  Set<String> names() {
    Set<String> names = new LinkedHashSet<>(id);
    names.addAll(List.of("as_of", day()));
    names.addAll(columns().keySet());
    return names;
  }

  /** Inputs of a model that are numbers. */
  List<String> numeric() {
    List<String> numeric = new ArrayList<>();
    for (SeenColumn column : table.columns()) {
      boolean isNumber =
          column.type() instanceof NumericType || column.type() instanceof BooleanType;
      if (isNumber && isInput(column)) {
        numeric.add(column.name());
      }
    }

    columns().keySet().stream().filter(DraftSpine::isOfTime).forEach(numeric::add);
    return numeric;
  }

  private static boolean isOfTime(String column) {
    return column.equals("day_of_week") || column.equals("hour_of_day");
  }

  /** Inputs of a model that are texts. */
  List<String> categorical() {
    return table.columns().stream()
        .filter(this::isInput)
        .filter(column -> column.type().equals(DataTypes.StringType))
        .filter(column -> column.distinct() <= DraftView.MOST_TEXTS)
        .map(SeenColumn::name)
        .toList();
  }

  /** One value says nothing; an id or a key says who, not how. */
  private boolean isInput(SeenColumn column) {
    return columns().containsKey(column.name())
        && !keys.containsKey(column.name())
        && column.distinct() > 1;
  }

  /** The definition. */
  String text() {
    List<String> selected = new ArrayList<>();
    for (String column : id) {
      selected.add(sql(table.column("--id", column)));
    }

    String instant = asked.instant();
    selected.add(instant.equals("as_of") ? instant : instant + " AS as_of");
    selected.add(table.day().isPresent() ? day() : asked.day() + " AS " + day());
    selected.addAll(columns().values());
    return """
        # The rows that are asked about, each at its own time. Every column must be known then: what comes later is a leak.
        spine: %s
        description: %s
        reads: [%s]
        id: [%s]
        day: %s
        columns: [%s]
        sql: |
          SELECT
            %s
          FROM %s
        """
        .formatted(
            name,
            Words.yaml(
                "Each row of %s, asked about at %s".formatted(table.shortName(), asked.name())),
            table.table(),
            String.join(", ", id),
            day(),
            String.join(", ", columns().keySet()),
            String.join(",\n    ", selected),
            table.shortName());
  }
}
