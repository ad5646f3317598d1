package org.millrace.jobs.spine;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.contracts.ArmedFault;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.RowCounts;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.definition.Definitions;
import org.millrace.features.asof.AsOfCounts;
import org.millrace.features.testing.TestSpark;
import org.millrace.jobs.ingest.IngestSources;
import org.millrace.jobs.materialize.MaterializeFeatures;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.testing.TestRooms;
import org.millrace.jobs.trainingset.BuildTrainingSet;
import org.millrace.jobs.validate.ValidateFeatures;

/**
 * Views that are looked up and views that are aggregated in windows, from files to a training set
 * and a night's rows, over the day on which New York put its clocks forward. Events come late,
 * twice and out of order.
 */
@Tag("slow")
class TestSpineFeatures {
  private static final DayRange ALL = PipelineRows.DAYS;

  @TempDir static Path home;

  private static Definitions definitions;
  private static BuildTrainingSet.Result built;
  private static Dataset<Row> trainingSet;

  @BeforeAll
  static void runToTheTrainingSet() {
    PipelineDirectory pipeline = new PipelineDirectory(home);
    PipelineRows.write(pipeline, 3000);
    definitions = pipeline.definitions();
    TestRooms.run(context(), key("ingest", ALL), IngestSources::new);
    TestRooms.run(context(), key("materialize", ALL), MaterializeFeatures::new);
    TestRooms.run(context(), key("validate", ALL), ValidateFeatures::new);
    built = TestRooms.run(context(), key("training-set", ALL), BuildTrainingSet::new);
    trainingSet =
        TestSpark.session()
            .read()
            .format("delta")
            .load(context().lake().require("training.late_flight", "training-set").path());
  }

  @Test
  void everySpineRowIsInTheTrainingSetOnceAndASampleEqualsBruteForce() {
    assertThat(built.rows()).isEqualTo(RowCounts.accepted(1001));
    assertThat(built.oracleRows()).isBetween(64L, 256L);
    assertThat(trainingSet.columns())
        .contains("e__c", "e__dst", "e__s", "e__a", "e__d", "e__m", "e__u", "e__q", "e__l", "f__x");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aTrainingSetThatIsNotWhatWasAskedIsNotCommitted(boolean isTwice) {
    long before = context().lake().require("training.late_flight", "training-set").version();
    PipelineDirectory pipeline = new PipelineDirectory(home);
    // another training set, of fewer days: it is built, and what a failed attempt left is swept
    pipeline.training(isTwice ? "2013-03-10" : "2013-03-11");
    definitions = pipeline.definitions();
    try {
      JobContext context = context();

      ArmedFault.during(
          "AFTER_STAGING_WRITE:training.late_flight",
          () -> changeAPart(isTwice),
          () ->
              assertThatThrownBy(
                      () -> TestRooms.run(context, key("training-set", ALL), BuildTrainingSet::new))
                  .isInstanceOf(MillraceException.class)
                  .hasMessageContaining(
                      isTwice ? "distinct [id]" : "its staged files were changed from outside"));
    } finally {
      definitions = new PipelineDirectory(home).definitions();
    }

    assertThat(context().lake().require("training.late_flight", "training-set").version())
        .isEqualTo(before);
  }

  /** One part of the gate's slice more, or a part with fewer rows. */
  private static void changeAPart(boolean isTwice) {
    Path staging = home.resolve("lake/staging/training.late_flight");
    try (Stream<Path> files = Files.walk(staging)) {
      Path part =
          files
              .filter(file -> file.toString().contains("slice=gate"))
              .filter(file -> file.toString().endsWith(".parquet"))
              .max(Comparator.comparing(file -> file.toFile().length()))
              .orElseThrow();
      if (isTwice) {
        Files.copy(part, part.resolveSibling("again.parquet"));
      } else {
        Dataset<Row> rows = TestSpark.session().read().parquet(part.toString());
        Path fewer = home.resolve("fewer");
        rows.limit((int) rows.count() - 1)
            .coalesce(1)
            .write()
            .mode("overwrite")
            .parquet(fewer.toString());
        try (Stream<Path> written = Files.list(fewer)) {
          Files.copy(
              written
                  .filter(file -> file.toString().endsWith(".parquet"))
                  .findFirst()
                  .orElseThrow(),
              part,
              StandardCopyOption.REPLACE_EXISTING);
        }
        Files.deleteIfExists(part.resolveSibling("." + part.getFileName() + ".crc"));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aWindowIsNotCutShortByTheDayOfTwentyThreeHours() {
    Row row = trainingSet.where("id = 0").head();

    assertThat(row.<Long>getAs("e__dst")).isEqualTo(3L);
    assertThat(row.<Long>getAs("e__c")).isEqualTo(1L);
    assertThat(row.<Double>getAs("e__s")).isEqualTo(8.0);
  }

  @Test
  void scoringADaySeesTheBitsOfTheTrainingSet() {
    DayRange day = days("2013-03-12", "2013-03-12");
    SpineFeatures features = features();
    Pins pins = features.pin(day);
    JoinedSpine joined = features.join(features.spine(day, pins), day, pins);
    OracleCheck check = new OracleCheck("the night", List.of("id"), 1);
    Dataset<Row> night = joined.rows().localCheckpoint();

    AsOfCounts counts = joined.requireConserved();

    assertThat(counts.rows()).isEqualTo(200).isEqualTo(counts.spineRows());
    assertThat(counts.matched()).containsOnlyKeys("f");
    assertThat(check.requireEqual(night, trainingSet.where("day = DATE'2013-03-12'")))
        .isEqualTo(200);
  }

  @Test
  void bruteForceFindsAnAggregateWhoseLastBitIsWrong() {
    Dataset<Row> rows = trainingSet.drop("slice");
    SpineFeatures features = features();
    DayRange days = days("2013-03-09", "2013-03-13");
    Pins pins = features.pin(days);
    OracleCheck check = new OracleCheck("the rows", List.of("id"), 100);
    Dataset<Row> expected =
        features.bruteForce(check.sample(features.spine(days, pins)), days, pins);
    assertThat(check.requireEqual(expected, rows)).isEqualTo(1001);

    for (String column : List.of("e__s", "e__d", "e__q")) {
      Dataset<Row> wrong = rows.withColumn(column, col(column).multiply(lit(1 + 0x1p-52)));
      assertThatThrownBy(() -> check.requireEqual(expected, wrong))
          .isInstanceOfSatisfying(
              MillraceException.class,
              e -> assertThat(e.category()).isEqualTo(ErrorCategory.INTERNAL))
          .hasMessageContaining("'" + column + "' of row [");
    }
    Dataset<Row> cut = rows.withColumn("e__l", col("e__l").getItem(0));
    assertThatThrownBy(() -> check.requireEqual(expected, cut))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("'e__l' of row [");
  }

  @Test
  void aConditionThatSparkCannotReadIsRefusedBeforeAnythingIsStaged(@TempDir Path other) {
    PipelineDirectory pipeline = new PipelineDirectory(other);
    pipeline.view(
        "e",
        "SELECT * FROM events",
        """
        features:
          x: {type: double, description: X}
        aggregates:
          c: {of: count() over 1h where speed > 1, type: bigint, description: C}
          s: {of: sum(x) over 1h, type: double, description: S}
        """);
    definitions = pipeline.definitions();
    RunKey key = key("materialize", ALL);
    JobContext context = context();
    definitions = new PipelineDirectory(home).definitions();

    assertThatThrownBy(() -> TestRooms.run(context, key, MaterializeFeatures::new))
        .isInstanceOfSatisfying(
            MillraceException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.DEFINITION))
        .hasMessageStartingWith("Cannot aggregate e__c: its filter 'speed > 1' is not valid: ");
  }

  @Test
  void aSpineWhoseRowsComeFromEarlierDaysThanItLooksBackIsRefusedWithTheNumber() {
    PipelineDirectory pipeline = new PipelineDirectory(home);
    pipeline.spine("SELECT id, k, as_of, date_add(day, 2) AS day, y, t FROM asked");
    definitions = pipeline.definitions();
    try {
      SpineFeatures features = features();
      DayRange days = days("2013-03-09", "2013-03-13");

      assertThatThrownBy(() -> features.spine(days, features.pin(days)))
          .isInstanceOfSatisfying(
              MillraceException.class,
              e -> assertThat(e.category()).isEqualTo(ErrorCategory.DATA_CONTRACT))
          .hasMessageContaining("spine s")
          .hasMessageContaining("look-back-days: 2");
    } finally {
      definitions = new PipelineDirectory(home).definitions();
    }
  }

  private static SpineFeatures features() {
    return new SpineFeatures(context());
  }

  private static JobContext context() {
    return TestRooms.context(
        home.resolve("lake"),
        definitions,
        () -> {
          throw new IllegalStateException("this test has no registry");
        });
  }

  private static RunKey key(String room, DayRange days) {
    return TestRooms.key(room, days.from().toString(), days.to().toString());
  }

  private static DayRange days(String from, String to) {
    return new DayRange(LocalDate.parse(from), LocalDate.parse(to));
  }
}
