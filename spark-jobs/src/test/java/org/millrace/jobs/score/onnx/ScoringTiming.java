package org.millrace.jobs.score.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/**
 * Times the operator beside the scan alone and ONNX Runtime alone, in turns, in one JVM: {@code
 * ScoringTiming DIRECTORY ROUNDS [mlp|array]...}. Makes its data in the directory at the first run.
 */
final class ScoringTiming {
  private static final int FEATURES = 32;
  private static final int ROWS = 4_000_000;
  private static final int WIDE = 384;
  private static final int WIDE_ROWS = 1_000_000;

  private ScoringTiming() {}

  public static void main(String[] args) throws Exception {
    Path home = Path.of(args[0]);
    SparkSession spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .getOrCreate();
    spark.sparkContext().setLogLevel("ERROR");
    for (String workload : Arrays.asList(args).subList(2, args.length)) {
      if (workload.equals("mlp")) {
        mlp(spark, home.resolve("f32.parquet"), Integer.parseInt(args[1]));
      } else {
        array(spark, home.resolve("a384.parquet"), Integer.parseInt(args[1]));
      }
    }

    spark.stop();
  }

  private static void mlp(SparkSession spark, Path data, int rounds) throws Exception {
    List<String> columns = new ArrayList<>();
    for (int i = 0; i < FEATURES; i++) {
      columns.add("f" + i);
    }

    if (!Files.exists(data)) {
      List<Column> made = new ArrayList<>(List.of(functions.col("id")));
      for (int i = 0; i < FEATURES; i++) {
        made.add(functions.randn(i).cast("float").as("f" + i));
      }

      spark
          .range(0, ROWS, 1, 8)
          .select(made.toArray(Column[]::new))
          .write()
          .parquet(data.toString());
    }

    byte[] model = TestModels.mlp(FEATURES, 128, 64, 1);
    Dataset<Row> rows = spark.read().parquet(data.toString());
    Dataset<Row> scored =
        OnnxScoring.of(OnnxModel.of("mlp", "1", model))
            .input("features", columns)
            .keep("id")
            .output("score")
            .apply(rows);
    scored.explain();
    Map<String, Work> works = new LinkedHashMap<>();
    works.put("scan", () -> noop(rows));
    works.put("columns", () -> columns(rows));
    works.put("ort", () -> bare(model, FEATURES, ROWS, 4096));
    works.put("millrace", () -> noop(scored));
    report(works, rounds, ROWS);
  }

  private static void array(SparkSession spark, Path data, int rounds) throws Exception {
    if (!Files.exists(data)) {
      spark
          .range(0, WIDE_ROWS, 1, 8)
          .selectExpr(
              "id",
              "transform(sequence(1, "
                  + WIDE
                  + "), i -> cast((id * 31 + i * 17) % 997 / 500D - 1 AS float)) AS a")
          .write()
          .option("parquet.enable.dictionary", "false") // as an embedding is, in effect
          .parquet(data.toString());
    }

    byte[] model = TestModels.mlp(WIDE, 1);
    Dataset<Row> rows = spark.read().parquet(data.toString());
    Dataset<Row> scored =
        OnnxScoring.of(OnnxModel.of("linear", "1", model))
            .inputs(Map.of("features", "a"))
            .keep("id")
            .output("score")
            .apply(rows);
    scored.explain();
    Map<String, Work> works = new LinkedHashMap<>();
    works.put("scan", () -> noop(rows));
    works.put("columns", () -> columns(rows));
    works.put("ort", () -> bare(model, WIDE, WIDE_ROWS, 512));
    works.put("millrace", () -> noop(scored));
    report(works, rounds, WIDE_ROWS);
  }

  private static void noop(Dataset<Row> rows) {
    rows.write().format("noop").mode("overwrite").save();
  }

  /** The vectorised scan alone, no row made of it. */
  private static void columns(Dataset<Row> rows) {
    var plan = rows.queryExecution().executedPlan();
    while (!plan.supportsColumnar()) {
      plan = plan.children().head();
    }

    long read =
        plan.executeColumnar().toJavaRDD().map(batch -> (long) batch.numRows()).reduce(Long::sum);
    if (read == 0) {
      throw new IllegalStateException("nothing was read");
    }
  }

  private static void bare(byte[] model, int width, int rows, int batch) throws Exception {
    OnnxModel onnx = OnnxModel.of("bare", "1", model);
    try (OrtSession session = OrtRuntime.open(onnx)) {
      Thread[] threads = new Thread[2];
      for (int t = 0; t < threads.length; t++) {
        threads[t] = new Thread(() -> bare(session, width, rows / threads.length, batch));
        threads[t].start();
      }

      for (Thread thread : threads) {
        thread.join();
      }
    }

    NativeHandles.SESSIONS.closed();
  }

  private static void bare(OrtSession session, int width, int rows, int batch) {
    Random random = new Random(1);
    FloatBuffer in = InputBuffer.direct(4L * width * batch).asFloatBuffer();
    FloatBuffer out = InputBuffer.direct(4L * batch).asFloatBuffer();
    for (int i = 0; i < in.limit(); i++) {
      in.put(i, (float) random.nextGaussian());
    }

    try (OnnxTensor given =
            OnnxTensor.createTensor(OrtRuntime.environment(), in, new long[] {batch, width});
        OnnxTensor made =
            OnnxTensor.createTensor(OrtRuntime.environment(), out, new long[] {batch, 1})) {
      for (int done = 0; done < rows; done += batch) {
        session.run(Map.of("features", given), Set.of(), Map.of("score", made)).close();
      }
    } catch (ai.onnxruntime.OrtException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void report(Map<String, Work> works, int rounds, int rows) throws Exception {
    Map<String, List<Double>> seconds = new LinkedHashMap<>();
    Map<String, List<Double>> cpu = new LinkedHashMap<>();
    for (int round = 0; round <= rounds; round++) {
      for (Map.Entry<String, Work> work : works.entrySet()) {
        long cpuStart = cpuNanos();
        long start = System.nanoTime();
        work.getValue().run();
        if (round > 0) {
          seconds
              .computeIfAbsent(work.getKey(), key -> new ArrayList<>())
              .add((System.nanoTime() - start) / 1e9);
          cpu.computeIfAbsent(work.getKey(), key -> new ArrayList<>())
              .add((cpuNanos() - cpuStart) / 1e9);
        }
      }
    }

    seconds.forEach(
        (name, all) ->
            System.out.printf(
                Locale.ROOT,
                "%-10s median %.3f s, best %.3f s, %.2f Mrows/s, %.3f CPU-s/Mrow%n",
                name,
                median(all),
                all.stream().min(Double::compare).orElseThrow(),
                rows / median(all) / 1e6,
                median(cpu.getOrDefault(name, List.of())) / (rows / 1e6)));
    double ort = median(seconds, "ort");
    for (String scan : List.of("scan", "columns")) {
      System.out.printf(
          Locale.ROOT,
          "of the limit (%s + ort): %.3f%n",
          scan,
          (median(seconds, scan) + ort) / median(seconds, "millrace"));
    }
  }

  private static long cpuNanos() {
    return ((com.sun.management.OperatingSystemMXBean)
            java.lang.management.ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private static double median(Map<String, List<Double>> seconds, String name) {
    return median(seconds.getOrDefault(name, List.of()));
  }

  private static double median(List<Double> all) {
    List<Double> sorted = all.stream().sorted().toList();
    return sorted.get(sorted.size() / 2);
  }

  private interface Work {
    void run() throws Exception;
  }
}
