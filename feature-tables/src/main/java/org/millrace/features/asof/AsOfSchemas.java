package org.millrace.features.asof;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.RowOrdering;
import org.apache.spark.sql.catalyst.plans.logical.LocalRelation;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.NullType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import scala.collection.JavaConverters;

/** Refuses, before any row is read, what the join cannot do exactly. Driver only. */
final class AsOfSchemas {
  private static final int MOST_VIEWS = 63; // one bit each in a row's flags

  private AsOfSchemas() {}

  static void check(Dataset<Row> spine, String asOf, List<AsOfView> views) {
    if (views.isEmpty() || views.size() > MOST_VIEWS) {
      throw AsOfView.definition(
          "set", views.size() + " views were given; give 1 to " + MOST_VIEWS + " to one join");
    }

    for (AsOfView view : views) {
      SpineSchemas schema = schema(view);
      schema.check(spine, asOf, view.keys(), view.eventTimestamp(), view.knownAt());
      view.tie().ifPresent(tie -> requireOrder(schema, tie));
      view.features().forEach(feature -> requireOrder(schema, feature));
    }

    new SpineSchemas("join view set", spine)
        .requireNewNames(
            views.stream().flatMap(view -> view.columns().stream()).toList(),
            "rename a view or a column");
  }

  private static SpineSchemas schema(AsOfView view) {
    return new SpineSchemas("join view " + view.name(), view.rows());
  }

  private static void requireOrder(SpineSchemas schema, String column) {
    DataType type = schema.type(column);
    if (!RowOrdering.isOrderable(type)) {
      throw schema.definition(
          "column '"
              + column
              + "' is "
              + type.sql()
              + ", which has no order, so equal rows could not be distinguished; carry it as an"
              + " array of entries or as JSON text");
    }
  }

  /** Whether every carried value is of an atomic type, and the spine can be read in columns. */
  static boolean haveCells(Dataset<Row> spine, List<AsOfView> views) {
    return views.stream().allMatch(view -> openType(view).isEmpty())
        && unreadableType(spine.schema()).isEmpty();
  }

  /** Whether every column of the spine is of an atomic type. */
  static boolean hasCells(Dataset<Row> spine) {
    return Stream.of(spine.schema().fields()).allMatch(field -> Cell.holds(field.dataType()));
  }

  /** Refuses a strategy that cannot carry some value. */
  static void requireCells(Dataset<Row> spine, List<AsOfView> views, AsOfStrategy strategy) {
    unreadableType(spine.schema())
        .ifPresent(
            column -> refuse("set", "column '" + column + "' of the spine is void", strategy));
    if (strategy == AsOfStrategy.BUCKETS && !hasCells(spine)) {
      refuse("set", "not all columns of the spine are of atomic types", strategy);
    }
    for (AsOfView view : views) {
      openType(view)
          .ifPresent(
              column ->
                  refuse(view.name(), "column '" + column + "' is of no atomic type", strategy));
    }
  }

  private static void refuse(String view, String problem, AsOfStrategy strategy) {
    throw AsOfView.definition(
        view, problem + ", which strategy " + strategy + " cannot carry; use AUTO or SORT");
  }

  /** Spark turns rows of any type into columns, but for a column that is only ever null. */
  private static Optional<String> unreadableType(StructType schema) {
    return Stream.of(schema.fields())
        .filter(field -> field.dataType().existsRecursively(new IsVoid()))
        .map(StructField::name)
        .findFirst();
  }

  private static final class IsVoid extends scala.runtime.AbstractFunction1<DataType, Object> {
    @Override
    public Object apply(DataType type) {
      return type instanceof NullType;
    }
  }

  private static Optional<String> openType(AsOfView view) {
    return Stream.concat(view.features().stream(), view.tie().stream())
        .filter(column -> !Cell.holds(schema(view).type(column)))
        .findFirst();
  }

  /**
   * The same rows, in a form that only tasks read: the optimiser would evaluate a plan over rows
   * held in memory by itself, on the driver, where rows cannot be counted by task.
   */
  static Dataset<Row> distributed(Dataset<Row> rows) {
    for (LogicalPlan leaf : leaves(rows)) {
      if (!(leaf instanceof LocalRelation)) {
        return rows;
      }
    }

    return rows.sparkSession().createDataFrame(rows.toJavaRDD(), rows.schema());
  }

  private static List<LogicalPlan> leaves(Dataset<Row> rows) {
    return JavaConverters.seqAsJavaList(rows.queryExecution().analyzed().collectLeaves());
  }
}
