package org.millrace.features.spark;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.SparkConf;

/**
 * Settings without which our tables are not read or written rightly: Delta's catalog, UTC,
 * small-lake defaults. Driver only.
 */
public final class SparkSettings {
  private static final String SHUFFLE_PARTITIONS = "spark.sql.shuffle.partitions";

  private SparkSettings() {}

  /**
   * Settings of every session.
   *
   * @param warehouse directory or URI of the warehouse
   * @return keys and values, in order
   */
  public static Map<String, String> of(String warehouse) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension");
    settings.put(
        "spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog");
    settings.put("spark.sql.warehouse.dir", warehouse);
    settings.put("spark.sql.session.timeZone", "UTC");
    settings.put("spark.sql.datetime.java8API.enabled", "true");
    // INT96, Spark's default, has no statistics by which files' parts could be left out
    settings.put("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS");
    // 50 by default: a state of many empty partitions costs a small lake half of each commit
    settings.put("spark.databricks.delta.snapshotPartitions", "2");
    settings.put("spark.databricks.delta.replaceWhere.constraintCheck.enabled", "true");
    // answers max(date) from the log with java.sql.Date, which the java.time API above cannot cast
    settings.put("spark.databricks.delta.optimizeMetadataQuery.enabled", "false");
    settings.put("spark.ui.showConsoleProgress", "false");
    return settings;
  }

  /**
   * Further settings of a session whose tasks run in the driver's own JVM: two shuffle partitions a
   * core in place of 200, most of which would be empty tasks. Empty on a cluster, and where the
   * submission says otherwise.
   *
   * @param submitted what {@code spark-submit} was told
   * @param cores of this machine
   */
  public static Map<String, String> ofLocalMode(SparkConf submitted, int cores) {
    String master = submitted.get("spark.master", "");
    boolean isLocal = master.equals("local") || master.startsWith("local[");
    return !isLocal || submitted.contains(SHUFFLE_PARTITIONS)
        ? Map.of()
        : Map.of(SHUFFLE_PARTITIONS, Integer.toString(2 * cores));
  }
}
