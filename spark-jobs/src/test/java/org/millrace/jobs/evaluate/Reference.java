package org.millrace.jobs.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.millrace.contracts.Json;
import org.millrace.features.testing.TestSpark;

/**
 * Tables with their metrics by scikit-learn 1.9.1, made by {@code src/test/python/make_metrics.py},
 * and what compares them. A metric that is undefined is absent; row i is of day i % 3, and a table
 * of too few rows has no metrics by day.
 */
final class Reference {
  private static final double RELATIVE = 1e-9;
  private static final double LEAST = 1e-15; // of what is zero but for rounding

  private Reference() {}

  static <T> List<T> read(String task, Class<T[]> cases) throws IOException {
    String file = "/metrics/" + task + ".json";
    try (InputStream in = Objects.requireNonNull(Reference.class.getResourceAsStream(file))) {
      return List.of(Json.MAPPER.readValue(in, cases));
    }
  }

  /** Labels and scores as columns of these names, with a day, in three partitions. */
  static Dataset<Row> table(
      List<?> labels, DataType labelType, List<?> scores, DataType scoreType) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < labels.size(); i++) {
      rows.add(RowFactory.create(labels.get(i), scores.get(i), day(i % 3)));
    }

    return TestSpark.session()
        .createDataFrame(
            rows,
            new StructType()
                .add("label", labelType)
                .add("score", scoreType)
                .add("day", DataTypes.DateType))
        .repartition(3);
  }

  static LocalDate day(int day) {
    return LocalDate.of(2013, 12, 1).plusDays(day);
  }

  static void assertSame(String name, Map<String, Double> metrics, Map<String, Double> expected) {
    assertThat(metrics).as(name).containsOnlyKeys(expected.keySet());
    expected.forEach(
        (metric, value) ->
            assertSame(name + ": " + metric, metrics.getOrDefault(metric, Double.NaN), value));
  }

  static void assertSame(String name, double value, double expected) {
    assertThat(value).as(name).isCloseTo(expected, within(RELATIVE * Math.abs(expected) + LEAST));
  }

  static void assertSameDays(
      String name,
      Map<LocalDate, Map<String, Double>> metrics,
      List<Map<String, Double>> expected) {
    for (int day = 0; day < expected.size(); day++) {
      Map<String, Double> found = Objects.requireNonNull(metrics.get(day(day)), "no such day");
      assertSame(name + " of day " + day, found, expected.get(day));
    }
  }
}
