package org.millrace.jobs.evaluate;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.types.DataTypes;

/** Counts features in bins, in one pass over the rows. Driver; the counting runs on executors. */
final class FeatureCounts {
  private static final int MOST_VALUES = 50;

  private FeatureCounts() {}

  /** Every value is counted; a text's 50 most frequent get a bin, equal counts by value. */
  static FeatureProfile mostFrequent(
      Dataset<Row> rows, ProfiledColumns columns, List<List<Double>> edges) {
    Column rank =
        row_number()
            .over(Window.partitionBy("feature", "kind").orderBy(col("n").desc(), col("bin").asc()));
    Column isBin = col("kind").notEqual(BinCounter.BIN).or(col("rank").leq(MOST_VALUES));
    Dataset<Row> counts =
        counts(rows, lit(0L), columns, edges, List.of())
            .withColumn("rank", rank)
            .withColumn("kind", when(isBin, col("kind")).otherwise(BinCounter.OTHER))
            .withColumn("bin", when(isBin, col("bin")).otherwise(""))
            .groupBy("day", "feature", "kind", "bin")
            .agg(sum("n").as("n"));
    return byDay(counts, columns, edges)
        .getOrDefault(0L, new FeatureProfile(0, Map.of(), Map.of()));
  }

  /** By epoch day, in the reference's bins. */
  static Map<Long, FeatureProfile> like(FeatureProfile reference, Dataset<Row> rows, Column day) {
    ProfiledColumns columns =
        new ProfiledColumns(
            List.copyOf(reference.numeric().keySet()),
            List.copyOf(reference.categorical().keySet()));
    columns.requireIn(rows.schema());
    List<List<Double>> edges =
        reference.numeric().values().stream().map(FeatureBins::edges).toList();
    List<Set<String>> known = new ArrayList<>();
    reference
        .categorical()
        .values()
        .forEach(bins -> known.add(new HashSet<>(bins.counts().keySet())));
    return byDay(counts(rows, day, columns, edges, known), columns, edges);
  }

  private static Dataset<Row> counts(
      Dataset<Row> rows,
      Column day,
      ProfiledColumns columns,
      List<List<Double>> edges,
      List<Set<String>> known) {
    List<Column> selected = new ArrayList<>();
    selected.add(day.cast(DataTypes.LongType));
    columns.numeric().stream()
        .map(name -> ProfiledColumns.column(rows, name).cast(DataTypes.DoubleType))
        .forEach(selected::add);
    columns.categorical().stream()
        .map(name -> ProfiledColumns.column(rows, name).cast(DataTypes.StringType))
        .forEach(selected::add);
    double[][] bounds =
        edges.stream()
            .map(e -> e.stream().mapToDouble(Double::doubleValue).toArray())
            .toArray(double[][]::new);
    BinCounter counter = new BinCounter(bounds, columns.categorical().size(), known);
    return rows.select(selected.toArray(Column[]::new))
        .mapPartitions(counter, Encoders.row(BinCounter.SCHEMA))
        .groupBy("day", "feature", "kind", "bin")
        .agg(sum("n").as("n"));
  }

  private static Map<Long, FeatureProfile> byDay(
      Dataset<Row> counts, ProfiledColumns columns, List<List<Double>> edges) {
    Map<Long, List<Row>> days = new TreeMap<>();
    for (Row row :
        counts.orderBy(col("day"), col("feature"), col("n").desc(), col("bin")).collectAsList()) {
      days.computeIfAbsent(row.getLong(0), day -> new ArrayList<>()).add(row);
    }

    Map<Long, FeatureProfile> profiles = new TreeMap<>();
    days.forEach((day, rows) -> profiles.put(day, profile(rows, columns, edges)));
    return profiles;
  }

  private static FeatureProfile profile(
      List<Row> rows, ProfiledColumns columns, List<List<Double>> edges) {
    Map<String, FeatureBins> numeric = new LinkedHashMap<>();
    Map<String, FeatureBins> categorical = new LinkedHashMap<>();
    List<String> names = columns.names();
    for (int i = 0; i < names.size(); i++) {
      int feature = i;
      List<Row> own = rows.stream().filter(row -> row.getInt(1) == feature).toList();
      if (i < edges.size()) {
        numeric.put(names.get(i), bins(own, edges.get(i), edges.get(i).size() + 1));
      } else {
        categorical.put(names.get(i), bins(own, List.of(), 0));
      }
    }

    long all =
        names.isEmpty()
            ? 0
            : rows.stream()
                .filter(row -> row.getInt(1) == 0)
                .mapToLong(row -> row.getLong(4))
                .sum();
    return new FeatureProfile(all, numeric, categorical);
  }

  private static FeatureBins bins(List<Row> rows, List<Double> edges, int numberBins) {
    Map<String, Long> counts = new LinkedHashMap<>();
    for (int bin = 0; bin < numberBins; bin++) {
      counts.put(Integer.toString(bin), 0L);
    }

    long other = 0;
    long nulls = 0;
    for (Row row : rows) {
      switch (row.getInt(2)) {
        case BinCounter.NO_VALUE -> nulls += row.getLong(4);
        case BinCounter.OTHER -> other += row.getLong(4);
        default -> counts.put(row.getString(3), row.getLong(4));
      }
    }

    return new FeatureBins(edges, counts, other, nulls);
  }
}
