package org.millrace.features.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.millrace.features.window.Aggregate.countDistinct;
import static org.millrace.features.window.Aggregate.sum;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.FeatureViewDefinition.Boundary;
import org.millrace.features.testing.TestSpark;

/** Windows of which whole days come from stored partial aggregates. */
@Tag("slow")
class TestDailyPartials {
  private static final ZoneId ZONE = ZoneId.of("America/New_York");

  private static final Instant DAY = Instant.parse("2013-07-01T04:00:00Z");
  private static final Instant NOON = DAY.plus(Duration.ofHours(12));
  private static final Duration ONE = Duration.ofDays(1);

  @TempDir Path directory;

  /**
   * Days of 23, 24 and 25 hours in the windows and in the spine, a spine of two days; and a zone
   * where at a minute past midnight the date went back too.
   */
  @ParameterizedTest
  @CsvSource({
    "America/New_York, 2013-07-01, 1, INCLUSIVE, false",
    "America/New_York, 2013-03-11, 1, EXCLUSIVE, false",
    "America/New_York, 2013-11-03, 2, EXCLUSIVE, false",
    "America/New_York, 1970-01-02, 1, EXCLUSIVE, true",
    "America/St_Johns, 2010-11-07, 1, INCLUSIVE, false",
    "America/St_Johns, 2010-11-08, 1, EXCLUSIVE, false"
  })
  void equalsBruteForce(
      ZoneId zone, LocalDate first, int days, Boundary boundary, boolean oneTime) {
    DayRange asked = new DayRange(first, first.plusDays(days - 1));
    WindowCases cases = WindowCases.ofDays(directory, zone, asked);
    for (int group = 1; group <= 200; group++) {
      cases.addCase(group, 3, 24, 2);
    }

    cases.check(boundary, oneTime, view -> view.with(partials(view, zone, asked)));
  }

  @Test
  void eventsOfWholeDaysAreNotRead() {
    Dataset<Row> all =
        events(
            event("2013-06-28T09:00:00Z", 1),
            event("2013-06-29T04:00:00Z", 2),
            event("2013-06-30T12:00:00Z", 4),
            event("2013-07-01T04:00:00Z", 8));
    Dataset<Row> kept = DailyPartials.compute(view(all), ZONE);
    EventWindows ofRest =
        view(all.where("delay IN (1, 8)")).with(new DailyPartials(kept, ZONE, DAY, DAY.plus(ONE)));
    Dataset<Row> rows = WindowAggregates.spine(spine(NOON), "as_of").over(ofRest).apply();
    Row row = rows.head();
    assertThat(row.getLong(row.fieldIndex("w__delay_sum_3d"))).isEqualTo(14);
    assertThat(row.getLong(row.fieldIndex("w__delay_count_distinct_3d")))
        .as("distinct values come from the events that are there")
        .isEqualTo(1);
    assertThat(rows.queryExecution().executedPlan().toString())
        .contains("daily partials 2013-06-29 to 2013-06-30");
  }

  @Test
  void partsOfADayCanComeOneByOne() {
    Dataset<Row> some = events(event("2013-06-30T12:00:00Z", 4), event("2013-06-30T12:00:00Z", 4));
    Dataset<Row> more = events(event("2013-06-30T13:00:00Z", 16));
    Dataset<Row> kept =
        DailyPartials.compute(view(some), ZONE).union(DailyPartials.compute(view(more), ZONE));
    EventWindows view =
        view(some.union(more)).with(new DailyPartials(kept, ZONE, DAY, DAY.plus(ONE)));
    Row row = WindowAggregates.spine(spine(NOON), "as_of").over(view).apply().head();
    assertThat(row.getLong(row.fieldIndex("w__delay_sum_3d"))).isEqualTo(24);
  }

  @Test
  void rowsThatAskOutsideTheRangeAreRefused() {
    EventWindows view = view(events(event("2013-06-30T12:00:00Z", 4)));
    EventWindows served =
        view.with(new DailyPartials(DailyPartials.compute(view, ZONE), ZONE, DAY, DAY.plus(ONE)));
    for (Instant astray : List.of(DAY.minusSeconds(1), DAY.plus(ONE))) {
      Dataset<Row> rows = WindowAggregates.spine(spine(NOON, astray), "as_of").over(served).apply();
      assertThatThrownBy(rows::collectAsList)
          .hasStackTraceContaining(
              "Cannot use daily partial aggregates: a spine row asks as of " + astray)
          .hasStackTraceContaining("give the range of the whole spine");
    }
  }

  @Test
  void partsOfAnotherViewAreRefused() {
    Dataset<Row> events = events(event("2013-06-30T12:00:00Z", 4));
    EventWindows other =
        EventWindows.of("w", events)
            .keys("origin")
            .time("t")
            .aggregate("sum(delay) over 3 days where delay > 1")
            .build();
    EventWindows view =
        view(events)
            .with(new DailyPartials(DailyPartials.compute(other, ZONE), ZONE, DAY, DAY.plus(ONE)));
    WindowAggregates windows = WindowAggregates.spine(spine(NOON), "as_of").over(view);
    assertThatThrownBy(windows::apply)
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("they have no column 'delay__sums', only origin, event_date")
        .hasMessageContaining("compute them anew");
  }

  /** At 00:01 of the 7th clocks went back to 23:01 of the 6th. */
  @Test
  void aDayThatWasKnownOnTheDateBeforeIsRead() {
    ZoneId zone = ZoneId.of("America/St_Johns");
    Dataset<Row> events =
        events(event("2010-11-07T02:30:30Z", 5))
            .withColumn("known", functions.lit(Instant.parse("2010-11-07T03:00:00Z")));
    EventWindows view =
        EventWindows.of("w", events)
            .keys("origin")
            .times("t", "known")
            .aggregate("sum(delay) over 97 hours")
            .build();
    WholeDays days = WholeDays.of(zone, DayRange.of(LocalDate.parse("2010-11-10")));
    Dataset<Row> kept = DailyPartials.compute(view, zone);
    Row row =
        WindowAggregates.spine(spine(days.from()), "as_of")
            .over(view.with(new DailyPartials(kept, zone, days.from(), days.to())))
            .apply()
            .head();
    assertThat(kept.select("event_date", "known_date").head().mkString(" "))
        .isEqualTo("2010-11-07 2010-11-06");
    assertThat(row.getLong(row.fieldIndex("w__delay_sum_97h"))).isEqualTo(5);
  }

  @Test
  void aWindowOfADayIsNotServedByTheShorterListOfAnotherWindow() {
    Dataset<Row> events =
        events(
            IntStream.range(0, 10)
                .mapToObj(i -> event("2013-03-10T1" + i + ":00:00Z", i))
                .toArray(Row[]::new));
    EventWindows view =
        EventWindows.of("w", events)
            .keys("origin")
            .time("t")
            .aggregate("last(delay, 2) over 7 days")
            .aggregate("last(delay, 9) over 24 hours")
            .build();
    Instant from = Instant.parse("2013-03-11T04:00:00Z"); // behind a day of 23 hours
    Instant to = from.plus(Duration.ofMinutes(30));
    Row row =
        WindowAggregates.spine(spine(from), "as_of")
            .over(view.with(new DailyPartials(DailyPartials.compute(view, ZONE), ZONE, from, to)))
            .apply()
            .head();
    assertThat(row.getList(row.fieldIndex("w__delay_last2_7d"))).isEqualTo(List.of(9, 8));
    assertThat(row.getList(row.fieldIndex("w__delay_last9_1d"))).hasSize(9);
  }

  @Test
  void keysNamedLikeOurColumnsAreRefused() {
    EventWindows view =
        EventWindows.of("w", events().withColumnRenamed("origin", "event_date"))
            .keys("event_date")
            .time("t")
            .aggregate("sum(delay) over 3 days")
            .build();
    assertThatThrownBy(() -> DailyPartials.compute(view, ZONE))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining(
            "Cannot aggregate w by days: column 'event_date' would appear twice among daily partial"
                + " aggregates; rename the key or column");
  }

  @Test
  void viewsOfShortWindowsOrOfValuesThemselvesHaveNothingToKeep() {
    EventWindows.Builder view =
        EventWindows.of("w", events())
            .keys("origin")
            .time("t")
            .aggregate("sum(delay) over 24 hours")
            .aggregate("quantile(delay, 0.5) over 90 days");
    assertThat(DailyPartials.canServe(view.build())).isFalse();
    assertThat(DailyPartials.canServe(view.aggregate("count() over 25h").build())).isTrue();
  }

  @Test
  void columnsSayWhatTheyKeep() {
    EventWindows view =
        EventWindows.of("w", events())
            .keys("origin")
            .time("t")
            .aggregate("min(delay) over 2 days, 7 days")
            .aggregate("last(delay, 3) over 7 days")
            .aggregate("count() over 7 days where delay > 15")
            .build();
    assertThat(DailyPartials.compute(view, ZONE).columns())
        .containsExactly(
            "origin",
            "event_date",
            "known_date",
            "first_event_timestamp",
            "last_known_at",
            "delay__min",
            "delay__last_3",
            "events_where_1a6a305a_sums");
    assertThat(DailyPartials.comments(view))
        .containsEntry(
            "events_where_1a6a305a_sums",
            "Count, exact sum and exact sum of squares of events where delay > 15")
        .containsEntry("delay__last_3", "Last 3 of delay, the newest first");
  }

  private static EventWindows view(Dataset<Row> events) {
    return EventWindows.of("w", events)
        .keys("origin")
        .time("t")
        .window(Duration.ofDays(3), sum("delay"), countDistinct("delay"))
        .build();
  }

  private static Row event(String time, int delay) {
    return RowFactory.create("JFK", Instant.parse(time), delay);
  }

  private static Dataset<Row> events(Row... events) {
    return TestSpark.session()
        .createDataFrame(
            List.of(events), StructType.fromDDL("origin STRING, t TIMESTAMP, delay INT"));
  }

  private static Dataset<Row> spine(Instant... asOf) {
    return TestSpark.session()
        .createDataFrame(
            Stream.of(asOf).map(time -> RowFactory.create("JFK", time)).toList(),
            StructType.fromDDL("origin STRING, as_of TIMESTAMP"));
  }

  private DailyPartials partials(EventWindows view, ZoneId zone, DayRange asked) {
    String path = directory.resolve("partials").toString();
    DailyPartials.compute(view, zone).write().parquet(path);
    WholeDays days = WholeDays.of(zone, asked);
    return new DailyPartials(
        view.events().sparkSession().read().parquet(path), zone, days.from(), days.to());
  }
}
