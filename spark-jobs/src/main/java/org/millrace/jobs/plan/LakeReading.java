package org.millrace.jobs.plan;

import java.nio.file.Path;
import java.time.ZoneId;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
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

  /**
   * Opens a lake.
   *
   * @param dayZone of the definitions
   * @param settings of Spark, of which Hadoop's are used
   * @throws org.millrace.contracts.MillraceException of category EXTERNAL if it cannot be read,
   *     DEFINITION if its days are those of another zone
   */
  public static LakeReading open(String lake, ZoneId dayZone, Map<String, String> settings) {
    Configuration configuration = new Configuration();
    settings.forEach(
        (key, value) -> {
          if (key.startsWith(HADOOP)) {
            configuration.set(key.substring(HADOOP.length()), value);
          }
        });
    LakeLogs logs = new LakeLogs(lake, LogStorage.of(configuration));
    return new LakeReading(
        logs, LedgerIndex.open(logs, dayZone), new KnownSourceDays(Path.of(lake)));
  }
}
