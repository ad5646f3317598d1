package org.millrace.jobs.init;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.date_format;
import static org.apache.spark.sql.functions.to_utc_timestamp;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.definition.DefinitionLines;
import org.millrace.contracts.definition.Definitions;
import org.millrace.contracts.definition.FeatureViewDefinition;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.features.sql.CanonicalSql;
import org.millrace.features.testing.TestSpark;
import org.millrace.jobs.check.CheckDefinitions;

/** The same rows in files of every format give the same pipeline, which fits them. */
@Tag("slow")
final class TestInitFormats {
  private static final SparkSession SPARK = TestSpark.session();
  private static final PrintStream SILENT =
      new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);

  @TempDir private Path home;

  @BeforeEach
  void resolve() throws Exception {
    home = home.toRealPath();
  }

  @ParameterizedTest
  @ValueSource(strings = {"json", "orc", "avro", "parquet", "delta"})
  void anyFormatGivesThePipeline(String format) {
    writeFiles(format);

    JobResult result = init(answers());

    assertThat(result.exitCode()).as(result.message()).isZero();
    Definitions definitions = Definitions.load(home.resolve("mine"), home, new CanonicalSql());
    Pipeline pipeline = Pipeline.of(definitions, "loans");
    assertThat(pipeline.training().numeric())
        .containsExactly(
            "amount",
            "day_of_week",
            "hour_of_day",
            "people__age",
            "visits_history__rows_1d",
            "visits_history__rows_7d",
            "visits_history__mean_minutes_7d",
            "loans_history__rows_1d",
            "loans_history__rows_7d",
            "loans_history__mean_amount_7d");
    assertThat(pipeline.training().categorical()).containsExactly("kind", "people__city");
    assertThat(pipeline.label().orElseThrow().horizonDays()).isEqualTo(5);
    FeatureViewDefinition people = Definitions.named(definitions.views(), "view", "people");
    assertThat(people.keys()).containsExactlyEntriesOf(Map.of("customer", "string"));
    assertThat(pipeline.training().days().from()).hasToString("2024-03-01");
  }

  /** In Berlin, and without a zone as CSV has them; as instants where a format has such. */
  private void writeFiles(String format) {
    save(
        format,
        "loans",
        """
        SELECT id AS loan_id, format_string('%03d', id % 7) AS customer,
          TIMESTAMP_NTZ '2024-03-01 10:00:00' + make_dt_interval(CAST(id DIV 3 AS INT), CAST(id % 3 AS INT)) AS applied_at,
          IF(id % 5 = 0, NULL, id * 1.5D) AS amount, IF(id % 2 = 0, 'a', 'b') AS kind
        FROM range(120)
        """);
    save(
        format,
        "outcomes",
        """
        SELECT id AS loan_id, IF(id % 2 = 0, 'yes', 'no') AS came,
          date_add(DATE '2024-03-05', CAST(id DIV 3 AS INT)) AS known
        FROM range(120)
        """);
    save(
        format,
        "visits",
        """
        SELECT format_string('%03d', id % 7) AS customer,
          TIMESTAMP_NTZ '2024-03-01 08:00:00' + make_dt_interval(CAST(id DIV 3 AS INT)) AS at,
          id % 3 AS minutes
        FROM range(120)
        """);
    save(
        format,
        "people",
        """
        SELECT format_string('%03d', id) AS customer,
          make_date(2024, CAST(1 + id % 3 AS INT), 5) AS since, 20 + id AS age,
          IF(id % 2 = 0, 'x', 'y') AS city
        FROM range(7)
        """);
  }

  private void save(String format, String name, String sql) {
    Dataset<Row> rows = SPARK.sql(sql);
    for (String column : rows.columns()) {
      boolean isLocal = rows.schema().apply(column).dataType().sql().equals("TIMESTAMP_NTZ");
      if (isLocal) {
        Column value =
            format.equals("json")
                ? date_format(col(column), "yyyy-MM-dd HH:mm:ss")
                : to_utc_timestamp(col(column).cast("timestamp"), TypedAnswers.ZONE.getId());
        rows = rows.withColumn(column, value);
      }
    }

    rows.coalesce(1)
        .write()
        .format(format)
        .option("header", "true")
        .save(home.resolve(name).toString());
  }

  private static TypedAnswers answers() {
    return new TypedAnswers("loans")
        .spine("loans")
        .id("loan_id")
        .asOf("applied_at")
        .label("outcomes:came")
        .facts("people:customer@since")
        .events("visits:customer@at");
  }

  private JobResult init(TypedAnswers answers) {
    BufferedReader nothing = new BufferedReader(new StringReader(""));
    InitRequest request = CompleteAnswers.complete(answers.in(home), SPARK, nothing, SILENT);
    InitPipeline.Check check =
        (lake, definitions) ->
            new CheckDefinitions(
                    lake, definitions, DefinitionLines.of(definitions.conf(), home), SILENT, 0)
                .check();
    return new InitPipeline(SPARK, request, check, (room, text) -> {}, SILENT).write();
  }
}
