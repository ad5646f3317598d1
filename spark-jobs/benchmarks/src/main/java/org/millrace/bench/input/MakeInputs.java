package org.millrace.bench.input;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.randn;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.millrace.bench.contender.Sessions;

/**
 * Makes one model or one data set, in a process of its own: both need memory. Spark's {@code
 * randn(seed)} draws from the seed and the partition's number, and a partition is a file: the first
 * files are the same however many follow.
 */
public final class MakeInputs {
  private MakeInputs() {}

  /**
   * Arguments: folder of the inputs, then {@code model} and its name, or {@code data} and its
   * shape, width, rows of a file, check files and files.
   */
  public static void main(String[] arguments) throws IOException {
    Path inputs = Path.of(arguments[0]);
    if (arguments[1].equals("model")) {
      BenchModel.valueOf(arguments[2]).in(inputs);
      return;
    }

    DataSet data =
        new DataSet(
            DataSet.Shape.valueOf(arguments[2]),
            Integer.parseInt(arguments[3]),
            Integer.parseInt(arguments[4]),
            Integer.parseInt(arguments[5]));
    SparkSession spark = Sessions.start("local[*]", inputs.resolve("scratch"));
    try {
      make(spark, inputs, data, Integer.parseInt(arguments[6]));
    } finally {
      spark.stop();
    }
  }

  /** Files that were made before are made again: more of them are wanted. */
  private static void make(SparkSession spark, Path inputs, DataSet data, int files)
      throws IOException {
    spark
        .range(0, data.rows(files), 1, files)
        .select(columns(data))
        .write()
        .mode("overwrite")
        .parquet(data.made(inputs).toString());
    if (!Files.exists(data.raw(inputs))) {
      writeRaw(spark, inputs, data);
    }
  }

  private static Column[] columns(DataSet data) {
    List<Column> floats =
        IntStream.range(0, data.width()).mapToObj(i -> randn(i).cast("float").as("f" + i)).toList();
    Column[] all = floats.toArray(Column[]::new);
    if (data.shape() == DataSet.Shape.ARRAY) {
      return new Column[] {col("id"), array(all).as("features")};
    }

    Column[] withId = new Column[all.length + 1];
    withId[0] = col("id");
    System.arraycopy(all, 0, withId, 1, all.length);
    return withId;
  }

  private static void writeRaw(SparkSession spark, Path inputs, DataSet data) throws IOException {
    String folder = data.folder(inputs, data.checkRows()).toString();
    Dataset<Row> rows = spark.read().parquet(folder).orderBy("id");
    Path partial = Files.createTempFile(data.root(inputs), "check", ".partial");
    ByteBuffer bytes =
        ByteBuffer.allocate(data.width() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    try (DataOutputStream out =
        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(partial)))) {
      for (Iterator<Row> all = rows.toLocalIterator(); all.hasNext(); ) {
        put(data, all.next(), bytes.clear());
        out.write(bytes.array());
      }
    }

    Files.move(partial, data.raw(inputs), StandardCopyOption.ATOMIC_MOVE);
  }

  private static void put(DataSet data, Row row, ByteBuffer bytes) {
    if (data.shape() == DataSet.Shape.ARRAY) {
      for (Object value : row.getList(1)) {
        bytes.putFloat((Float) value);
      }
    } else {
      for (int i = 0; i < data.width(); i++) {
        bytes.putFloat(row.getFloat(i + 1));
      }
    }
  }
}
