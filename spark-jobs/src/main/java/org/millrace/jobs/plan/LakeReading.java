package org.millrace.jobs.plan;

import java.io.IOException;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.millrace.features.lake.LakeLogs;
import org.millrace.features.lake.LogStorage;
import org.millrace.features.ledger.LedgerIndex;
import org.millrace.features.source.KnownSourceDays;

/**
 * What a plan reads of a lake.
 *
 * @param logs of its tables
 * @param ledger the ledger, held against the tables when it is asked
 * @param sources what is known of the sources' files
 */
public record LakeReading(LakeLogs logs, LedgerIndex ledger, KnownSourceDays sources) {
  private static final String HADOOP = "spark.hadoop.";

  /** {@link #open(LakeLogs, ZoneId)} of a lake's {@link #logs}. */
  public static LakeReading open(String lake, ZoneId dayZone, Map<String, String> settings) {
    return open(logs(lake, settings), dayZone);
  }

  /**
   * Reads the ledger of a lake.
   *
   * @param dayZone of the definitions
   * @throws org.millrace.contracts.MillraceException of category EXTERNAL if it cannot be read,
   *     DEFINITION if its days are those of another zone
   */
  public static LakeReading open(LakeLogs logs, ZoneId dayZone) {
    return new LakeReading(
        logs, LedgerIndex.open(logs, dayZone), new KnownSourceDays(Path.of(logs.root())));
  }

  /**
   * Loads the classes that reading most lakes needs. A failure here is no error: opening the lake
   * meets it again and reports it.
   *
   * @return whether it could be done
   */
  public static boolean prepare() {
    try {
      return FileSystem.getLocal(new Configuration()).exists(new org.apache.hadoop.fs.Path("/"));
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * The logs of a lake's tables; nothing is read.
   *
   * @param settings of Spark, of which Hadoop's are used
   */
  public static LakeLogs logs(String lake, Map<String, String> settings) {
    Configuration configuration = new Configuration();
    settings.forEach(
        (key, value) -> {
          if (key.startsWith(HADOOP)) {
            configuration.set(key.substring(HADOOP.length()), value);
          }
        });
    return new LakeLogs(lake, LogStorage.of(configuration));
  }
}
