package org.millrace.jobs.tables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.features.testing.TestSpark;

class TestDeclaredTypes {
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '~',
      value = {
        "CAST(NULL AS INT); tinyint; null",
        "7; tinyint; 7",
        "7L; double; 7.0",
        "0.1D; float; 0.1",
        "12.0D; int; 12",
        "CAST(1.50 AS DECIMAL(9,2)); double; 1.5",
        "7; string; 7",
        "'12'; int; 12",
        "'2.5'; double; 2.5",
        "true; int; 1"
      },
      delimiter = ';')
  void valuesThatTheTypeHoldsAreThere(String value, String type, String expected) {
    assertThat(String.valueOf(declared(value, type).head().get(0))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '~',
      value = {
        "500; tinyint",
        "1.5D; int",
        "1e30D; bigint",
        "'3.63 EUR'; double",
        "'007'; int",
        "'01/03/2024'; date",
        "1e300D; float",
        "CAST(12345.67 AS DECIMAL(9,2)); decimal(5,2)"
      },
      delimiter = ';')
  void othersEndTheJob(String value, String type) {
    assertThatThrownBy(() -> declared(value, type).collectAsList())
        .hasStackTraceContaining("Cannot compute view v: its column 'x' is declared ")
        .hasStackTraceContaining("which cannot hold the value");
  }

  @Test
  void columnsAreFoundAsInSql() {
    Dataset<Row> rows = TestSpark.session().sql("SELECT 7 AS X");
    DeclaredTypes types = new DeclaredTypes("view v", rows.schema());
    assertThat(rows.select(types.column("x", "bigint")).columns()).containsExactly("x");
    assertThatThrownBy(() -> types.column("y", "int"))
        .hasMessage("Cannot compute view v: its SQL yields no column 'y'; it yields X");
  }

  @Test
  void nothingIsLookedAtWhereNothingCanBeLost() {
    Dataset<Row> rows = declared("7", "bigint");
    assertThat(rows.queryExecution().optimizedPlan().toString()).doesNotContain("UDF");
  }

  private static Dataset<Row> declared(String value, String type) {
    Dataset<Row> rows =
        TestSpark.session().range(1).selectExpr(value + " AS x", "id").repartition(1);
    return rows.select(new DeclaredTypes("view v", rows.schema()).column("x", type));
  }
}
