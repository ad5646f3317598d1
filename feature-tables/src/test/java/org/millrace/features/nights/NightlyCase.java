package org.millrace.features.nights;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.from_utc_timestamp;
import static org.apache.spark.sql.functions.lit;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.millrace.contracts.DayRange;
import org.millrace.features.lake.DefinitionSql;
import org.millrace.features.lake.Lake;
import org.millrace.features.testing.TestSpark;

/**
 * Sources of some days around a clock change, and the answer that one night after the other gives,
 * without anything of this package.
 */
final class NightlyCase {
  private static final StructType EVENTS =
      StructType.fromDDL("id INT, k STRING, at TIMESTAMP, n INT, tags ARRAY<INT>, day DATE");
  private static final StructType MARKS =
      StructType.fromDDL("k STRING, at TIMESTAMP, w INT, day DATE");

  /** Queries of a few rows: generated code would take longer to compile than to save. */
  private static final SparkSession SPARK = interpreted();

  private final Lake lake;
  private final ZoneId zone;
  private final DayRange days;
  private final Dataset<Row> events;
  private final Dataset<Row> marks;
  private final Dataset<Row> names;

  /**
   * Makes the sources.
   *
   * @param delayMinutes how long after its arrival an event is known, at most
   */
  NightlyCase(String zone, String first, int dayCount, int delayMinutes) {
    this.zone = ZoneId.of(zone);
    lake = new Lake(SPARK, "unused", this.zone);
    LocalDate from = LocalDate.parse(first);
    days = new DayRange(from, from.plusDays(dayCount - 1));
    SplittableRandom random = new SplittableRandom(first.hashCode());
    List<Row> eventRows = new ArrayList<>();
    List<Row> markRows = new ArrayList<>();
    for (LocalDate day : days.startingEarlier(6).days()) {
      Instant start = lake.startOf(day);
      for (int i = 0; i < 6 && !start.equals(lake.startOf(day.plusDays(1))); i++) {
        int minute = random.nextInt(22 * 60);
        Instant at = start.plus(Duration.ofMinutes(minute + random.nextInt(delayMinutes)));
        String key = "k" + random.nextInt(3);
        List<Integer> tags = List.of(random.nextInt(3), random.nextInt(3));
        int id = eventRows.size();
        eventRows.add(RowFactory.create(id, key, at, random.nextInt(9), tags, day));
        markRows.add(
            RowFactory.create(
                "k" + random.nextInt(3), start.plusSeconds(minute * 60L), random.nextInt(4), day));
      }
    }

    events = SPARK.createDataFrame(eventRows, EVENTS);
    marks = SPARK.createDataFrame(markRows, MARKS);
    // read from a file, as tables are: a query may have no rows that its analysis could make
    names = SPARK.sql("SELECT explode(array('k0', 'k1', 'k9')) AS k");
  }

  DayRange days() {
    return days;
  }

  NightlyRows nightly(String sql, int lookBackDays, DayRange nights) {
    Map<String, NightlySql.Input> inputs =
        Map.of(
            "events", new NightlySql.Input(events, Optional.of("day")),
            "marks", new NightlySql.Input(marks, Optional.of("day")),
            "names", new NightlySql.Input(names, Optional.empty()));
    return new NightlySql(lake, "the case", sql, inputs, lookBackDays).rows(nights, day());
  }

  /** The rows that each night keeps, as text, in order. */
  List<String> nightAfterNight(String sql, int lookBackDays, DayRange nights) {
    Dataset<Row> rows =
        nights.days().stream()
            .map(night -> night(sql, lookBackDays, night))
            .reduce(Dataset::union)
            .orElseThrow();
    return texts(rows);
  }

  private Dataset<Row> night(String sql, int lookBackDays, LocalDate night) {
    String read = Lake.inDays("day", DayRange.of(night).startingEarlier(lookBackDays));
    Map<String, Dataset<Row>> inputs =
        Map.of("events", events.where(read), "marks", marks.where(read), "names", names);
    return new DefinitionSql(lake)
        .rows("the case", sql, inputs, DayRange.of(night))
        .withColumn(NightlyRows.DAY, day())
        .where(col(NightlyRows.DAY).equalTo(lit(night)));
  }

  static List<String> texts(Dataset<Row> rows) {
    return rows.collectAsList().stream().map(Row::toString).sorted().toList();
  }

  private static SparkSession interpreted() {
    SparkSession session = TestSpark.session().newSession();
    session.conf().set("spark.sql.codegen.wholeStage", "false");
    session.conf().set("spark.sql.codegen.factoryMode", "NO_CODEGEN");
    session.conf().set("spark.sql.shuffle.partitions", "1");
    session.conf().set("spark.sql.adaptive.enabled", "false");
    return session;
  }

  private Column day() {
    return from_utc_timestamp(col("known_at"), zone.getId()).cast("date");
  }
}
