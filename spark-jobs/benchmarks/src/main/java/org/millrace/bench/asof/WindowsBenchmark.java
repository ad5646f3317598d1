package org.millrace.bench.asof;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.millrace.features.window.WindowAggregates;

/**
 * Twelve windowed aggregates by the product, DuckDB and Spark SQL, in turns, in one run. Prints
 * {@code RATIO asof.windows millrace/<peer> <value>}: our throughput over the peer's, by medians.
 *
 * <p>Arguments: folder for the tables, made where they are not; extremes or sums; rows of the
 * spine; rounds; rounds of Spark SQL (0 leaves it out); a Python with DuckDB and the script (left
 * out where they are not given).
 */
public final class WindowsBenchmark implements AutoCloseable {
  private static final double TOLERANCE = 1e-9;

  private final SparkSession spark;
  private final WindowsWorkload workload;
  private final List<Process> duckDbs = new ArrayList<>();
  private final Map<String, List<Double>> seconds = new LinkedHashMap<>();
  private final Map<String, Double> checks = new LinkedHashMap<>();

  private WindowsBenchmark(SparkSession spark, String folder, WindowsWorkload.Variant variant) {
    this.spark = spark;
    this.workload = new WindowsWorkload(spark, folder, variant);
  }

  /** Runs the benchmark. */
  public static void main(String[] arguments) throws IOException {
    SparkSession session =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.sql.shuffle.partitions", "4")
            .getOrCreate();
    session.sparkContext().setLogLevel("ERROR");
    String folder = arguments[0];
    try (WindowsBenchmark benchmark =
        new WindowsBenchmark(session, folder, WindowsWorkload.variant(arguments[1]))) {
      if (!Files.exists(Path.of(folder, "events", "_SUCCESS"))) {
        benchmark.workload.generate(Long.parseLong(arguments[2]));
      }

      List<String> python = Arrays.asList(arguments).subList(5, arguments.length);
      benchmark.run(arguments, Integer.parseInt(arguments[3]), python);
    }
  }

  private void run(String[] arguments, int rounds, List<String> python) throws IOException {
    Map<String, Process> peers = new LinkedHashMap<>();
    if (python.size() == 2) {
      List<String> queries =
          arguments[1].equals("sums") ? List.of("join", "asof") : List.of("join");
      for (String query : queries) {
        peers.put("duckdb-" + query, start(python, arguments, query));
      }
    }

    checks.put("millrace", workload.check(workload.ours().rows()));
    for (int round = -1; round < rounds; round++) { // one to warm up
      keep("millrace", round, ours());
      for (Map.Entry<String, Process> peer : peers.entrySet()) {
        keep(peer.getKey(), round, ask(peer.getKey(), peer.getValue()));
      }
    }
    for (int round = 0; round < Integer.parseInt(arguments[4]); round++) {
      long start = System.nanoTime();
      WindowsWorkload.run(workload.rangeJoin());
      keep("sparksql", round, (System.nanoTime() - start) / 1e9);
      checks.put("sparksql", workload.check(workload.rangeJoin()));
    }

    report();
  }

  private double ours() {
    long start = System.nanoTime();
    WindowAggregates.Result result = workload.ours();
    Dataset<Row> rows = result.rows();
    WindowsWorkload.run(rows);
    result.counts().requireConserved();
    return (System.nanoTime() - start) / 1e9;
  }

  private Process start(List<String> python, String[] arguments, String query) throws IOException {
    Process process =
        new ProcessBuilder(python.get(0), python.get(1), arguments[0], arguments[1], query)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    duckDbs.add(process);
    return process;
  }

  private double ask(String name, Process process) throws IOException {
    PrintWriter asked = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8));
    asked.println("round");
    asked.flush();
    BufferedReader answers = process.inputReader(StandardCharsets.UTF_8);
    String answer = answers.readLine();
    if (answer == null) {
      throw new IOException(name + " ended without an answer");
    }

    String[] words = answer.split(" ", -1);
    checks.put(name, Double.parseDouble(words[1]));
    return Double.parseDouble(words[0]);
  }

  private void keep(String name, int round, double took) {
    System.out.printf("%s %s %.2f s%n", round < 0 ? "warm-up" : "round " + round, name, took);
    if (round >= 0) {
      seconds.computeIfAbsent(name, added -> new ArrayList<>()).add(took);
    }
  }

  private void report() {
    double ours = median("millrace");
    double check = checks.getOrDefault("millrace", Double.NaN);
    for (Map.Entry<String, Double> other : checks.entrySet()) {
      boolean agrees = Math.abs(other.getValue() - check) <= TOLERANCE * Math.abs(check);
      System.out.printf(
          "%s median %.2f s, sum of results %.6f, %s%n",
          other.getKey(), median(other.getKey()), other.getValue(), agrees ? "equal" : "DIFFERENT");
      if (!other.getKey().equals("millrace")) {
        System.out.printf(
            "RATIO asof.windows millrace/%s %.2f%n", other.getKey(), median(other.getKey()) / ours);
      }
    }
  }

  private double median(String name) {
    double[] sorted =
        seconds.getOrDefault(name, List.of()).stream().mapToDouble(took -> took).sorted().toArray();
    return sorted.length == 0 ? Double.NaN : sorted[sorted.length / 2];
  }

  @Override
  public void close() {
    duckDbs.forEach(Process::destroy);
    spark.stop();
  }
}
