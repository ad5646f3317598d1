package org.millrace.jobs.materialize;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToIntFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.definition.Definitions;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.features.sql.CanonicalSql;
import org.millrace.features.testing.TestSpark;
import org.millrace.jobs.testing.TestRooms;

/** A source whose rows become known some time after the day on which they arrive. */
final class LateEvents {
  /** The days that are asked for: New York puts its clock forward on the second. */
  static final DayRange DAYS =
      new DayRange(LocalDate.parse("2013-03-09"), LocalDate.parse("2013-03-12"));

  private static final ZoneId ZONE = ZoneId.of("America/New_York");
  private static final StructType SCHEMA =
      StructType.fromDDL("id INT, k STRING, at TIMESTAMP, known TIMESTAMP, n INT, day DATE");

  private final Path home;

  LateEvents(Path home) {
    this.home = home;
    write("millrace.yaml", "lake: lake\nday-zone: America/New_York\n");
    write(
        "sources/events.yaml",
        """
        table: raw.events
        description: D
        inputs: {events: events}
        sql: SELECT * FROM events
        day: day
        empty-days: allow
        """);
    write("validation/v.dqdl", "Rules = [ColumnExists \"n\"]\n");
  }

  /** A view with the feature {@code n}. */
  LateEvents view(String name, int lookBackDays, String sql) {
    write(
        "features/" + name + ".yaml",
        """
        view: %s
        description: V
        entity: {name: e, keys: {k: string}}
        reads: [raw.events]
        look-back-days: %d
        sql: "%s"
        tie: n
        features:
          n: {type: bigint, description: N}
        validation: v.dqdl
        empty-days: allow
        """
            .formatted(name, lookBackDays, sql));
    return this;
  }

  /**
   * Forty events a day, a tenth of which are known at once, most within hours, some in two days.
   */
  LateEvents input() {
    return input(
        DAYS.startingEarlier(2).days(),
        random -> random.nextInt(10) * (random.nextInt(4) == 0 ? 290 : 20));
  }

  /**
   * Forty events a day.
   *
   * @param lateness minutes after an event at which it is known
   */
  LateEvents input(List<LocalDate> days, ToIntFunction<SplittableRandom> lateness) {
    SplittableRandom random = new SplittableRandom(5);
    List<Row> rows = new ArrayList<>();
    for (LocalDate day : days) {
      Instant start = day.atStartOfDay(ZONE).toInstant();
      for (int i = 0; i < 40; i++) {
        Instant at = start.plus(Duration.ofMinutes(random.nextInt(22 * 60)));
        Instant known = at.plusSeconds(60L * lateness.applyAsInt(random));
        rows.add(row(rows.size(), "k" + random.nextInt(3), at, known, day));
      }
    }

    return input(rows);
  }

  /** One event without times. */
  LateEvents inputWithoutTimes() {
    return input(List.of(row(0, "k", null, null, DAYS.from())));
  }

  private static Row row(
      int id, String key, @Nullable Instant at, @Nullable Instant known, LocalDate day) {
    return RowFactory.create(id, key, at, known, id, day);
  }

  private LateEvents input(List<Row> rows) {
    TestSpark.session()
        .createDataFrame(rows, SCHEMA)
        .coalesce(1)
        .write()
        .parquet(home.resolve("events").toString());
    return this;
  }

  Pipeline pipeline() {
    return TestRooms.upToViews(Definitions.load(home.resolve("conf"), home, new CanonicalSql()));
  }

  /** Writes a file of {@code conf/} anew. */
  void write(String file, String yaml) {
    try {
      Path path = home.resolve("conf").resolve(file);
      Files.createDirectories(path.getParent());
      Files.writeString(path, yaml);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
