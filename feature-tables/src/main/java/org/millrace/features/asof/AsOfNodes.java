package org.millrace.features.asof;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.millrace.contracts.definition.FeatureViewDefinition.Boundary;
import org.millrace.features.spark.ColumnNames;

/**
 * Builds an {@link AsOfNode} from datasets. Every input column gets a name of its own, so that
 * inputs that are the same dataset, or read the same table, do not clash. Driver only.
 */
final class AsOfNodes {
  private final List<LogicalPlan> inputs = new ArrayList<>();
  private final List<Expression> columns = new ArrayList<>();
  private final List<Attribute> produced = new ArrayList<>();
  private final List<AsOfShape.View> shapes = new ArrayList<>();
  private final Map<String, Attribute> spineColumns;

  private AsOfNodes(Dataset<Row> spine, String asOf) {
    spineColumns = add(spine, List.of(spine.columns()), "");
    columns.add(required(spineColumns, asOf));
  }

  /** The joined rows: the spine's columns, then those of each view. */
  static Dataset<Row> join(
      Dataset<Row> spine,
      String asOf,
      List<AsOfView> views,
      AsOfStrategy strategy,
      AsOfCounters counters) {
    AsOfNodes nodes = new AsOfNodes(spine, asOf);
    views.forEach(nodes::add);
    AsOfShape shape = new AsOfShape(List.copyOf(nodes.shapes), strategy, counters);
    AsOfNode node =
        new AsOfNode(
            ScalaLists.seq(nodes.inputs),
            ScalaLists.seq(nodes.columns),
            ScalaLists.seq(nodes.produced),
            shape);
    return node.rows(spine.sparkSession(), new AsOfPlanner());
  }

  private void add(AsOfView view) {
    Set<String> names = new LinkedHashSet<>(view.keys().keySet());
    names.add(view.eventTimestamp());
    names.add(view.knownAt());
    view.tie().ifPresent(names::add);
    names.addAll(view.features());
    String prefix = "asof" + inputs.size() + "_";
    Map<String, Attribute> byName = add(view.rows(), List.copyOf(names), prefix);

    List<Map.Entry<String, String>> keys = new ArrayList<>(view.keys().entrySet());
    keys.sort(Map.Entry.comparingByValue()); // views of the same spine keys share one index
    keys.forEach(key -> columns.add(required(spineColumns, key.getValue())));
    keys.forEach(key -> columns.add(required(byName, key.getKey())));
    columns.add(required(byName, view.eventTimestamp()));
    columns.add(required(byName, view.knownAt()));
    view.tie().ifPresent(tie -> columns.add(required(byName, tie)));
    for (String feature : view.features()) {
      Attribute attribute = required(byName, feature);
      columns.add(attribute);
      produced.add(nullable(view.column(feature), attribute));
    }
    if (view.age() == AsOfView.Age.CARRIED) {
      produced.add(
          nullable(view.column(AsOfView.EVENT_TIMESTAMP), required(byName, view.eventTimestamp())));
    }

    shapes.add(shape(view));
  }

  private static AsOfShape.View shape(AsOfView view) {
    long ttl = view.ttlMicros().orElse(Long.MAX_VALUE);
    return new AsOfShape.View(
        view.name(),
        view.keys().size(),
        view.features().size(),
        view.tie().isPresent(),
        view.age() == AsOfView.Age.CARRIED,
        ttl,
        view.boundary() == Boundary.INCLUSIVE);
  }

  private Map<String, Attribute> add(Dataset<Row> rows, List<String> names, String prefix) {
    Column[] picked = new Column[names.size()];
    for (int i = 0; i < picked.length; i++) {
      String alias = prefix.isEmpty() ? names.get(i) : prefix + i;
      picked[i] = ColumnNames.column(rows, names.get(i)).as(alias);
    }

    LogicalPlan plan = rows.select(picked).queryExecution().analyzed();
    List<Attribute> output = ScalaLists.list(plan.output());
    Map<String, Attribute> byName = new HashMap<>();
    for (int i = 0; i < names.size(); i++) {
      byName.put(names.get(i), output.get(i));
    }

    inputs.add(plan);
    return new LinkedHashMap<>(byName);
  }

  private static Attribute required(Map<String, Attribute> byName, String name) {
    return requireNonNull(byName.get(name), () -> "no column " + name);
  }

  private static Attribute nullable(String name, Attribute of) {
    return SpineNode.attribute(name, of.dataType(), true);
  }
}
