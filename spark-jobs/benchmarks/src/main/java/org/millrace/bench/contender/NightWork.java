package org.millrace.bench.contender;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.unix_micros;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.features.window.Aggregate;
import org.millrace.features.window.DailyPartials;
import org.millrace.features.window.EventWindows;
import org.millrace.features.window.WindowAggregates;

/**
 * Four aggregates in each of two long windows, as of each row of one day: of the events, or of
 * daily partial aggregates, which were kept before the clock starts.
 */
final class NightWork extends SpineWork {
  private static final String OF_EVENTS = "millrace-night-events";
  private static final String TIME = "event_timestamp";
  private static final int LONGEST = 90;
  private static final List<Integer> DAYS = List.of(30, LONGEST);
  private static final List<String> NAMES = List.of("count", "sum", "stddev", "max");

  private final EventWindows windows;

  NightWork(AsOfTask task) {
    super(task);
    Row asked = spine.agg(unix_micros(min("as_of")), unix_micros(max("as_of"))).head();
    Instant from = Instant.EPOCH.plus(asked.getLong(0), ChronoUnit.MICROS);
    Instant to = Instant.EPOCH.plus(asked.getLong(1) + 1, ChronoUnit.MICROS);
    // as the platform does: no more than the windows can see
    Dataset<Row> seen =
        views
            .get(0)
            .where(
                col(TIME).gt(lit(from.minus(Duration.ofDays(LONGEST)))).and(col(TIME).lt(lit(to))));
    windows =
        task.kind().equals(OF_EVENTS)
            ? windows(seen)
            : windows(seen).with(new DailyPartials(kept(seen), ZoneOffset.UTC, from, to));
  }

  private EventWindows windows(Dataset<Row> events) {
    EventWindows.Builder view = EventWindows.of("e", events).keys(task.key()).time(TIME);
    for (int days : DAYS) {
      view.window(
          Duration.ofDays(days),
          Aggregate.count().as("count"),
          Aggregate.sum("v0_0").as("sum"),
          Aggregate.stddev("v0_0").as("stddev"),
          Aggregate.max("v0_1").as("max"));
    }

    return view.build();
  }

  private Dataset<Row> kept(Dataset<Row> events) {
    String folder = Path.of(task.scratch()).resolve("daily").toString();
    DailyPartials.compute(windows(events), ZoneOffset.UTC)
        .repartition(task.cores(), col(DailyPartials.KNOWN_DATE))
        .write()
        .format(task.format())
        .mode("overwrite")
        .option("overwriteSchema", "true") // of another version's run
        .partitionBy(DailyPartials.KNOWN_DATE)
        .save(folder);
    return spark.read().format(task.format()).load(folder);
  }

  @Override
  Enriched enrich() {
    WindowAggregates.Result result =
        WindowAggregates.spine(spine, "as_of").over(windows).aggregate();
    return new Enriched(result.rows(), () -> result.counts().requireConserved());
  }

  @Override
  Column score(Dataset<Row> rows) {
    return weighted(DAYS, NAMES);
  }
}
