package org.millrace.features.spark;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.features.lake.FileLogStore;

/**
 * Settings without which our tables are not read or written rightly: Delta's catalog, UTC,
 * small-lake defaults. Driver only.
 */
public final class SparkSettings {
  private static final String SHUFFLE_PARTITIONS = "spark.sql.shuffle.partitions";
  private static final String VERIFY_CHECKSUMS =
      "spark.hadoop.parquet.page.verify-checksum.enabled";
  private static final String KILL_ON_FATAL_ERROR = "spark.executor.killOnFatalError.depth";

  /** What tables and their rows depend on: with other values they would be others. */
  private static final Set<String> KEPT =
      Set.of(
          "spark.sql.extensions",
          "spark.sql.catalog.spark_catalog",
          "spark.delta.logStore.file.impl",
          "spark.sql.warehouse.dir",
          "spark.sql.session.timeZone",
          "spark.sql.datetime.java8API.enabled",
          "spark.sql.parquet.outputTimestampType",
          VERIFY_CHECKSUMS,
          "spark.databricks.delta.setTransactionsInCrc.maxAllowed",
          "spark.databricks.delta.replaceWhere.constraintCheck.enabled",
          "spark.databricks.delta.optimizeMetadataQuery.enabled");

  /** Spark's defaults, which a site may have changed: SQL means the same everywhere. */
  private static final Map<String, String> MEANING =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("spark.sql.ansi.enabled", "false"),
              Map.entry("spark.sql.caseSensitive", "false"),
              Map.entry("spark.sql.decimalOperations.allowPrecisionLoss", "true"),
              Map.entry("spark.sql.mapKeyDedupPolicy", "EXCEPTION"),
              Map.entry("spark.sql.files.ignoreCorruptFiles", "false"),
              Map.entry("spark.sql.files.ignoreMissingFiles", "false"),
              Map.entry("spark.sql.timestampType", "TIMESTAMP_LTZ"),
              Map.entry("spark.sql.parquet.binaryAsString", "false"),
              Map.entry("spark.sql.parquet.inferTimestampNTZ.enabled", "true"),
              // as written, in the proleptic calendar: old Sparks mark their files, and those are
              // rebased
              Map.entry("spark.sql.parquet.datetimeRebaseModeInRead", "CORRECTED"),
              Map.entry("spark.sql.parquet.datetimeRebaseModeInWrite", "CORRECTED"),
              Map.entry("spark.sql.parquet.int96RebaseModeInRead", "CORRECTED"),
              Map.entry("spark.sql.parquet.int96RebaseModeInWrite", "CORRECTED"),
              Map.entry("spark.sql.avro.datetimeRebaseModeInRead", "CORRECTED"),
              Map.entry("spark.sql.parser.escapedStringLiterals", "false"),
              Map.entry("spark.sql.parser.quotedRegexColumnNames", "false"),
              Map.entry("spark.sql.orderByOrdinal", "true"),
              Map.entry("spark.sql.groupByOrdinal", "true")));

  /** What SQL meant in earlier releases of Spark: no definition says that it is asked so. */
  private static final String OF_EARLIER_SPARKS = "spark.sql.legacy.";

  private SparkSettings() {}

  /**
   * Fails if settings of the definitions would change what is in tables, or how commits are kept
   * apart.
   *
   * @throws MillraceException of category DEFINITION that names all such keys
   */
  public static void requireFree(Map<String, String> ofDefinitions) {
    requireNone(
        ofDefinitions.keySet().stream()
            .filter(
                key ->
                    KEPT.contains(key)
                        || MEANING.containsKey(key)
                        || key.startsWith(OF_EARLIER_SPARKS)),
        "'spark:' of millrace.yaml");
  }

  /**
   * Fails if a submission has settings that would change what SQL means; those that Millrace gives
   * a value have that one in place of the submission's.
   *
   * @throws MillraceException of category DEFINITION that names all such keys
   */
  public static void requireFree(SparkConf submitted) {
    requireNone(
        Arrays.stream(submitted.getAll())
            .map(setting -> setting._1())
            .filter(key -> key.startsWith(OF_EARLIER_SPARKS)),
        "the settings of this submission (spark-defaults.conf, --conf)");
  }

  private static void requireNone(Stream<String> keys, String origin) {
    List<String> kept = keys.sorted().toList();
    if (!kept.isEmpty()) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot use %s: the rows of tables depend on %s, and no table records how it was set; remove it there"
              .formatted(origin, String.join(", ", kept)));
    }
  }

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
    // Delta's own store for files keeps two commits apart inside one JVM only
    settings.put("spark.delta.logStore.file.impl", FileLogStore.class.getName());
    settings.put("spark.sql.warehouse.dir", warehouse);
    settings.put("spark.sql.session.timeZone", "UTC");
    settings.put("spark.sql.datetime.java8API.enabled", "true");
    settings.putAll(MEANING);
    // INT96, Spark's default, has no statistics by which files' parts could be left out
    settings.put("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS");
    // 50 by default: a state of many empty partitions costs a small lake half of each commit
    settings.put("spark.databricks.delta.snapshotPartitions", "2");
    // 100 by default: the fencing numbers of a year are read from the newest commit's checksum file
    settings.put("spark.databricks.delta.setTransactionsInCrc.maxAllowed", "10000");
    // true by default: on a machine outside UTC each commit then reads the table's whole state anew
    settings.put(
        "spark.databricks.delta.allFilesInCrc.verificationMode.forceOnNonUTC.enabled", "false");
    settings.put("spark.databricks.delta.replaceWhere.constraintCheck.enabled", "true");
    // answers max(date) from the log with java.sql.Date, which the java.time API above cannot cast
    settings.put("spark.databricks.delta.optimizeMetadataQuery.enabled", "false");
    // false by default: a bit that a disk turned would be another value
    settings.put(VERIFY_CHECKSUMS, "true");
    // no type of Spark holds them: the reader of inputs makes microseconds of them
    settings.put("spark.sql.legacy.parquet.nanosAsLong", "true");
    // 32 by default: files that are named one by one are then listed by a Spark job
    settings.put("spark.sql.sources.parallelPartitionDiscovery.threshold", "100000");
    settings.put("spark.ui.showConsoleProgress", "false");
    return settings;
  }

  /**
   * More settings of a session whose tasks run in the driver's own JVM: two shuffle partitions a
   * core in place of 200, most of which would be empty tasks; and a task that runs out of memory
   * fails instead of ending the JVM, so that the run can report it. Empty on a cluster; what the
   * submission sets is left out.
   *
   * @param submitted what {@code spark-submit} was given
   * @param cores of this machine
   */
  public static Map<String, String> ofLocalMode(SparkConf submitted, int cores) {
    String master = submitted.get("spark.master", "");
    if (!master.equals("local") && !master.startsWith("local[")) {
      return Map.of();
    }

    Map<String, String> settings = new LinkedHashMap<>();
    settings.put(SHUFFLE_PARTITIONS, Integer.toString(2 * cores));
    settings.put(KILL_ON_FATAL_ERROR, "0");
    settings.keySet().removeIf(submitted::contains);
    return settings;
  }
}
