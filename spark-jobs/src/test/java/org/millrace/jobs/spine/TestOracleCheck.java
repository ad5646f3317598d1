package org.millrace.jobs.spine;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.features.testing.TestSpark;

class TestOracleCheck {
  private static final Dataset<Row> ROWS =
      TestSpark.session()
          .range(10_000)
          .select(
              col("id"),
              col("id").cast("string").as("part"),
              when(col("id").mod(7).notEqual(0), col("id").cast("double").divide(3)).as("delay"),
              lit(Double.NaN).as("wind"));

  @Test
  void samplesTheSameRowsOfBothSidesAndCountsThem() {
    OracleCheck check = check(10_000);

    assertThat(check.requireEqual(check.sample(ROWS), ROWS.repartition(5))).isBetween(64L, 256L);
  }

  @Test
  void comparesAllRowsWhereThereAreFew() {
    OracleCheck check = check(100);

    assertThat(check.requireEqual(check.sample(ROWS.limit(100)), ROWS.limit(100))).isEqualTo(100);
  }

  @Test
  void aDifferenceInTheLastBitFails() {
    OracleCheck check = check(10_000);
    Dataset<Row> wrong = ROWS.withColumn("delay", col("delay").plus(Math.ulp(3000.0)));

    assertThatThrownBy(() -> check.requireEqual(check.sample(ROWS), wrong))
        .isInstanceOfSatisfying(
            MillraceException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.INTERNAL))
        .hasMessageStartingWith("Cannot accept the rows: brute force over the same table versions")
        .hasMessageContaining("'delay' of row [")
        .hasMessageContaining("nothing was made visible");
  }

  @Test
  void aDifferenceOfOneInAWholeNumberThatNoDoubleHoldsFails() {
    OracleCheck check = check(10_000);
    Dataset<Row> micros = ROWS.withColumn("micros", col("id").plus(1L << 60));
    Dataset<Row> wrong = micros.withColumn("micros", col("micros").plus(1));

    assertThat(check.requireEqual(check.sample(micros), micros)).isPositive();
    assertThatThrownBy(() -> check.requireEqual(check.sample(micros), wrong))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("'micros' of row [");
  }

  @Test
  void aValueWhereNoneIsExpectedFails() {
    OracleCheck check = check(10_000);
    Dataset<Row> leaked = ROWS.na().fill(0.0, new String[] {"delay"});

    assertThatThrownBy(() -> check.requireEqual(check.sample(ROWS), leaked))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("is expected to be null and is 0.0");
  }

  @Test
  void aLostRowFails() {
    OracleCheck check = check(10_000);
    Object lost = check.sample(ROWS).first().get(0);

    assertThatThrownBy(
            () -> check.requireEqual(check.sample(ROWS), ROWS.where(col("id").notEqual(lost))))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("rows of the sample are expected and");
  }

  @Test
  void aToleranceHoldsForItsColumnAlone() {
    OracleCheck check = check(10_000).tolerate("delay", 1e-6);
    Dataset<Row> near = ROWS.withColumn("delay", col("delay").multiply(1 + 1e-7));
    Dataset<Row> far = ROWS.withColumn("delay", col("delay").multiply(1 + 1e-5));

    assertThat(check.requireEqual(check.sample(ROWS), near)).isPositive();
    assertThatThrownBy(() -> check.requireEqual(check.sample(ROWS), far))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("'delay' of row [");
  }

  private static OracleCheck check(long rows) {
    return new OracleCheck("the rows", List.of("id", "part"), rows);
  }
}
