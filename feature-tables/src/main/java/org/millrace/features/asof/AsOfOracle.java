package org.millrace.features.asof;

import static java.util.Objects.requireNonNull;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.unix_micros;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.definition.FeatureViewDefinition.Boundary;
import org.millrace.features.spark.ColumnNames;

/**
 * Answers a sample of spine rows by brute force: each is compared with every fact of its keys, and
 * the greatest that counts is taken. It shares the rule of {@link AsOfView} with the join and none
 * of its kernels, so that one can judge the other on the very data of a run.
 *
 * <p>Each view is read once more: the sample travels to the facts, and of each task only the best
 * fact of each sampled row comes back.
 *
 * <p>Placement: driver; the facts are compared on the executors. Immutable.
 */
public final class AsOfOracle {
  private final String asOf;
  private final List<AsOfView> views;

  /**
   * Prepares an oracle.
   *
   * @param asOf TIMESTAMP column of the sample: the moment each row asks from
   * @param views the same as the join's
   */
  public AsOfOracle(String asOf, List<AsOfView> views) {
    this.asOf = requireNonNull(asOf, "asOf is null");
    this.views = List.copyOf(views);
  }

  /**
   * Enriches a sample, one Spark job for the sample and one for each view.
   *
   * @param sample spine rows, few enough for the driver's memory: hundreds
   * @return the same rows, in the order they came, with the columns of the join's output; held by
   *     the driver
   * @throws org.millrace.contracts.MillraceException of category DEFINITION, as the join does
   */
  public Dataset<Row> enrich(Dataset<Row> sample) {
    AsOfSchemas.check(sample, asOf, views);
    OracleSample asked = OracleSample.collect(sample, asOf);
    for (AsOfView view : views) {
      Map<Integer, Row> winners = winners(view, asked.questions(view.keys().values()));
      asked.add(carriedFields(view), i -> carried(view, winners.get(i)));
    }

    return asked.rows();
  }

  private static Map<Integer, Row> winners(AsOfView view, Dataset<Row> questions) {
    Dataset<Row> facts = facts(view);
    Column counts = visible(view);
    for (int i = 0; i < view.keys().size(); i++) {
      counts = counts.and(functions.col("key" + i).equalTo(functions.col(OracleSample.KEY + i)));
    }

    Dataset<Row> best =
        facts
            .join(broadcast(questions), counts, "inner")
            .groupBy(OracleSample.ROW)
            .agg(max(functions.col("fact")).as("fact"));
    Map<Integer, Row> winners = new HashMap<>();
    for (Row row : best.collectAsList()) {
      winners.put(row.getInt(0), row.getStruct(1));
    }

    return winners;
  }

  /** Keys, both times, and what orders and fills the answer, as one comparable struct. */
  private static Dataset<Row> facts(AsOfView view) {
    Dataset<Row> rows = view.rows();
    List<Column> columns = new ArrayList<>();
    List.copyOf(view.keys().keySet())
        .forEach(key -> columns.add(ColumnNames.column(rows, key).as("key" + columns.size())));
    Column event = ColumnNames.column(rows, view.eventTimestamp());
    Column known = ColumnNames.column(rows, view.knownAt());
    List<Column> fact = new ArrayList<>(List.of(event.as("event"), known.as("known")));
    view.tie().ifPresent(tie -> fact.add(ColumnNames.column(rows, tie).as("tie")));
    for (int i = 0; i < view.features().size(); i++) {
      fact.add(ColumnNames.column(rows, view.features().get(i)).as("value" + i));
    }

    columns.add(event.as("event"));
    columns.add(known.as("known"));
    columns.add(struct(fact.toArray(Column[]::new)).as("fact"));
    return rows.select(columns.toArray(Column[]::new));
  }

  /** A null time makes its comparison null, which counts as false. */
  private static Column visible(AsOfView view) {
    Column event = functions.col("event");
    Column known = functions.col("known");
    Column asOf = functions.col(OracleSample.AS_OF);
    Column usable = greatest(event, known);
    Column counts = view.boundary() == Boundary.INCLUSIVE ? usable.leq(asOf) : usable.lt(asOf);
    counts = counts.and(event.isNotNull()).and(known.isNotNull());
    if (view.ttlMicros().isPresent()) {
      Column age = unix_micros(asOf).minus(unix_micros(event));
      counts = counts.and(age.lt(lit(view.ttlMicros().get())));
    }

    return counts;
  }

  private static List<@Nullable Object> carried(AsOfView view, @Nullable Row fact) {
    List<@Nullable Object> values = new ArrayList<>();
    for (int i = 0; i < view.features().size(); i++) {
      values.add(fact == null ? null : fact.getAs("value" + i));
    }
    if (view.age() == AsOfView.Age.CARRIED) {
      values.add(fact == null ? null : fact.getAs("event"));
    }

    return values;
  }

  private static List<StructField> carriedFields(AsOfView view) {
    List<StructField> fields = new ArrayList<>();
    for (String feature : view.features()) {
      fields.add(
          DataTypes.createStructField(
              view.column(feature), view.rows().schema().apply(feature).dataType(), true));
    }
    if (view.age() == AsOfView.Age.CARRIED) {
      fields.add(
          DataTypes.createStructField(
              view.column(AsOfView.EVENT_TIMESTAMP), DataTypes.TimestampType, true));
    }

    return fields;
  }
}
