package org.millrace.features.lake;

import static org.apache.spark.sql.functions.expr;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.types.DataTypes;

/**
 * Rows whose write stops in its middle: it makes the file {@code paused} and waits for {@code go}.
 */
final class Pause {
  private Pause() {}

  static Dataset<Row> rows(SparkSession spark, Dataset<Row> rows, Path folder) {
    UDF2<Long, String, Long> pause =
        (number, where) -> {
          Path paused = Path.of(where, "paused");
          if (!Files.exists(paused)) {
            Files.createFile(paused);
          }

          OtherJvm.await(Path.of(where, "go"));
          return number;
        };
    spark.udf().register("pause", pause, DataTypes.LongType);
    return rows.withColumn("number", expr("pause(number, '" + folder + "')"));
  }

  static void awaitPaused(Path folder) throws InterruptedException {
    OtherJvm.await(folder.resolve("paused"));
  }

  static void release(Path folder) throws IOException {
    Files.createFile(folder.resolve("go"));
  }
}
