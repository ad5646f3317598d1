package org.millrace.bench.input;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;
import org.millrace.bench.contender.Sessions;

/** Makes tables of an as-of benchmark, in a process of its own. */
public final class MakeAsOfInputs {
  private MakeAsOfInputs() {}

  /** Arguments: folder of the inputs, shape, rows of the spine, number of views. */
  public static void main(String[] arguments) throws IOException {
    Path inputs = Path.of(arguments[0]);
    AsOfData data =
        new AsOfData(AsOfData.Shape.valueOf(arguments[1]), Long.parseLong(arguments[2]));
    SparkSession spark = Sessions.start("local[*]", inputs.resolve("scratch"));
    spark.conf().set("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS");
    try {
      for (int view = -1; view < Integer.parseInt(arguments[3]); view++) {
        Path folder = data.folder(inputs, view);
        if (!Files.isDirectory(folder)) {
          Path partial = folder.resolveSibling("partial-" + AsOfData.name(view));
          data.table(spark, view)
              .write()
              .format(data.shape().format())
              .mode("overwrite")
              .save(partial.toString());
          Files.move(partial, folder);
        }
      }
    } finally {
      spark.stop();
    }
  }
}
