package org.millrace.bench.contender;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.features.window.Aggregate;
import org.millrace.features.window.EventWindows;
import org.millrace.features.window.WindowAggregates;

/**
 * Twelve windowed aggregates as of each row of a spine, four in each of three windows. In Spark SQL
 * a join on key and range of time, grouped by spine row.
 */
final class WindowsWork extends SpineWork {
  /** The product's kind of work. */
  static final String OURS = "millrace-windows";

  private static final List<Integer> DAYS = List.of(1, 7, 30);
  private static final List<String> NAMES = List.of("count", "sum", "avg", "max");

  WindowsWork(AsOfTask task) {
    super(task);
    spine.createOrReplaceTempView("spine");
    views.get(0).createOrReplaceTempView("events");
  }

  @Override
  Enriched enrich() {
    if (!task.kind().equals(OURS)) {
      return new Enriched(rangeJoin(), () -> {});
    }

    WindowAggregates.Result result = ours();
    return new Enriched(result.rows(), () -> result.counts().requireConserved());
  }

  private WindowAggregates.Result ours() {
    EventWindows.Builder view =
        EventWindows.of("e", views.get(0)).keys(task.key()).time("event_timestamp");
    for (int days : DAYS) {
      view.window(
          Duration.ofDays(days),
          Aggregate.count().as("count"),
          Aggregate.sum("v0_0").as("sum"),
          Aggregate.avg("v0_1").as("avg"),
          Aggregate.max("v0_2").as("max"));
    }

    return WindowAggregates.spine(spine, "as_of").over(view.build()).aggregate();
  }

  private Dataset<Row> rangeJoin() {
    List<String> columns = new ArrayList<>();
    for (int days : DAYS) {
      String young = " FILTER (WHERE event_timestamp > as_of - INTERVAL %d DAYS)".formatted(days);
      columns.add("count(event_timestamp)" + young + " AS e__count_" + days + "d");
      columns.add("sum(v0_0)" + young + " AS e__sum_" + days + "d");
      columns.add("avg(v0_1)" + young + " AS e__avg_" + days + "d");
      columns.add("max(v0_2)" + young + " AS e__max_" + days + "d");
    }

    int longest = DAYS.get(DAYS.size() - 1);
    return spark.sql(
        "SELECT id, first(s.%1$s) AS %1$s, first(as_of) AS as_of, %2$s FROM spine s LEFT JOIN events e"
                .formatted(task.key(), String.join(", ", columns))
            + " ON s.%1$s = e.%1$s AND event_timestamp <= as_of".formatted(task.key())
            + " AND event_timestamp > as_of - INTERVAL %d DAYS GROUP BY id".formatted(longest));
  }

  @Override
  Column score(Dataset<Row> rows) {
    return weighted(DAYS, NAMES);
  }
}
