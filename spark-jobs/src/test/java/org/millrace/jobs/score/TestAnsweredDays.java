package org.millrace.jobs.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.Definitions;
import org.millrace.contracts.definition.FeatureViewDefinition;
import org.millrace.features.sql.CanonicalSql;
import org.millrace.features.staging.StagingArea;
import org.millrace.features.testing.TestSpark;
import org.millrace.jobs.ingest.IngestSources;
import org.millrace.jobs.materialize.MaterializeFeatures;
import org.millrace.jobs.testing.ScoringHouse;
import org.millrace.jobs.testing.TestRooms;
import org.millrace.jobs.validate.ValidateFeatures;

/** Days for none of whose rows a view has a value, seen in a sample or in the whole. */
class TestAnsweredDays {
  private static final SortedSet<LocalDate> DAYS =
      new TreeSet<>(List.of(LocalDate.parse("2013-01-01"), LocalDate.parse("2013-01-02")));

  @TempDir static Path home;
  private static List<FeatureViewDefinition> views = List.of();

  private final List<SortedSet<LocalDate>> looked = new ArrayList<>();

  @BeforeAll
  static void define() throws IOException {
    write("millrace.yaml", "lake: lake\nday-zone: UTC\n");
    write(
        "sources/events.yaml",
        "table: raw.e\ndescription: D\ninputs: {e: e}\nsql: SELECT * FROM e\nday: day\n");
    write("validation/v.dqdl", "Rules = [RowCount > 0]\n");
    view("facts", "  x: {type: double, description: X}\n  z: {type: string, description: Z}\n");
    view(
        "events",
        """
          x: {type: double, description: X}
        aggregates:
          n: {of: count() over 1d, type: bigint, description: N}
          s: {of: sum(x) over 1d, type: double, description: S}
        """);
    view("rare", "  x: {type: double, description: X}\nunanswered-days: allow\n");
    views =
        List.copyOf(
            Definitions.load(home.resolve("conf"), home, new CanonicalSql()).views().values());
  }

  private static void view(String name, String features) throws IOException {
    write(
        "features/" + name + ".yaml",
        """
        view: %s
        description: V
        entity: {name: e, keys: {k: string}}
        reads: [raw.e]
        sql: SELECT * FROM e
        validation: v.dqdl
        features:
        %s"""
            .formatted(name, features));
  }

  private static void write(String file, String text) throws IOException {
    Path path = home.resolve("conf").resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  /** Rows of day, facts__x, facts__z, events__n, events__s, rare__x. */
  private static Dataset<Row> rows(String... rows) {
    return TestSpark.session()
        .sql(
            "SELECT CAST(day AS DATE) AS day, CAST(a AS DOUBLE) AS facts__x, CAST(b AS STRING) AS"
                + " facts__z, CAST(c AS BIGINT) AS events__n, CAST(d AS DOUBLE) AS events__s,"
                + " CAST(NULL AS DOUBLE) AS rare__x FROM VALUES "
                + String.join(", ", rows)
                + " AS t(day, a, b, c, d)");
  }

  private void check(Dataset<Row> sample, Dataset<Row> whole) {
    AnsweredDays answered = new AnsweredDays(views, "day");
    answered.requireAll(
        DAYS,
        answered.mark(sample).collectAsList(),
        days -> {
          looked.add(days);
          return whole.where(functions.col("day").isInCollection(days));
        });
  }

  @Test
  void theRoomStagesNoDayThatAViewHasNoValueOf(@TempDir Path directory) {
    ScoringHouse house = new ScoringHouse(directory);
    DayRange day = DayRange.of(ScoringHouse.STRANGERS);
    TestRooms.run(house.context(), ScoringHouse.key("ingest", day), IngestSources::new);
    TestRooms.run(house.context(), ScoringHouse.key("materialize", day), MaterializeFeatures::new);
    TestRooms.run(house.context(), ScoringHouse.key("validate", day), ValidateFeatures::new);

    assertThatThrownBy(() -> house.score(day))
        .isInstanceOfSatisfying(
            MillraceException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.DATA_CONTRACT))
        .hasMessageContaining("view v")
        .hasMessageContaining("2013-02-04");

    assertThat(new StagingArea(house.context().lake(), ScoringHouse.PREDICTIONS).whole()).isEmpty();
  }

  @Test
  void aSampleWithAValueOnEachDayIsEnough() {
    Dataset<Row> sample =
        rows(
            "('2013-01-01', 1, null, 0, 2)",
            "('2013-01-01', null, null, 0, null)",
            "('2013-01-02', null, 'z', 3, null)");

    check(sample, rows("('2013-01-09', 1, '', 1, 1)"));

    assertThat(looked).isEmpty();
  }

  @Test
  void aDayThatTheSampleDoesNotClearIsLookedAtInFull() {
    Dataset<Row> sample =
        rows("('2013-01-01', 1, null, 1, null)", "('2013-01-02', null, null, 0, null)");
    Dataset<Row> more = sample.union(rows("('2013-01-02', null, 'z', 1, null)"));

    assertThatCode(() -> check(sample, more)).doesNotThrowAnyException();
    assertThat(looked).containsExactly(new TreeSet<>(List.of(LocalDate.parse("2013-01-02"))));
  }

  @Test
  void aDayWithoutAnyValueIsRefused() {
    Dataset<Row> sample = rows("('2013-01-01', 1, null, 1, null)");
    Dataset<Row> whole =
        rows("('2013-01-01', 1, null, 1, null)", "('2013-01-02', null, null, 4, 1)");

    assertThatThrownBy(() -> check(sample, whole))
        .isInstanceOfSatisfying(
            MillraceException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.DATA_CONTRACT))
        .hasMessage(
            "Cannot score 2013-01-02: features.facts has no value for any spine row, 0 vs at"
                + " least 1; check whether its keys (k) and times still meet those of the spine, or"
                + " set 'unanswered-days: allow' in view facts if such days are normal");
  }

  @Test
  void countsOfNothingAreNoValue() {
    Dataset<Row> none =
        rows("('2013-01-01', 1, null, 0, null)", "('2013-01-02', 1, null, 0, null)");

    assertThatThrownBy(() -> check(none, none))
        .hasMessageStartingWith("Cannot score 2013-01-01 and 1 more days: features.events has no");
  }
}
