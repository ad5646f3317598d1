package org.millrace.features.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import org.apache.spark.sql.SparkSession;
import org.millrace.features.spark.SparkSettings;

/** The one Spark session of a test JVM: {@code local[2]}, no UI, loopback, UTC. */
public final class TestSpark {
  private static final SparkSession SESSION = start();

  private TestSpark() {}

  /** The shared session; tests must not stop it. */
  public static SparkSession session() {
    return SESSION;
  }

  private static SparkSession start() {
    SparkSession.Builder builder =
        SparkSession.builder()
            .master("local[2]")
            .appName("tests")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.sql.shuffle.partitions", "2")
            // each test has lakes of its own: a session that remembers all of them fills the heap
            .config("spark.databricks.delta.delta.log.cacheSize", "64")
            .config("spark.sql.ui.retainedExecutions", "50")
            .config("spark.ui.retainedJobs", "100")
            .config("spark.ui.retainedStages", "100")
            .config("spark.ui.retainedTasks", "1000")
            // tables under lossy:// lie in files, and a test can lose the answers to their commits
            .config("spark.hadoop.fs.lossy.impl", "org.millrace.features.lake.LossyFileSystem")
            .config("spark.delta.logStore.lossy.impl", "org.millrace.features.lake.LossyLogStore");
    SparkSettings.of(warehouse()).forEach(builder::config);
    SparkSession session = builder.getOrCreate();
    session.sparkContext().setLogLevel("ERROR");
    return session;
  }

  private static String warehouse() {
    try {
      return Files.createTempDirectory("millrace-warehouse").toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
