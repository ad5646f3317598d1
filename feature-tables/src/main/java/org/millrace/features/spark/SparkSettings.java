package org.millrace.features.spark;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Settings without which our tables are not read or written rightly: Delta's catalog, UTC,
 * small-lake defaults. Driver only.
 */
public final class SparkSettings {
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
    // 50 by default: a state of many empty partitions costs a small lake half of each commit
    settings.put("spark.databricks.delta.snapshotPartitions", "2");
    settings.put("spark.databricks.delta.replaceWhere.constraintCheck.enabled", "true");
    settings.put("spark.ui.showConsoleProgress", "false");
    return settings;
  }
}
