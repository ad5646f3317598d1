package org.millrace.bench.contender;

import java.nio.ByteBuffer;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.millrace.bench.run.Check;
import org.millrace.jobs.score.onnx.OnnxScoring;

/**
 * The product with a model that no session is open for: every round the same model under another
 * SHA-256, over many small partitions.
 */
final class StartupWork implements Work {
  // field 6 of ModelProto, doc_string, as protobuf writes it; the last one of a message counts
  private static final byte DOC_STRING = 6 << 3 | 2;

  private final Task task;
  private final SparkSession spark;
  private int models;

  StartupWork(Task task) {
    this.task = task;
    this.spark = SparkWork.session(task);
    spark.conf().set("spark.sql.files.openCostInBytes", Long.toString(1L << 40)); // a file a task
  }

  @Override
  public Check check() {
    return SparkWork.check(nextScoring().apply(spark.read().parquet(task.checkData())));
  }

  @Override
  public Done round() {
    OnnxScoring scoring = nextScoring();
    Dataset<Row> rows = spark.read().parquet(task.data());
    long start = System.nanoTime();
    Dataset<Row> scored = scoring.apply(rows);
    scored.write().format("noop").mode("overwrite").save();
    double seconds = (System.nanoTime() - start) / 1e9;
    Map<String, String> notes =
        Map.of(
            "sessions", String.valueOf(scoring.counts().sessions().size()),
            "partitions", String.valueOf(rows.rdd().getNumPartitions()));
    return new Done(seconds, task.rows(), notes);
  }

  @Override
  public void close() {
    spark.stop();
  }

  private OnnxScoring nextScoring() {
    models++;
    byte[] appended =
        ByteBuffer.allocate(6).put(DOC_STRING).put((byte) 4).put(text(models)).array();
    return SparkWork.scoring(task, SparkWork.model(task, appended));
  }

  private static byte[] text(int number) {
    return "%04d".formatted(number).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
  }
}
