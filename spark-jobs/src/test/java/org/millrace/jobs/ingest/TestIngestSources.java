package org.millrace.jobs.ingest;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.RunKey;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.testing.TestRooms;

@Tag("slow")
class TestIngestSources {
  @TempDir static Path lake;

  private static IngestSources.Result whole;

  @BeforeAll
  static void fillTheYear() {
    whole =
        TestRooms.run(
            TestRooms.context(lake),
            TestRooms.key("ingest", "2013-01-01", "2013-12-31"),
            IngestSources::new);
  }

  @Test
  void fillsEveryFlightOfTheYearOnce() {
    assertThat(whole.written())
        .containsEntry("raw.flights", 336_776L)
        .containsEntry("raw.weather", 26_115L);
    assertThat(flights().select("flight_id").distinct().count()).isEqualTo(336_776L);
  }

  @Test
  void departureInstantsShowTheDepartureClockAllYear() {
    long wrong =
        flights()
            .where("departed_at IS NOT NULL")
            .where(
                "date_format(from_utc_timestamp(departed_at, 'America/New_York'), 'HHmm')"
                    + " <> lpad(CAST(departure_clock % 2400 AS STRING), 4, '0')")
            .count();
    assertThat(wrong).isZero();
  }

  @Test
  void arrivalInstantsShowTheArrivalClockAtTheDestinationAllYear() {
    Dataset<Row> arrived = flights().where("arrival_clock IS NOT NULL");
    assertThat(arrived.where("arrived_at IS NULL").count()).isLessThan(10);
    // the hour that was left out on 10 March: a clock that nobody had put forward yet
    List<Integer> otherClocks =
        arrived
            .where(
                "date_format(from_utc_timestamp(arrived_at, destination_zone), 'HHmm')"
                    + " <> lpad(CAST(arrival_clock % 2400 AS STRING), 4, '0')")
            .where(
                "NOT (CAST(arrived_at AS DATE) = DATE'2013-03-10' AND arrival_clock BETWEEN 200 AND"
                    + " 259)")
            .select("arrival_clock")
            .as(Encoders.INT())
            .collectAsList();
    assertThat(otherClocks).isEmpty();
    assertThat(
            arrived
                .where("arrived_at < departed_at + make_dt_interval(0, 0, air_time_minutes)")
                .count())
        .isZero();
    // a diverted flight may end a day later
    assertThat(
            arrived
                .where("arrival_delay_minutes IS NOT NULL")
                .where("arrived_at > departed_at + INTERVAL 16 HOURS")
                .count())
        .isZero();
  }

  @Test
  void delaysAcrossMidnightLeaveOnTheNextDay() {
    Row delayed =
        flights()
            .where(
                "flight_date = DATE'2013-01-02' AND departure_clock < scheduled_departure_clock - 1200")
            .orderBy(col("flight_id"))
            .head();
    Instant scheduled = delayed.getAs("scheduled_departure_at");
    Instant departed = delayed.getAs("departed_at");
    int delay = delayed.getAs("departure_delay_minutes");
    assertThat(departed)
        .isEqualTo(scheduled.plusSeconds(60L * delay))
        .isAfter(Instant.parse("2013-01-03T05:00:00Z"));
  }

  @Test
  void flightsOverTheSpringClockChangeKeepTheirDuration() {
    assertPlausibleDurations("2013-03-09", "2013-03-10");
  }

  @Test
  void flightsOverTheAutumnClockChangeKeepTheirDuration() {
    assertPlausibleDurations("2013-11-02", "2013-11-03");
  }

  // a taxi time of more than 4 hours, or a negative one, would be an hour lost or won at the wrong
  // place
  private void assertPlausibleDurations(String from, String to) {
    Dataset<Row> flown =
        flights()
            .where("flight_date BETWEEN DATE'" + from + "' AND DATE'" + to + "'")
            .where(
                "arrived_at IS NOT NULL AND air_time_minutes IS NOT NULL AND arrival_delay_minutes IS NOT NULL");
    assertThat(flown.count()).isGreaterThan(1_000);
    assertThat(
            flown
                .where(
                    "(unix_seconds(arrived_at) - unix_seconds(departed_at)) / 60 - air_time_minutes NOT BETWEEN 0 AND 240")
                .count())
        .isZero();
  }

  @Test
  void doingItAgainChangesNothingAndSaysSo() {
    JobContext again = TestRooms.context(lake);
    long version = again.lake().require("raw.flights", "ingest").version();
    IngestSources.Result result =
        TestRooms.run(
            again, TestRooms.key("ingest", "2013-03-01", "2013-04-01"), IngestSources::new);
    assertThat(result.isIdle()).isTrue();
    assertThat(again.lake().require("raw.flights", "ingest").version()).isEqualTo(version);
  }

  @Test
  void dayThatHasNotArrivedIsMissingInput() {
    JobContext context = TestRooms.context(lake);
    RunKey key = TestRooms.key("ingest", "2014-01-01", "2014-01-01");
    assertThatThrownBy(() -> TestRooms.run(context, key, IngestSources::new))
        .isInstanceOfSatisfying(
            MillraceException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.INPUT_MISSING))
        .hasMessageContaining("raw.flights")
        .hasMessageContaining("2014-01-01");
  }

  @Test
  void daysAreLocalDaysOfTheQuestion() {
    List<Row> astray =
        flights()
            .where(
                "flight_date <> CAST(from_utc_timestamp(scheduled_departure_at - INTERVAL 1 HOUR, 'America/New_York') AS DATE)")
            .takeAsList(1);
    assertThat(astray).isEmpty();
    assertThat(flights().where(col("flight_date").equalTo(LocalDate.parse("2013-11-03"))).count())
        .isEqualTo(902);
  }

  private static Dataset<Row> flights() {
    JobContext context = TestRooms.context(lake);
    return context.lake().read(context.lake().require("raw.flights", "ingest"));
  }
}
