package org.millrace.features.window;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.parser.ParseException;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.features.asof.EventBucket;
import org.millrace.features.spark.ColumnNames;

/**
 * The columns that are read of a view's events, each once, whichever aggregates need it. Driver
 * only.
 */
final class EventColumns {
  private final EventWindows view;
  private final Optional<PartialEvents> partials;
  private final Map<String, Integer> values = new LinkedHashMap<>();
  private final Map<String, Integer> filters = new LinkedHashMap<>();
  private final List<Column> read = new ArrayList<>();

  EventColumns(EventWindows view, Optional<PartialEvents> partials) {
    this.view = view;
    this.partials = partials;
    partials.ifPresent(own -> read.addAll(own.values(event(), known())));
  }

  private Column event() {
    return ColumnNames.column(view.eventTimestamp());
  }

  private Column known() {
    return ColumnNames.column(view.knownAt());
  }

  /** The number of a column among the values. */
  int value(String column) {
    return requireNonNull(
        values.computeIfAbsent(column, added -> add(ColumnNames.column(view.events(), added))));
  }

  /** The number of the filter of an output among the values. */
  int filter(String condition, String output) {
    return requireNonNull(
        filters.computeIfAbsent(condition, added -> add(condition(added, output))));
  }

  /** The number of one more value. */
  int add(Column column) {
    if (read.size() == EventBucket.MOST_VALUES) {
      throw Aggregate.definition(
          view.name()
              + ": more than "
              + EventBucket.MOST_VALUES
              + " columns and filters are read; make two views of it");
    }

    read.add(column);
    return read.size() - 1;
  }

  private Column condition(String sql, String of) {
    try {
      Column condition = functions.expr(sql);
      DataType type = view.events().select(condition).schema().fields()[0].dataType();
      if (!type.equals(DataTypes.BooleanType)) {
        throw Aggregate.definition(
            of + ": its filter '" + sql + "' is " + type.sql() + "; it must be BOOLEAN");
      }

      return condition;
    } catch (Exception e) { // Spark's checked AnalysisException is not declared in Java
      throw refused(of, sql, e);
    }
  }

  private static MillraceException refused(String of, String sql, Exception e) {
    if (e instanceof MillraceException known) {
      return known;
    }
    if (e instanceof ParseException || e instanceof AnalysisException) {
      String reason = Optional.ofNullable(e.getMessage()).orElse("").lines().findFirst().orElse("");
      return new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot aggregate "
              + of
              + ": its filter '"
              + sql
              + "' is not valid: "
              + reason
              + "; correct it",
          e);
    }

    return new MillraceException(
        ErrorCategory.INTERNAL, "Cannot read filter '" + sql + "' of " + of, e);
  }

  /** The events: keys, event time, known time where it is another column, values. */
  Dataset<Row> rows() {
    Dataset<Row> rows =
        view.filter()
            .map(sql -> view.events().filter(condition(sql, view.name())))
            .orElse(view.events());
    List<Column> columns = new ArrayList<>();
    view.keys().keySet().forEach(key -> columns.add(ColumnNames.column(key)));
    columns.add(event());
    if (!view.knownAt().equals(view.eventTimestamp())) {
      columns.add(known());
    }

    columns.addAll(read);
    if (partials.isEmpty()) {
      return named(rows.select(columns.toArray(Column[]::new)));
    }

    Dataset<Row> taken =
        rows.where(partials.get().taken(event(), known())).select(columns.toArray(Column[]::new));
    List<DataType> types = Stream.of(taken.schema().fields()).map(StructField::dataType).toList();
    List<DataType> ofValues = types.subList(types.size() - read.size(), types.size());
    return named(partials.get().parts(ofValues).stream().reduce(taken, Dataset::union));
  }

  /** Under names of their own, so that a spine of the same table does not clash. */
  private static Dataset<Row> named(Dataset<Row> rows) {
    String[] names = new String[rows.columns().length];
    Arrays.setAll(names, i -> "window_" + i);
    return rows.toDF(names);
  }
}
