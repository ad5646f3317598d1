package org.millrace.features.window;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.parser.ParseException;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.FeatureViewDefinition.Boundary;
import org.millrace.features.asof.EventBucket;
import org.millrace.features.asof.ScalaLists;
import org.millrace.features.asof.SpineNode;
import org.millrace.features.spark.ColumnNames;

/**
 * Builds a {@link WindowNode} from datasets. Every input column gets a name of its own, so that a
 * spine and events that read the same table do not clash. Driver only.
 */
final class WindowNodes {
  private final EventWindows view;
  private final Map<String, Integer> values = new LinkedHashMap<>();
  private final Map<String, Integer> filters = new LinkedHashMap<>();
  private final List<Column> read = new ArrayList<>();
  private final List<Output> outputs = new ArrayList<>();
  private final List<Attribute> produced = new ArrayList<>();

  private WindowNodes(EventWindows view) {
    this.view = view;
  }

  /** The spine's columns, then those of the view. */
  static Dataset<Row> aggregate(
      Dataset<Row> spine, String asOf, EventWindows view, WindowCounters counters) {
    WindowNode node = new WindowNodes(view).node(spine, asOf, counters);
    return node.rows(spine.sparkSession(), new WindowPlanner());
  }

  private WindowNode node(Dataset<Row> spine, String asOf, WindowCounters counters) {
    view.windows().forEach(this::addOutputs);
    LogicalPlan spinePlan = select(spine, ownColumns(spine));
    List<Attribute> spineColumns = ScalaLists.list(spinePlan.output());
    List<String> names = List.of(spine.columns());
    List<Expression> columns = new ArrayList<>();
    columns.add(spineColumns.get(names.indexOf(asOf)));
    view.keys().values().forEach(key -> columns.add(spineColumns.get(names.indexOf(key))));
    LogicalPlan eventPlan = events();
    columns.addAll(ScalaLists.list(eventPlan.output()));
    return new WindowNode(
        ScalaLists.seq(List.of(spinePlan, eventPlan)),
        ScalaLists.seq(columns),
        ScalaLists.seq(produced),
        new WindowShape(
            view.name(),
            view.keys().size(),
            view.boundary() == Boundary.INCLUSIVE,
            List.copyOf(outputs),
            counters));
  }

  private static List<Column> ownColumns(Dataset<Row> rows) {
    List<Column> columns = new ArrayList<>();
    for (String name : rows.columns()) {
      columns.add(ColumnNames.column(rows, name).as(name));
    }

    return columns;
  }

  private static LogicalPlan select(Dataset<Row> rows, List<Column> columns) {
    return rows.select(columns.toArray(Column[]::new)).queryExecution().analyzed();
  }

  private void addOutputs(EventWindows.Window window) {
    for (Aggregate aggregate : window.aggregates()) {
      ValueKind kind = WindowSchemas.kind(view, aggregate);
      String name = view.column(window, aggregate);
      long later = view.boundary() == Boundary.INCLUSIVE ? 0 : 1;
      outputs.add(
          new Output(
              outputs.size(),
              name,
              aggregate.function(),
              aggregate.parameter(),
              aggregate.column().map(this::value).orElse(Series.NO_VALUE),
              aggregate.filter().map(filter -> filter(filter, name)).orElse(Series.NO_FILTER),
              kind,
              Math.addExact(window.micros(), later)));
      DataType type = WindowSchemas.result(view, aggregate);
      produced.add(SpineNode.attribute(name, type, aggregate.function().isNullable()));
    }
  }

  private int value(String column) {
    return requireNonNull(
        values.computeIfAbsent(column, added -> add(ColumnNames.column(view.events(), added))));
  }

  private int filter(String condition, String output) {
    return requireNonNull(
        filters.computeIfAbsent(condition, added -> add(condition(added, output))));
  }

  private int add(Column column) {
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

  private LogicalPlan events() {
    Dataset<Row> rows =
        view.filter()
            .map(sql -> view.events().filter(condition(sql, view.name())))
            .orElse(view.events());
    List<Column> columns = new ArrayList<>();
    view.keys().keySet().forEach(key -> columns.add(ColumnNames.column(key)));
    columns.add(ColumnNames.column(view.eventTimestamp()));
    if (!view.knownAt().equals(view.eventTimestamp())) {
      columns.add(ColumnNames.column(view.knownAt()));
    }

    int own = columns.size();
    columns.addAll(read);
    List<Column> named = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      named.add(columns.get(i).as((i < own ? "window_" : "window_value_") + i));
    }

    return select(rows, named);
  }
}
