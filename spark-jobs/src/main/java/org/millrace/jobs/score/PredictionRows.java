package org.millrace.jobs.score;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.millrace.contracts.RunKey;
import org.millrace.jobs.tables.PredictionColumns;

/**
 * Puts beside each score, whose version is known, what explains it: model, run, fingerprint of its
 * day. Driver only; lazy.
 */
final class PredictionRows {
  private PredictionRows() {}

  static Dataset<Row> of(
      Dataset<Row> scored,
      String day,
      String model,
      RunKey runKey,
      Map<LocalDate, String> fingerprints,
      Instant scoredAt) {
    List<Column> pairs = new ArrayList<>();
    fingerprints.forEach(
        (date, fingerprint) -> {
          pairs.add(lit(date));
          pairs.add(lit(fingerprint));
        });
    Column byDay = functions.map(pairs.toArray(Column[]::new));
    return scored
        .withColumn(PredictionColumns.MODEL_NAME, lit(model))
        .withColumn(PredictionColumns.RUN_KEY, lit(runKey.toString()))
        .withColumn(PredictionColumns.FINGERPRINT, functions.element_at(byDay, col(day)))
        .withColumn(PredictionColumns.SCORED_AT, lit(scoredAt));
  }
}
