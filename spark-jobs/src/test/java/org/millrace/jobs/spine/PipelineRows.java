package org.millrace.jobs.spine;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.DayRange;
import org.millrace.features.testing.TestSpark;

/**
 * Rows of a {@link PipelineDirectory} over the day on which New York put its clocks forward. Events
 * come late, twice and out of order.
 */
public final class PipelineRows {
  /** Days that have events. */
  public static final DayRange DAYS =
      new DayRange(LocalDate.parse("2013-03-05"), LocalDate.parse("2013-03-13"));

  private static final ZoneId ZONE = ZoneId.of("America/New_York");
  private static final StructType EVENTS =
      StructType.fromDDL(
          "k STRING, event_timestamp TIMESTAMP, known_at TIMESTAMP, x DOUBLE, n INT, day DATE");
  private static final StructType ASKED =
      StructType.fromDDL("id INT, k STRING, as_of TIMESTAMP, day DATE, y INT, t TIMESTAMP");

  /** Ten minutes after midnight; 23.5 hours before, it was still the 9th, as the 10th had 23. */
  private static final Instant AFTER_THE_SHORT_DAY = Instant.parse("2013-03-11T04:10:00Z");

  private PipelineRows() {}

  /** Writes the inputs. */
  public static void write(PipelineDirectory pipeline, int eventCount) {
    pipeline.input("events", TestSpark.session().createDataFrame(events(eventCount), EVENTS));
    pipeline.input("asked", TestSpark.session().createDataFrame(asked(), ASKED));
  }

  /** 200 a day from the 9th to the 13th, and one of its own key. */
  private static List<Row> asked() {
    SplittableRandom random = new SplittableRandom(7);
    List<Row> rows = new ArrayList<>();
    rows.add(asked(0, "short day", AFTER_THE_SHORT_DAY));
    for (LocalDate day : DAYS.days().subList(4, 9)) {
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

  private static List<Row> events(int count) {
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
    Instant start = DAYS.from().atStartOfDay(ZONE).toInstant();
    for (int i = 0; i < count; i++) {
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
