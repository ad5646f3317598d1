package org.millrace.features.lake;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.DeltaHistoryManager;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.delta.actions.CommitInfo;
import scala.Option;

/**
 * A table's Delta log, read directly: the newest version and what a commit says of itself, without
 * the Spark job that {@code history()} costs each time. Driver only.
 */
public final class TableLog {
  private final SparkSession spark;
  private final DeltaLog log;

  private TableLog(SparkSession spark, DeltaLog log) {
    this.spark = spark;
    this.log = log;
  }

  /** The log of the Delta table at a path. */
  public static TableLog of(SparkSession spark, String path) {
    return new TableLog(spark, DeltaLog.forTable(spark, path));
  }

  /** The newest version, listed now; empty where there is no table. */
  public OptionalLong newest() {
    long version = log.update(false, Option.empty(), Option.empty()).version();
    return version < 0 ? OptionalLong.empty() : OptionalLong.of(version);
  }

  /** The newest version after {@code before} whose commit carries exactly this note. */
  OptionalLong find(String note, long before) {
    for (long version = newest().orElse(-1); version > before; version--) {
      if (userMetadata(version).filter(note::equals).isPresent()) {
        return OptionalLong.of(version);
      }
    }

    return OptionalLong.empty();
  }

  private Optional<String> userMetadata(long version) {
    Path commit = new Path(log.logPath(), String.format(Locale.ROOT, "%020d.json", version));
    Option<CommitInfo> info =
        DeltaHistoryManager.getCommitInfoOpt(
            log.store(), commit, spark.sessionState().newHadoopConf());
    return info.isEmpty() || info.get().userMetadata().isEmpty()
        ? Optional.empty()
        : Optional.of(info.get().userMetadata().get());
  }
}
