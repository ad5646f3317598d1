package org.millrace.jobs.score.onnx;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.execution.metric.SQLMetric;
import org.apache.spark.sql.execution.metric.SQLMetrics;
import scala.Tuple2;

/**
 * What the operator shows in Spark's UI. Made on the driver; tasks add to it. Unlike {@link
 * ScoringCounts} it also counts what failed and repeated attempts did.
 */
final class ScoringMetrics implements Serializable {
  private static final long serialVersionUID = 1L;

  private final SQLMetric rows;
  private final SQLMetric batches;
  private final SQLMetric running;
  private final SQLMetric filling;
  private final SQLMetric sessions;
  private final SQLMetric missing;

  ScoringMetrics(SparkContext spark) {
    this.rows = SQLMetrics.createMetric(spark, "number of output rows");
    this.batches = SQLMetrics.createMetric(spark, "batches scored");
    this.running = SQLMetrics.createNanoTimingMetric(spark, "time in the model", -1);
    this.filling = SQLMetrics.createNanoTimingMetric(spark, "time filling inputs", -1);
    this.sessions = SQLMetrics.createMetric(spark, "sessions opened");
    this.missing = SQLMetrics.createMetric(spark, "null inputs");
  }

  /** By the names that Spark's plans use. */
  scala.collection.immutable.Map<String, SQLMetric> byName() {
    Map<String, SQLMetric> named = new LinkedHashMap<>();
    named.put("numOutputRows", rows);
    named.put("batches", batches);
    named.put("modelTime", running);
    named.put("fillTime", filling);
    named.put("sessions", sessions);
    named.put("nullInputs", missing);
    scala.collection.immutable.Map<String, SQLMetric> metrics =
        scala.collection.immutable.Map$.MODULE$.empty();
    for (Map.Entry<String, SQLMetric> metric : named.entrySet()) {
      metrics = metrics.$plus(new Tuple2<>(metric.getKey(), metric.getValue()));
    }

    return metrics;
  }

  void opened() {
    sessions.add(1);
  }

  void scored(int count, ScoringTimes times) {
    rows.add(count);
    batches.add(1);
    running.add(times.takeRunning());
    filling.add(times.takeFilling());
  }

  void missed(long count) {
    missing.add(count);
  }
}
