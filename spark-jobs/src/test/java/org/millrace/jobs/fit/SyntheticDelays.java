package org.millrace.jobs.fit;

import static org.apache.spark.sql.functions.expr;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.Task;
import org.millrace.contracts.definition.SqlText;
import org.millrace.contracts.definition.TrainingDefinition;
import org.millrace.features.testing.TestSpark;

/** Rows with every kind of value that a training set may have, from a fixed seed. */
final class SyntheticDelays {
  static final StructType SCHEMA =
      new StructType()
          .add("delay", DataTypes.DoubleType)
          .add("seats", DataTypes.IntegerType)
          .add("gust", DataTypes.FloatType)
          .add("carrier", DataTypes.StringType)
          .add("origin", DataTypes.StringType)
          .add("late", DataTypes.IntegerType)
          .add("diverted", DataTypes.BooleanType);

  private SyntheticDelays() {}

  static Dataset<Row> rows(int count) {
    Random random = new Random(7);
    List<Row> rows = new ArrayList<>();
    for (int row = 0; row < count; row++) {
      rows.add(row(random));
    }

    return TestSpark.session().createDataFrame(rows, SCHEMA);
  }

  static TrainingDefinition definition(int trees) {
    return definition(
        trees, List.of("delay", "seats", "gust"), List.of("carrier", "origin"), Optional.empty());
  }

  /** The delay itself, from the other columns. */
  static TrainingDefinition regression(int trees) {
    return definition(
        Task.REGRESSION,
        trees,
        List.of("seats", "gust", "late"),
        List.of("carrier", "origin"),
        Optional.of("delay IS NULL OR isnan(delay)"));
  }

  static final List<String> BANDS = List.of("early", "on time", "late");

  /** Of each delay its band; a missing one is on time. */
  static Column band() {
    return expr(
        "CASE WHEN delay < -10 THEN 'early' WHEN delay > 20 AND NOT isnan(delay) THEN 'late' ELSE 'on time' END");
  }

  /** The band, from the delay and the other columns. */
  static TrainingDefinition bands() {
    return definition(
        Task.MULTICLASS,
        1,
        List.of("delay", "seats", "gust"),
        List.of("carrier", "origin"),
        Optional.empty());
  }

  static TrainingDefinition definition(
      int trees, List<String> numeric, List<String> categorical, Optional<String> exclude) {
    return definition(Task.BINARY, trees, numeric, categorical, exclude);
  }

  private static TrainingDefinition definition(
      Task task,
      int trees,
      List<String> numeric,
      List<String> categorical,
      Optional<String> exclude) {
    return new TrainingDefinition(
        "late",
        task,
        task == Task.MULTICLASS ? BANDS : List.of(),
        "flights",
        Optional.empty(),
        List.of(),
        numeric,
        categorical,
        new DayRange(LocalDate.of(2013, 1, 1), LocalDate.of(2013, 10, 31)),
        exclude.map(SqlText::asWritten),
        "1.0",
        Optional.empty(),
        new TrainingDefinition.Trees(trees, 4, 0.3, 0.8, 32, 42),
        new TrainingDefinition.Baseline(20, 0.001));
  }

  private static Row row(Random random) {
    @Nullable Double delay = random.nextGaussian() * 30 + 0.1;
    @Nullable Integer seats = 50 + random.nextInt(8) * 25;
    @Nullable Float gust = random.nextFloat() * 40;
    String carrier = List.of("AA", "B6", "DL", "UA", "Zürich Air").get(random.nextInt(5));
    boolean late =
        random.nextDouble()
            < 1 / (1 + Math.exp(-(delay / 20 + (carrier.equals("B6") ? 1 : -1) + gust / 40)));
    int gap = random.nextInt(12);
    return RowFactory.create(
        gap == 0 ? null : gap == 1 ? Double.valueOf(Double.NaN) : delay,
        gap == 2 ? null : seats,
        gap == 3 ? null : gap == 4 ? Float.valueOf(Float.NaN) : gust,
        gap == 5 ? null : carrier,
        List.of("EWR", "JFK", "LGA").get(random.nextInt(3)),
        late ? 1 : 0,
        gap == 6 ? null : Boolean.valueOf(gap == 7));
  }
}
