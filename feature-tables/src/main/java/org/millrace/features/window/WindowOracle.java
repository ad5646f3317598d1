package org.millrace.features.window;

import static java.util.Objects.requireNonNull;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.unix_micros;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.definition.AggregateFunction;
import org.millrace.contracts.definition.FeatureViewDefinition.Boundary;
import org.millrace.features.asof.OracleSample;
import org.millrace.features.spark.ColumnNames;

/**
 * Answers a sample of spine rows by brute force: each meets every event of its keys, and what is in
 * a window is aggregated by Spark's own functions and {@link ExactSums}. It shares the rule of
 * {@link EventWindows} with {@link WindowAggregates} and none of its kernels, so that one can judge
 * the other on the very data of a run.
 *
 * <p>The events of each view are read once more: the sample travels to them. Placement: driver; the
 * events are aggregated on the executors. Immutable.
 */
public final class WindowOracle {
  private final String asOf;
  private final List<EventWindows> views;

  /**
   * Prepares an oracle.
   *
   * @param asOf TIMESTAMP column of the sample: the moment each row asks from
   * @param views the same as the aggregation's
   */
  public WindowOracle(String asOf, List<EventWindows> views) {
    this.asOf = requireNonNull(asOf, "asOf is null");
    this.views = List.copyOf(views);
  }

  /**
   * Enriches a sample, one Spark job for the sample and one for each view.
   *
   * @param sample spine rows, few enough for the driver's memory: hundreds
   * @return the same rows, in the order they came, with the columns of the aggregation's output;
   *     held by the driver
   * @throws org.millrace.contracts.MillraceException of category DEFINITION, as the aggregation
   *     does
   */
  public Dataset<Row> enrich(Dataset<Row> sample) {
    OracleSample asked = OracleSample.collect(sample, asOf);
    for (EventWindows view : views) {
      WindowSchemas.check(sample, asOf, view);
      Answers answers = new Answers(view);
      Map<Integer, Row> found = new HashMap<>();
      for (Row row : answers.of(asked.questions(view.keys().values())).collectAsList()) {
        found.put(row.getInt(0), row);
      }

      asked.add(answers.fields, i -> answers.values(found.get(i)));
    }

    return asked.rows();
  }

  /** The aggregates of one view. */
  private static final class Answers {
    private final EventWindows view;
    private final List<StructField> fields = new ArrayList<>();
    private final List<AggregateFunction> kinds = new ArrayList<>();
    private final List<Column> aggregates = new ArrayList<>();
    private final List<Column> read = new ArrayList<>();

    Answers(EventWindows view) {
      this.view = view;
      for (EventWindows.Window window : view.windows()) {
        window.aggregates().forEach(aggregate -> add(window, aggregate));
      }
    }

    private void add(EventWindows.Window window, Aggregate aggregate) {
      ValueKind kind = WindowSchemas.kind(view, aggregate);
      DataType type = WindowSchemas.result(view, aggregate);
      String name = view.column(window, aggregate);
      fields.add(DataTypes.createStructField(name, type, aggregate.function().isNullable()));
      kinds.add(aggregate.function());
      Column counts = inWindow(window.micros());
      Optional<String> filter = aggregate.filter();
      if (filter.isPresent()) {
        counts = counts.and(keep(kinds.size() + "_filter", functions.expr(filter.get())));
      }

      Column value =
          aggregate
              .column()
              .map(column -> keep(kinds.size() + "_value", column(column)))
              .orElse(lit(1L));
      Column inside = functions.when(counts, value);
      Column result = OracleColumns.aggregated(aggregate, kind, inside);
      boolean isList = aggregate.function() == AggregateFunction.LAST;
      aggregates.add((isList ? result : result.cast(type)).as(name));
    }

    private Column column(String name) {
      return ColumnNames.column(view.events(), name);
    }

    private Column keep(String name, Column column) {
      read.add(column.as(name));
      return col(name);
    }

    /** The age of an event of the exclusive kind may be the whole window. */
    private Column inWindow(long micros) {
      Column age = unix_micros(col(OracleSample.AS_OF)).minus(unix_micros(col("event")));
      return isInclusive() ? age.lt(lit(micros)) : age.leq(lit(micros));
    }

    private long longestMicros() {
      return view.windows().stream().mapToLong(EventWindows.Window::micros).max().orElse(0);
    }

    private boolean isInclusive() {
      return view.boundary() == Boundary.INCLUSIVE;
    }

    /** Number of each row that sees an event, and its aggregates. */
    Dataset<Row> of(Dataset<Row> questions) {
      Column usable = greatest(col("event"), col("known"));
      Column asOf = col(OracleSample.AS_OF);
      Column counts =
          (isInclusive() ? usable.leq(asOf) : usable.lt(asOf))
              .and(col("event").isNotNull())
              .and(col("known").isNotNull())
              .and(inWindow(longestMicros()));
      for (int i = 0; i < view.keys().size(); i++) {
        counts = counts.and(col("key" + i).equalTo(col(OracleSample.KEY + i)));
      }

      return events()
          .join(broadcast(questions), counts, "inner")
          .groupBy(OracleSample.ROW)
          .agg(aggregates.get(0), aggregates.subList(1, aggregates.size()).toArray(Column[]::new));
    }

    private Dataset<Row> events() {
      Dataset<Row> rows = view.filter().map(view.events()::where).orElse(view.events());
      List<Column> columns = new ArrayList<>(read);
      int number = 0;
      for (String key : view.keys().keySet()) {
        columns.add(ColumnNames.column(rows, key).as("key" + number++));
      }

      columns.add(ColumnNames.column(rows, view.eventTimestamp()).as("event"));
      columns.add(ColumnNames.column(rows, view.knownAt()).as("known"));
      return rows.select(columns.toArray(Column[]::new));
    }

    private List<@Nullable Object> values(@Nullable Row row) {
      List<@Nullable Object> values = new ArrayList<>();
      for (int i = 0; i < kinds.size(); i++) {
        values.add(row != null ? row.get(i + 1) : kinds.get(i).isNullable() ? null : (Object) 0L);
      }

      return values;
    }
  }
}
