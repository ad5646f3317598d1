package org.millrace.jobs.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.Json;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.FeatureViewDefinition.Boundary;
import org.millrace.contracts.files.AsOfRequest;
import org.millrace.contracts.files.OutputRequest;
import org.millrace.features.testing.TestSpark;

@Tag("slow")
final class TestJoinAsOf {
  private static final SparkSession SPARK = TestSpark.session();

  @TempDir Path directory;
  private Path spine;
  private Path view;
  private Path output;

  @BeforeEach
  void writeInputs() {
    spine = directory.resolve("spine");
    view = directory.resolve("view");
    output = directory.resolve("output");
    // local times, as tools without zones write them
    SPARK
        .sql(
            "SELECT * FROM VALUES (1, 'LGA', TIMESTAMP_NTZ'2013-01-01 10:00:00'),"
                + " (2, 'LGA', TIMESTAMP_NTZ'2013-01-01 20:00:00'),"
                + " (3, 'JFK', TIMESTAMP_NTZ'2013-01-01 10:00:00'),"
                + " (4, CAST(NULL AS STRING), TIMESTAMP_NTZ'2013-01-01 10:00:00')"
                + " AS s(id, origin, asked)")
        .write()
        .parquet(spine.toString());
    SPARK
        .sql(
            "SELECT * FROM VALUES ('LGA', TIMESTAMP'2013-01-01 09:00:00Z', 1.5D),"
                + " ('LGA', TIMESTAMP'2013-01-01 10:00:00Z', 2.5D),"
                + " ('LGA', TIMESTAMP'2013-01-01 10:00:01Z', 3.5D)"
                + " AS v(airport, at, temp)")
        .write()
        .format("delta")
        .save(view.toString());
  }

  @Test
  void givesEachSpineRowTheNewestFactOfItsTime() {
    JobResult result = join(request(Optional.of(Duration.ofHours(3)), Boundary.INCLUSIVE));

    assertThat(rows(output)).containsExactly("1,2.5", "2,null", "3,null", "4,null");
    assertThat(SPARK.read().parquet(output.toString()).schema().simpleString())
        .isEqualTo("struct<id:int,origin:string,asked:timestamp_ntz,temp:double>");
    assertThat(result.counts())
        .containsOnly(
            Map.entry("matched", 1L),
            Map.entry("rows_in", 4L),
            Map.entry("rows_later", 0L),
            Map.entry("rows_out", 4L),
            Map.entry("rows_quarantined", 0L),
            Map.entry("rows_refused", 0L));
    assertThat(result.versions()).containsExactly(Map.entry(view.toString(), "0"));
  }

  @Test
  void takesTheOneBeforeWhereTheBoundaryIsExclusive() {
    join(request(Optional.empty(), Boundary.EXCLUSIVE));

    assertThat(rows(output)).containsExactly("1,1.5", "2,3.5", "3,null", "4,null");
  }

  @Test
  void leavesWhatIsThereUnlessToldOtherwise() throws IOException {
    Files.createDirectory(output);
    Files.writeString(output.resolve("precious"), "kept");

    assertFails(request(Optional.empty(), Boundary.INCLUSIVE), ErrorCategory.DEFINITION)
        .hasMessage(
            "Cannot write " + output + ": it is there already; give another path, or --overwrite");
    assertThat(output.resolve("precious")).hasContent("kept");

    AsOfRequest wanted = request(Optional.empty(), Boundary.INCLUSIVE);
    AsOfRequest delta =
        with(wanted, new OutputRequest(output.toString(), OutputRequest.Format.DELTA, true));
    assertFails(delta, ErrorCategory.DEFINITION)
        .hasMessageContaining("there is 1 entry (precious)");
    assertThat(output.resolve("precious")).hasContent("kept");

    Files.delete(output.resolve("precious"));
    join(delta);
    join(delta); // what it wrote itself, it may replace
    assertThat(SPARK.read().format("delta").load(output.toString()).count()).isEqualTo(4);
  }

  @Test
  void neverReplacesAnInputOrWhatIsAroundIt() throws IOException {
    Files.writeString(directory.resolve("keep.txt"), "kept");
    Path alias = Files.createSymbolicLink(directory.resolve("alias"), spine);
    List<Path> places =
        List.of(
            spine, view, alias, directory, directory.resolve("view/../spine"), spine.resolve("x"));

    for (Path place : places) {
      AsOfRequest request = request(Optional.empty(), Boundary.INCLUSIVE);
      for (OutputRequest.Format format : OutputRequest.Format.values()) {
        assertFails(
                with(request, new OutputRequest(place.toString(), format, true)),
                ErrorCategory.DEFINITION)
            .hasMessageContaining("Cannot write " + place + ": ")
            .hasMessageContaining("the input " + directory);
      }
    }

    assertThat(directory.resolve("keep.txt")).hasContent("kept");
    assertThat(SPARK.read().parquet(spine.toString()).count()).isEqualTo(4);
    assertThat(SPARK.read().format("delta").load(view.toString()).count()).isEqualTo(3);
  }

  @Test
  void aRunThatFailsWhileItReplacesItsFormerOutputKeepsIt() {
    AsOfRequest first = request(Optional.empty(), Boundary.INCLUSIVE);
    join(first);
    SPARK
        .sql(
            "SELECT * FROM VALUES ('LGA', TIMESTAMP'2013-01-01 09:00:00Z', 4611686018427387904),"
                + " ('LGA', TIMESTAMP'2013-01-01 09:30:00Z', 4611686018427387904)"
                + " AS v(airport, at, temp)")
        .write()
        .format("delta")
        .mode("overwrite")
        .option("overwriteSchema", "true")
        .save(view.toString());

    AsOfRequest next =
        with(
            with(first, new OutputRequest(output.toString(), OutputRequest.Format.PARQUET, true)),
            List.of("sum(temp) over 1 day"));
    assertThatThrownBy(() -> join(next)).as("their sum is no BIGINT").isInstanceOf(Exception.class);

    assertThat(rows(output)).containsExactly("1,2.5", "2,3.5", "3,null", "4,null");
    assertThat(directory.toFile().list()).containsExactlyInAnyOrder("spine", "view", "output");
  }

  @Test
  void namesWhatIsMissing() {
    AsOfRequest sound = request(Optional.empty(), Boundary.INCLUSIVE);

    assertFails(
            with(sound, directory.resolve("absent").toString(), "asked"),
            ErrorCategory.INPUT_MISSING)
        .hasMessageContaining("absent: nothing is there");
    assertFails(with(sound, "absent_table", "asked"), ErrorCategory.INPUT_MISSING)
        .hasMessageContaining("absent_table: there is no such table");
    assertFails(with(sound, spine.toString(), "asked_at"), ErrorCategory.DEFINITION)
        .hasMessage(
            "Cannot use --as-of asked_at: "
                + spine
                + " has no such column; it has id, origin, asked");
    assertFails(with(sound, spine.toString(), "id"), ErrorCategory.DEFINITION)
        .hasMessageContaining("Cannot use --as-of id: it is INT in ");
    assertThat(output).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"id", "ID"})
  void refusesAFeatureThatTheSpineHasAlready(String name) {
    SPARK
        .sql("SELECT 'LGA' AS airport, TIMESTAMP'2013-01-01 09:00:00Z' AS at, 7 AS " + name)
        .write()
        .format("delta")
        .mode("overwrite")
        .option("overwriteSchema", "true")
        .save(view.toString());

    assertFails(request(Optional.empty(), Boundary.INCLUSIVE), ErrorCategory.DEFINITION)
        .hasMessageContaining(
            "column '%s' would appear twice in the output, in whatever case; give --prefix"
                .formatted(name));
  }

  @Test
  void aggregatesTheViewInWindows() {
    AsOfRequest request = request(Optional.empty(), Boundary.INCLUSIVE);
    JobResult result =
        join(
            with(
                request,
                List.of("sum(temp) over 1h, 12h as t", "count() over 1 day where temp > 2")));

    Dataset<Row> rows = SPARK.read().parquet(output.toString()).orderBy("id");
    assertThat(rows.columns())
        .containsExactly("id", "origin", "asked", "t_1h", "t_12h", "count_1d");
    assertThat(rows.collectAsList().stream().map(row -> row.mkString(",")))
        .containsExactly(
            "1,LGA,2013-01-01T10:00,2.5,4.0,1",
            "2,LGA,2013-01-01T20:00,null,7.5,2",
            "3,JFK,2013-01-01T10:00,null,null,0",
            "4,null,2013-01-01T10:00,null,null,0");
    assertThat(result.counts()).containsEntry("rows_in", 4L).containsEntry("rows_out", 4L);
  }

  @Test
  void refusesToAggregateAndLookUpAtOnce() {
    AsOfRequest request = request(Optional.of(Duration.ofHours(3)), Boundary.INCLUSIVE);

    assertFails(with(request, List.of("count() over 1h")), ErrorCategory.DEFINITION)
        .hasMessageContaining("--features, --tie and --ttl are for looking up the newest row");
    assertThat(output).doesNotExist();
  }

  @Test
  void travelsAsJson() {
    AsOfRequest request = request(Optional.of(Duration.ofHours(3)), Boundary.EXCLUSIVE);

    assertThat(Json.read(Json.write(request), AsOfRequest.class)).isEqualTo(request);
  }

  private static JobResult join(AsOfRequest request) {
    return FileJobs.joinAsOf(SPARK, request);
  }

  private static org.assertj.core.api.AbstractThrowableAssert<?, ?> assertFails(
      AsOfRequest request, ErrorCategory category) {
    return assertThatThrownBy(() -> join(request))
        .isInstanceOfSatisfying(
            MillraceException.class, e -> assertThat(e.category()).isEqualTo(category));
  }

  private AsOfRequest request(Optional<Duration> ttl, Boundary boundary) {
    return new AsOfRequest(
        spine.toString(),
        "asked",
        view.toString(),
        Map.of("airport", "origin"),
        "at",
        Optional.empty(),
        ttl,
        boundary,
        Optional.empty(),
        List.of(),
        List.of(),
        "",
        new OutputRequest(output.toString(), OutputRequest.Format.PARQUET, false));
  }

  private static AsOfRequest with(AsOfRequest request, List<String> aggregates) {
    return new AsOfRequest(
        request.spine(),
        request.asOf(),
        request.view(),
        request.keys(),
        request.eventTime(),
        request.knownAt(),
        request.ttl(),
        request.boundary(),
        request.tie(),
        request.features(),
        aggregates,
        request.prefix(),
        request.output());
  }

  private static AsOfRequest with(AsOfRequest request, OutputRequest output) {
    return new AsOfRequest(
        request.spine(),
        request.asOf(),
        request.view(),
        request.keys(),
        request.eventTime(),
        request.knownAt(),
        request.ttl(),
        request.boundary(),
        request.tie(),
        request.features(),
        request.aggregates(),
        request.prefix(),
        output);
  }

  private static AsOfRequest with(AsOfRequest request, String spine, String asOf) {
    return new AsOfRequest(
        spine,
        asOf,
        request.view(),
        request.keys(),
        request.eventTime(),
        request.knownAt(),
        request.ttl(),
        request.boundary(),
        request.tie(),
        request.features(),
        request.aggregates(),
        request.prefix(),
        request.output());
  }

  private static List<String> rows(Path path) {
    Dataset<Row> rows = SPARK.read().parquet(path.toString()).orderBy("id");
    return rows.select("id", "temp").collectAsList().stream()
        .map(row -> row.get(0) + "," + row.get(1))
        .toList();
  }
}
