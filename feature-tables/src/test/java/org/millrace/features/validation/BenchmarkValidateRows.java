package org.millrace.features.validation;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.millrace.contracts.definition.EmptyDays;
import org.millrace.features.testing.TestSpark;

/**
 * Seconds of one validation: ten rules of a file and those that always hold, on 26,000 rows of
 * Parquet. To be run by hand; the argument is the number of repetitions.
 */
final class BenchmarkValidateRows {
  private static final String RULES =
      """
      Rules = [
        RowCount > 100, IsComplete "origin", Completeness "a" > 0.8,
        ColumnValues "origin" in ["k0", "k1", "k2"], ColumnValues "seq" between -1 and 26001,
        Mean "a" between 1 and 100000, StandardDeviation "b" between 0 and 100000,
        ColumnLength "origin" = 2, ColumnValues "b" > -1, ColumnValues "a" > -1 where "a is not null"
      ]
      """;

  private BenchmarkValidateRows() {}

  public static void main(String[] args) throws IOException {
    SparkSession spark = TestSpark.session();
    String path = Files.createTempDirectory("validation-benchmark").resolve("rows").toString();
    spark
        .range(0, 26_000, 1, 1)
        .selectExpr(
            "concat('k', id % 3) AS origin",
            "timestamp_seconds(1385856000 + id) AS event_timestamp",
            "timestamp_seconds(1385856000 + id) AS known_at",
            "CAST(id AS INT) AS seq",
            "IF(id % 10 = 0, NULL, CAST(id AS DOUBLE)) AS a",
            "CAST(id AS DOUBLE) / 7 AS b")
        .write()
        .parquet(path);
    ValidationRules rules =
        new ValidationRules(
            "benchmark.dqdl",
            RULES,
            List.of("origin"),
            List.of("event_timestamp", "known_at"),
            Optional.of("seq"),
            List.of("a", "b"),
            Set.of(),
            EmptyDays.FAIL);
    for (int run = 0; run < Integer.parseInt(args[0]); run++) {
      long start = System.nanoTime();
      Dataset<Row> rows = spark.read().parquet(path);
      ValidationReport report = ValidateRows.validate(rows, rules);
      System.err.printf(
          "%.2f s, %s, %d rules%n",
          (System.nanoTime() - start) / 1e9, report.verdict(), report.outcomes().size());
    }
  }
}
