package org.millrace.features.lake;

import java.io.IOException;
import java.util.Iterator;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/**
 * How the files of Delta logs are listed and read: as Delta does in a session, or from the file
 * system in a program that has none.
 *
 * <p>Placement: driver only, or a program without Spark. Thread-safe.
 */
public interface LogStorage {
  /** By Delta's log store: some stores keep the newest commits elsewhere than a listing shows. */
  static LogStorage of(SparkSession spark) {
    return new DeltaLogStorage(spark);
  }

  /**
   * By plain listings. They are what the log is on local disks, HDFS and object stores; a table
   * whose commits go through another service may have one commit more than is seen.
   */
  static LogStorage of(Configuration configuration) {
    return new PlainLogStorage(configuration);
  }

  /** What file systems are opened with. */
  Configuration configuration();

  /** The files of a directory from a name on, in the order of their names. */
  Iterator<FileStatus> listFrom(Path first) throws IOException;

  /** The lines of a file; to be closed. */
  Stream<String> lines(Path file) throws IOException;
}
