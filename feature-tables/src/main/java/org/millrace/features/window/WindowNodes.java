package org.millrace.features.window;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.types.DataType;
import org.millrace.contracts.definition.FeatureViewDefinition.Boundary;
import org.millrace.features.asof.ScalaLists;
import org.millrace.features.asof.SpineNode;
import org.millrace.features.spark.ColumnNames;

/**
 * Builds a {@link WindowNode} from datasets. Every input column gets a name of its own, so that a
 * spine and events that read the same table do not clash. Driver only.
 */
final class WindowNodes {
  private final EventWindows view;
  private final Optional<PartialEvents> partials;
  private final EventColumns events;
  private final List<Output> outputs = new ArrayList<>();
  private final List<Attribute> produced = new ArrayList<>();

  private WindowNodes(EventWindows view) {
    this.view = view;
    partials = PartialEvents.of(view);
    events = new EventColumns(view, partials);
  }

  /** The spine's columns, then those of the view. */
  static Dataset<Row> aggregate(
      Dataset<Row> spine, String asOf, EventWindows view, WindowCounters counters) {
    WindowNode node = new WindowNodes(view).node(spine, asOf, counters);
    return node.rows(spine.sparkSession(), new WindowPlanner());
  }

  private WindowNode node(Dataset<Row> spine, String asOf, WindowCounters counters) {
    view.windows().forEach(this::addOutputs);
    LogicalPlan spinePlan = spine.select(ownColumns(spine)).queryExecution().analyzed();
    List<Attribute> spineColumns = ScalaLists.list(spinePlan.output());
    List<String> names = List.of(spine.columns());
    List<Expression> columns = new ArrayList<>();
    columns.add(spineColumns.get(names.indexOf(asOf)));
    view.keys().values().forEach(key -> columns.add(spineColumns.get(names.indexOf(key))));
    LogicalPlan eventPlan = events.rows().queryExecution().analyzed();
    columns.addAll(ScalaLists.list(eventPlan.output()));
    return new WindowNode(
        ScalaLists.seq(List.of(spinePlan, eventPlan)),
        ScalaLists.seq(columns),
        ScalaLists.seq(produced),
        new WindowShape(
            view.name(),
            view.keys().size(),
            view.boundary() == Boundary.INCLUSIVE,
            partials.map(PartialEvents::description),
            partials.map(PartialEvents::range).orElse(AsOfRange.ALL),
            List.copyOf(outputs),
            counters));
  }

  private static Column[] ownColumns(Dataset<Row> rows) {
    List<Column> columns = new ArrayList<>();
    for (String name : rows.columns()) {
      columns.add(ColumnNames.column(rows, name).as(name));
    }

    return columns.toArray(Column[]::new);
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
              aggregate.column().map(events::value).orElse(Series.NO_VALUE),
              aggregate
                  .filter()
                  .map(filter -> events.filter(filter, name))
                  .orElse(Series.NO_FILTER),
              kind,
              Math.addExact(window.micros(), later),
              partials.map(own -> own.fromDay(window, aggregate)).orElse(Integer.MAX_VALUE),
              partials
                  .map(own -> own.stored(window, aggregate, events))
                  .orElse(Output.Stored.UNMIXED)));
      DataType type = WindowSchemas.result(view, aggregate);
      produced.add(SpineNode.attribute(name, type, aggregate.function().isNullable()));
    }
  }
}
