package org.millrace.jobs.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.FeatureViewDefinition.Boundary;
import org.millrace.contracts.files.AsOfRequest;
import org.millrace.contracts.files.OutputRequest;
import org.millrace.features.testing.TestSpark;

/** Keys and times of files as people have them, joined by the command for files. */
@Tag("slow")
final class TestFileCases {
  private static final SparkSession SPARK = TestSpark.session();

  @TempDir Path directory;
  private Path spine;
  private Path view;

  @BeforeEach
  void name() {
    spine = directory.resolve("spine");
    view = directory.resolve("view");
  }

  @Test
  void namesOfDirectoriesMeetTextsAsTheyAreWritten() {
    parquet(view.resolve("code=007"), "SELECT 1 AS x, TIMESTAMP '2024-01-01' AS at");
    parquet(view.resolve("code=7"), "SELECT 2 AS x, TIMESTAMP '2024-01-01' AS at");
    asked("SELECT * FROM VALUES (1, '007'), (2, '7'), (3, '07') AS t(id, code)");

    assertThat(joined()).containsExactly("1,1", "2,2", "3,null");
  }

  @Test
  void namesOfDirectoriesMeetNumbersThatAreWrittenSo() {
    parquet(view.resolve("code=7"), "SELECT 1 AS x, TIMESTAMP '2024-01-01' AS at");
    parquet(view.resolve("code=-12"), "SELECT 2 AS x, TIMESTAMP '2024-01-01' AS at");
    asked("SELECT * FROM VALUES (1, 7L), (2, -12L), (3, 70L) AS t(id, code)");
    assertThat(joined()).containsExactly("1,1", "2,2", "3,null");

    parquet(view.resolve("code=007"), "SELECT 3 AS x, TIMESTAMP '2024-01-01' AS at");
    assertThatThrownBy(this::joined)
        .isInstanceOfSatisfying(
            MillraceException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.DEFINITION))
        .hasMessageContaining("key 'code' is STRING there and 'code' of the spine is BIGINT")
        .hasMessageContaining("no type holds both without loss");
  }

  @Test
  void numbersOfTextFilesMeetTextsAsTheyAreWritten() throws IOException {
    parquet(
        view,
        """
        SELECT code, x, TIMESTAMP '2024-01-01' AS at
        FROM VALUES ('7', 1), ('12', 2), ('007', 3) AS t(code, x)
        """);
    Files.createDirectories(spine);
    Files.writeString(
        spine.resolve("a.csv"),
        """
        id,code,asked
        1,7,2024-02-01T00:00:00Z
        2,12,2024-02-01T00:00:00Z
        """);
    assertThat(joined()).containsExactly("1,1", "2,2");

    Files.writeString(spine.resolve("b.csv"), "id,code,asked\n3,007,2024-02-01T00:00:00Z\n");
    assertThat(joined())
        .as("zeros in front make texts of all")
        .containsExactly("1,1", "2,2", "3,3");
  }

  @Test
  void wholeNumbersOfAnyWidthMeet() {
    parquet(view, "SELECT CAST(7 AS SMALLINT) AS code, 1 AS x, TIMESTAMP '2024-01-01' AS at");
    asked("SELECT * FROM VALUES (1, 7L), (2, 65543L) AS t(id, code)");

    assertThat(joined()).as("65543 is 7 in 16 bits").containsExactly("1,1", "2,null");
  }

  @Test
  void timesOfEveryUnitAreTheSameInstants() {
    String unit = "spark.sql.parquet.outputTimestampType";
    String before = SPARK.conf().get(unit);
    try {
      int x = 0;
      for (String type : List.of("INT96", "TIMESTAMP_MICROS", "TIMESTAMP_MILLIS")) {
        SPARK.conf().set(unit, type);
        parquet(
            view.resolve(type),
            "SELECT 'a' AS code, %d AS x, TIMESTAMP '2024-01-0%d 05:06:07.125Z' AS at"
                .formatted(++x, x));
      }
    } finally {
      SPARK.conf().set(unit, before);
    }

    parquet(
        spine,
        """
        SELECT id, 'a' AS code, TIMESTAMP '2024-01-01 05:06:07.125Z'
          + make_interval(0, 0, 0, id DIV 2, 0, 0, IF(id % 2 = 0, 0, -0.001)) AS asked
        FROM range(6)
        """);

    assertThat(joined())
        .as("at the instant, and a millisecond before it")
        .containsExactly("0,1", "1,null", "2,2", "3,1", "4,3", "5,2");
  }

  private static void parquet(Path directory, String sql) {
    SPARK.sql(sql).coalesce(1).write().parquet(directory.toString());
  }

  private void asked(String sql) {
    parquet(spine, "SELECT *, TIMESTAMP '2024-02-01' AS asked FROM (%s)".formatted(sql));
  }

  /** Id and value of each row. */
  private List<String> joined() {
    Path output = directory.resolve("output");
    FileJobs.joinAsOf(
        SPARK,
        new AsOfRequest(
            spine.toString(),
            "asked",
            view + (Files.exists(view.resolve("INT96")) ? "/*" : ""),
            Map.of("code", "code"),
            "at",
            Optional.empty(),
            Optional.empty(),
            Boundary.INCLUSIVE,
            Optional.empty(),
            List.of("x"),
            List.of(),
            "",
            new OutputRequest(output.toString(), OutputRequest.Format.PARQUET, true)));
    return SPARK
        .read()
        .parquet(output.toString())
        .orderBy("id")
        .selectExpr("concat(id, ',', coalesce(string(x), 'null'))")
        .collectAsList()
        .stream()
        .map((Row row) -> row.getString(0))
        .toList();
  }
}
