package org.millrace.features.asof;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.Expression;

/**
 * What an as-of join is, apart from its inputs and columns, and how the flat list of columns of a
 * plan node is read: the as-of time, then for each view its keys in the spine, its keys in the
 * view, event time, known time, tie where there is one, features. Driver only.
 *
 * @param views one for each view, in the order of the node's inputs after the spine
 * @param strategy what was asked for
 * @param counters filled by the tasks
 */
record AsOfShape(List<View> views, AsOfStrategy strategy, AsOfCounters counters)
    implements SpineNode.Shape {

  /**
   * A view.
   *
   * @param name for messages and EXPLAIN
   * @param keys how many key columns
   * @param features how many features
   * @param hasTie whether a tie column follows the times
   * @param hasAge whether the event time is carried
   * @param ttlMicros {@code Long.MAX_VALUE} for no limit
   * @param inclusive whether a row known exactly at the as-of time counts
   */
  record View(
      String name,
      int keys,
      int features,
      boolean hasTie,
      boolean hasAge,
      long ttlMicros,
      boolean inclusive) {
    private int output() {
      return features + (hasAge ? 1 : 0);
    }

    private int columns() {
      return 2 * keys + 2 + (hasTie ? 1 : 0) + features;
    }
  }

  /**
   * A view's columns.
   *
   * @param spineKeys attributes of the spine
   * @param keys attributes of the view, each paired with one of the spine
   * @param event attribute of the view
   * @param known attribute of the view, which can be the same
   * @param values features, then the event time where it is carried, then the tie where there is
   *     one
   */
  record Columns(
      View view,
      List<Attribute> spineKeys,
      List<Attribute> keys,
      Attribute event,
      Attribute known,
      List<Attribute> values) {

    /** Keys in the view, event time, known time, values. */
    List<Attribute> all() {
      List<Attribute> all = new ArrayList<>(keys);
      all.add(event);
      all.add(known);
      all.addAll(values);
      return List.copyOf(all);
    }

    ValueColumns valueColumns() {
      return ValueColumns.of(
          values.stream().map(Expression::dataType).toList(),
          view.features(),
          view.hasAge(),
          view.hasTie());
    }
  }

  @Override
  public String name() {
    return views.stream().map(View::name).toList().toString();
  }

  /** The as-of time in a node's flat list. */
  static Attribute asOf(List<Expression> flat) {
    return (Attribute) flat.get(0);
  }

  /** The columns of each view in a node's flat list. */
  List<Columns> columns(List<Expression> flat) {
    List<Attribute> attributes = flat.stream().map(Attribute.class::cast).toList();
    List<Columns> columns = new ArrayList<>();
    int at = 1;
    for (View view : views) {
      columns.add(columns(view, attributes.subList(at, at + view.columns())));
      at += view.columns();
    }

    return List.copyOf(columns);
  }

  /** From where to where the columns of a view stand in a node's flat list. */
  int[] columnRange(int view) {
    int from = 1 + views.subList(0, view).stream().mapToInt(View::columns).sum();
    return new int[] {from, from + views.get(view).columns()};
  }

  /** From where to where the output columns of a view stand among those of all. */
  int[] outputRange(int view) {
    int from = views.subList(0, view).stream().mapToInt(View::output).sum();
    return new int[] {from, from + views.get(view).output()};
  }

  private static Columns columns(View view, List<Attribute> flat) {
    int times = 2 * view.keys();
    Attribute event = flat.get(times);
    List<Attribute> values =
        new ArrayList<>(flat.subList(flat.size() - view.features(), flat.size()));
    if (view.hasAge()) {
      values.add(event);
    }
    if (view.hasTie()) {
      values.add(flat.get(times + 2));
    }

    return new Columns(
        view,
        List.copyOf(flat.subList(0, view.keys())),
        List.copyOf(flat.subList(view.keys(), times)),
        event,
        flat.get(times + 1),
        List.copyOf(values));
  }
}
