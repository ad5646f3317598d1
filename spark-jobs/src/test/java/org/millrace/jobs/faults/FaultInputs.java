package org.millrace.jobs.faults;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.millrace.contracts.DayRange;
import org.millrace.features.testing.TestSpark;

/** Five days of 40 events and 20 questions each. */
final class FaultInputs {
  /** The days. */
  static final DayRange DAYS =
      new DayRange(LocalDate.parse("2013-01-01"), LocalDate.parse("2013-01-05"));

  private static final StructType EVENTS =
      StructType.fromDDL(
          "k STRING, event_timestamp TIMESTAMP, known_at TIMESTAMP, x DOUBLE, day DATE");
  private static final StructType ASKED =
      StructType.fromDDL("id INT, k STRING, as_of TIMESTAMP, day DATE, y INT, t TIMESTAMP");

  private FaultInputs() {}

  /** Writes both inputs below a directory. */
  static void write(Path directory) {
    SplittableRandom random = new SplittableRandom(3);
    List<Row> events = new ArrayList<>();
    List<Row> asked = new ArrayList<>();
    for (LocalDate day : DAYS.days()) {
      Instant start = day.atStartOfDay(ZoneOffset.UTC).toInstant();
      for (int i = 0; i < 40; i++) {
        Instant at = start.plus(Duration.ofMinutes(30L * i + random.nextInt(20)));
        events.add(
            RowFactory.create("k" + i % 4, at, at.plusSeconds(60), random.nextDouble(), day));
      }
      for (int i = 0; i < 20; i++) {
        Instant asOf = start.plus(Duration.ofMinutes(random.nextInt(24 * 60)));
        int label = random.nextInt(2);
        Instant known = asOf.plus(Duration.ofHours(20));
        asked.add(
            RowFactory.create(asked.size(), "k" + random.nextInt(4), asOf, day, label, known));
      }
    }

    write(TestSpark.session().createDataFrame(events, EVENTS), directory.resolve("events"));
    write(TestSpark.session().createDataFrame(asked, ASKED), directory.resolve("asked"));
  }

  private static void write(Dataset<Row> rows, Path directory) {
    rows.coalesce(1).write().parquet(directory.toString());
  }
}
