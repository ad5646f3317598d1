package org.millrace.jobs.spine;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.definition.Definitions;
import org.millrace.features.asof.AsOfCounts;
import org.millrace.features.testing.TestSpark;
import org.millrace.jobs.JobContext;
import org.millrace.jobs.ingest.IngestSources;
import org.millrace.jobs.materialize.MaterializeFeatures;
import org.millrace.jobs.testing.TestRooms;
import org.millrace.jobs.trainingset.BuildTrainingSet;
import org.millrace.jobs.validate.ValidateFeatures;

/**
 * Views that are looked up and views that are aggregated in windows, from files to a training set
 * and a night's rows, over the day on which New York put its clocks forward. Events come late,
 * twice and out of order.
 */
class TestSpineFeatures {
  private static final DayRange ALL = days("2013-03-05", "2013-03-13");
  private static final ZoneId ZONE = ZoneId.of("America/New_York");
  private static final StructType EVENTS =
      StructType.fromDDL(
          "k STRING, event_timestamp TIMESTAMP, known_at TIMESTAMP, x DOUBLE, n INT, day DATE");
  private static final StructType ASKED =
      StructType.fromDDL("id INT, k STRING, as_of TIMESTAMP, day DATE, y INT, t TIMESTAMP");

  /** Ten minutes after midnight; 23.5 hours before, it was still the 9th, as the 10th had 23. */
  private static final Instant AFTER_THE_SHORT_DAY = Instant.parse("2013-03-11T04:10:00Z");

  @TempDir static Path home;

  private static Definitions definitions;
  private static JobResult built;
  private static Dataset<Row> trainingSet;

  @BeforeAll
  static void runToTheTrainingSet() {
    PipelineDirectory pipeline = new PipelineDirectory(home);
    pipeline.input("events", TestSpark.session().createDataFrame(events(), EVENTS));
    pipeline.input("asked", TestSpark.session().createDataFrame(asked(), ASKED));
    definitions = pipeline.definitions();
    new IngestSources(context(), key("ingest", ALL)).ingest();
    new MaterializeFeatures(context(), key("materialize", ALL)).materialize();
    new ValidateFeatures(context(), key("validate", ALL)).validate();
    built = new BuildTrainingSet(context(), key("training-set", ALL)).build();
    trainingSet =
        TestSpark.session()
            .read()
            .format("delta")
            .load(context().lake().require("training.late_flight", "training-set").path());
  }

  @Test
  void everySpineRowIsInTheTrainingSetOnceAndASampleEqualsBruteForce() {
    assertThat(built.counts()).containsEntry("rows_in", 1001L).containsEntry("rows_out", 1001L);
    assertThat(built.counts().get("oracle_rows")).isBetween(64L, 256L);
    assertThat(trainingSet.columns())
        .contains("e__c", "e__dst", "e__s", "e__a", "e__d", "e__m", "e__u", "e__q", "e__l", "f__x");
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

    assertThatThrownBy(() -> new MaterializeFeatures(context, key).materialize())
        .isInstanceOfSatisfying(
            MillraceException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.DEFINITION))
        .hasMessageStartingWith("Cannot aggregate e__c: its filter 'speed > 1' is not valid: ");
  }

  private static SpineFeatures features() {
    return new SpineFeatures(
        context(), Definitions.named(definitions.training(), "training", "late_flight"));
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

  /** 200 a day from the 9th to the 13th, and one of its own key. */
  private static List<Row> asked() {
    SplittableRandom random = new SplittableRandom(7);
    List<Row> rows = new ArrayList<>();
    rows.add(asked(0, "short day", AFTER_THE_SHORT_DAY));
    for (LocalDate day : days("2013-03-09", "2013-03-13").days()) {
      Instant start = day.atStartOfDay(ZONE).toInstant();
      for (int i = 0; i < 200; i++) {
        @Nullable String key = random.nextInt(20) == 0 ? null : "k" + random.nextInt(5);
        rows.add(asked(rows.size(), key, start.plus(minutes(random.nextInt(23 * 60)))));
      }
    }

    return rows;
  }

  private static Row asked(int id, @Nullable String key, Instant asOf) {
    return RowFactory.create(id, key, asOf, day(asOf), id % 2, asOf.plus(Duration.ofDays(1)));
  }

  private static List<Row> events() {
    SplittableRandom random = new SplittableRandom(11);
    List<Row> rows = new ArrayList<>();
    // before the windows of hours, on the 9th, on the 10th twice; and one that is known too late
    for (int before : new int[] {24 * 60, 23 * 60 + 20, 23 * 60 + 10, 60}) {
      Instant at = AFTER_THE_SHORT_DAY.minus(minutes(before));
      rows.add(event("short day", at, at, 2.0, 1));
    }
    rows.add(
        event(
            "short day",
            AFTER_THE_SHORT_DAY.minus(minutes(90)),
            AFTER_THE_SHORT_DAY.plus(minutes(1)),
            100.0,
            1));
    Instant start = ALL.from().atStartOfDay(ZONE).toInstant();
    for (int i = 0; i < 3000; i++) {
      Instant at = start.plus(minutes(random.nextInt(9 * 24 * 60 - 61)));
      int late = random.nextInt(3) == 0 ? random.nextInt(3 * 24 * 60) : 0;
      @Nullable Double x = random.nextInt(10) == 0 ? null : random.nextDouble() * 1e3 - 300;
      Row row = event("k" + random.nextInt(5), at, at.plus(minutes(late)), x, random.nextInt(9));
      rows.add(row);
      if (random.nextInt(10) == 0) {
        rows.add(row);
      }
    }

    return rows;
  }

  private static Row event(String key, Instant at, Instant known, @Nullable Double x, int n) {
    return RowFactory.create(key, at, known, x, n, day(known));
  }

  private static LocalDate day(Instant instant) {
    return instant.atZone(ZONE).toLocalDate();
  }

  private static Duration minutes(int count) {
    return Duration.ofMinutes(count);
  }
}
