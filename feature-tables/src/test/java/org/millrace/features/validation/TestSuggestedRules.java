package org.millrace.features.validation;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.millrace.features.testing.TestSpark;
import org.millrace.features.validation.SuggestedRules.Suggested;

final class TestSuggestedRules {
  private static final SparkSession SPARK = TestSpark.session();

  /** Two days: on the second every other row has no size, on the first none. */
  private static Dataset<Row> rows() {
    return SPARK
        .range(400)
        .selectExpr(
            "id % 2 AS day",
            "IF(id % 4 = 1, NULL, CAST(id AS DOUBLE)) AS size",
            "IF(id % 8 < 7, 'it\\'s', 'a \"b\\\\c') AS kind",
            "CAST(id - 200 AS INT) AS change",
            "concat('n', id) AS name");
  }

  @Test
  void proposesWhatRowsKeepWithTheShareThatDoes() {
    assertThat(SuggestedRules.of(rows().drop("day")))
        .containsExactly(
            new Suggested("change", "IsComplete \"change\"", 1),
            new Suggested(
                "kind",
                "ColumnValues \"kind\" in [\"a \\\"b\\\\c\", \"it's\"] where \"kind is not null\"",
                1),
            new Suggested("kind", "IsComplete \"kind\"", 1),
            new Suggested("name", "IsComplete \"name\"", 1),
            new Suggested("size", "ColumnValues \"size\" >= 0 where \"size is not null\"", 1),
            new Suggested("size", "Completeness \"size\" > 0.65", 0.75));
  }

  @Test
  void completenessIsBoundByTheWorstDay() {
    Column[] columns = {col("size")};

    assertThat(SuggestedRules.ofDays(rows().select(columns), rows(), col("day"), columns))
        .contains(new Suggested("size", "Completeness \"size\" > 0.40", 0.75));
  }

  @Test
  void thereIsNothingToProposeWithoutRows() {
    assertThat(SuggestedRules.of(rows().limit(0))).isEqualTo(List.of());
  }
}
