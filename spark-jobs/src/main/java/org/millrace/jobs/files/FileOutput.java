package org.millrace.jobs.files;

import java.io.IOException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.files.OutputRequest;

/**
 * Rows that become visible at once or not at all: they are written beside the output first, and
 * take its place when the job has checked them. What a killed job leaves is overwritten by the next
 * one. Driver only.
 */
final class FileOutput {
  private final SparkSession spark;
  private final OutputRequest request;
  private final Path target;
  private final Path unfinished;
  private final FileSystem files;

  /**
   * Looks at the place.
   *
   * @throws MillraceException DEFINITION where something is there and is not to be overwritten
   */
  FileOutput(SparkSession spark, OutputRequest request) {
    this.spark = spark;
    this.request = request;
    this.target = new Path(request.path());
    this.unfinished = new Path(target.getParent(), "." + target.getName() + ".unfinished");
    try {
      this.files = target.getFileSystem(spark.sessionState().newHadoopConf());
      if (files.exists(target) && !request.overwrite()) {
        throw new MillraceException(
            ErrorCategory.DEFINITION,
            "Cannot write "
                + request.path()
                + ": it is there already; give another path, or --overwrite");
      }
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** Writes the rows beside the output. */
  void stage(Dataset<Row> rows) {
    rows.write().mode("overwrite").parquet(unfinished.toString());
  }

  /** Makes the staged rows the output. */
  void publish() {
    try {
      if (request.format() == OutputRequest.Format.DELTA) {
        spark
            .read()
            .parquet(unfinished.toString())
            .write()
            .format("delta")
            .mode("overwrite")
            .option("overwriteSchema", "true")
            .save(request.path());
        files.delete(unfinished, true);
        return;
      }

      files.delete(target, true);
      if (!files.rename(unfinished, target)) {
        throw new MillraceException(
            ErrorCategory.EXTERNAL,
            "Cannot move " + unfinished + " to " + target + "; the rows are whole in the first");
      }
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private MillraceException failed(IOException e) {
    return new MillraceException(
        ErrorCategory.EXTERNAL, "Cannot write " + request.path() + ": " + e, e);
  }
}
