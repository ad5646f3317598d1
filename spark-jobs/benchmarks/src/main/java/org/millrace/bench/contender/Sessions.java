package org.millrace.bench.contender;

import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;

/** The Spark that all JVM contenders run on: one process, on the loopback address alone. */
public final class Sessions {
  private Sessions() {}

  /**
   * Starts a session.
   *
   * @param master such as {@code local[2]}
   * @param scratch for what Spark writes
   */
  public static SparkSession start(String master, Path scratch) {
    SparkSession spark =
        SparkSession.builder()
            .master(master)
            .appName("bench")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.local.dir", scratch.resolve("spark").toString())
            .config("spark.sql.warehouse.dir", scratch.resolve("warehouse").toString())
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
            .config(
                "spark.sql.catalog.spark_catalog",
                "org.apache.spark.sql.delta.catalog.DeltaCatalog")
            .config("spark.databricks.delta.snapshotPartitions", "2")
            .getOrCreate();
    spark.sparkContext().setLogLevel("WARN");
    return spark;
  }
}
