package org.millrace.jobs.tables;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;
import org.millrace.contracts.definition.FeatureViewDefinition;
import org.millrace.features.window.DailyPartials;
import org.millrace.features.window.EventWindows;
import org.millrace.features.window.WindowAggregates;

/**
 * Has Spark read the conditions of a view's aggregates, which are SQL, before any room begins.
 * Driver only; runs no Spark job.
 */
public final class WindowConditions {
  private static final String AS_OF = "as_of";

  private WindowConditions() {}

  /** Throws DEFINITION where a condition cannot be read or is not BOOLEAN. */
  public static void check(SparkSession spark, FeatureViewDefinition view) {
    if (!view.isWindowed()) {
      return;
    }

    StructType schema =
        new StructType()
            .add(FeatureTableColumns.EVENT_TIMESTAMP, "timestamp")
            .add(FeatureTableColumns.KNOWN_AT, "timestamp");
    List<Column> asked = new ArrayList<>();
    for (var key : view.keys().entrySet()) {
      schema = schema.add(key.getKey(), DataType.fromDDL(key.getValue()));
      asked.add(functions.col(key.getKey()));
    }
    for (var column : view.features().entrySet()) {
      schema = schema.add(column.getKey(), DataType.fromDDL(column.getValue().type()));
    }

    Dataset<Row> events = spark.createDataFrame(List.of(), schema);
    asked.add(functions.col(FeatureTableColumns.EVENT_TIMESTAMP).as(AS_OF));
    EventWindows windows = EventWindows.of(view, events);
    WindowAggregates.spine(events.select(asked.toArray(Column[]::new)), AS_OF)
        .over(windows)
        .apply();
    if (view.isKeptDaily()) {
      // refuses names that it has no room for, and more columns than can be read beside the events
      Dataset<Row> kept = DailyPartials.compute(windows, ZoneOffset.UTC);
      Instant to = Instant.EPOCH.plus(Duration.ofDays(1));
      WindowAggregates.spine(events.select(asked.toArray(Column[]::new)), AS_OF)
          .over(windows.with(new DailyPartials(kept, ZoneOffset.UTC, Instant.EPOCH, to)))
          .apply();
    }
  }
}
