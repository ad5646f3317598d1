package org.millrace.jobs.files;

import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.files.AsOfRequest;
import org.millrace.contracts.files.ScoreFileRequest;

/** The jobs on files, by their verbs. Driver only. */
public final class FileJobs {
  private FileJobs() {}

  /** True where nothing is a table's name, so that no metastore is needed. */
  public static boolean areAllPaths(List<String> inputs) {
    return inputs.stream().allMatch(InputTable::isPath);
  }

  /** {@code millrace asof}. */
  public static JobResult joinAsOf(SparkSession spark, AsOfRequest request) {
    return new JoinAsOf(spark, request).join();
  }

  /** {@code millrace score-file}. */
  public static JobResult score(SparkSession spark, ScoreFileRequest request) {
    return new ScoreFile(spark, request).score();
  }
}
