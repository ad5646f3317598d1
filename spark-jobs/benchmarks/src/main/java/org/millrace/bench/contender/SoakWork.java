package org.millrace.bench.contender;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.spark.SparkException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.millrace.bench.run.Check;
import org.millrace.jobs.score.onnx.OnnxModel;
import org.millrace.jobs.score.onnx.OnnxScoring;
import org.millrace.jobs.score.onnx.OpenHandles;

/**
 * Scores with several models, again and again, while tasks are killed at random moments; tells the
 * process's memory and the native handles left open after each round. A killed task is retried by
 * Spark; every third scoring is cancelled as a whole, if it is not done first.
 */
final class SoakWork implements Work {
  private static final int RETRIES = 1000; // kills are no failures of the job
  private static final int MOST_MILLIS_BETWEEN_KILLS = 400;
  private static final int JOBS_BETWEEN_JOB_KILLS = 3;

  private final Task task;
  private final SparkSession spark;
  private final RunningTasks running = new RunningTasks();
  private final List<OnnxModel> models = new ArrayList<>();
  private final ExecutorService jobs = Executors.newSingleThreadExecutor();
  private int scorings;
  private int killed;
  private int jobsKilled;

  /**
   * @param task whose model is a folder of ONNX files
   */
  SoakWork(Task task) {
    this.task = task;
    this.spark =
        Sessions.start("local[" + task.cores() + "," + RETRIES + "]", Path.of(task.scratch()));
    spark.sparkContext().addSparkListener(running);
    try (var files = Files.newDirectoryStream(Path.of(task.model()), "*.onnx")) {
      for (Path file : files) {
        models.add(OnnxModel.of(file.getFileName().toString(), "1", Files.readAllBytes(file)));
      }
    } catch (IOException e) {
      throw new IllegalStateException("Cannot read the models in " + task.model(), e);
    }
  }

  /** Nothing to compare with. */
  @Override
  public Check check() {
    return new Check(0, Double.NaN, Double.NaN, Double.NaN);
  }

  /** Every model once over all rows. */
  @Override
  public Done round() throws Exception {
    long start = System.nanoTime();
    long batches = 0;
    for (OnnxModel model : models) {
      batches += score(model);
    }

    Map<String, String> notes = new LinkedHashMap<>();
    notes.put("batches", Long.toString(batches));
    notes.put("tasks killed", Integer.toString(killed));
    notes.put("jobs killed", Integer.toString(jobsKilled));
    notes.put("open handles", Long.toString(handlesOnceIdle()));
    notes.put("open sessions", Long.toString(OpenHandles.ofSessions()));
    notes.put("resident bytes", Long.toString(residentBytes()));
    return new Done((System.nanoTime() - start) / 1e9, task.rows() * models.size(), notes);
  }

  @Override
  public void close() {
    jobs.shutdownNow();
    spark.stop();
  }

  private long score(OnnxModel model) throws InterruptedException {
    OnnxScoring scoring = SparkWork.scoring(task, model);
    String group = "soak-" + ThreadLocalRandom.current().nextLong();
    AtomicBoolean planned = new AtomicBoolean();
    Future<?> job =
        jobs.submit(
            () -> {
              spark.sparkContext().setJobGroup(group, "soak", true);
              Dataset<Row> scored = scoring.apply(spark.read().parquet(task.data()));
              planned.set(true);
              scored.write().format("noop").mode("overwrite").save();
            });
    killUntilDone(job, group);
    return planned.get() ? scoring.counts().batches() : 0; // cancelled before it was planned
  }

  private void killUntilDone(Future<?> job, String group) throws InterruptedException {
    boolean killsJob = ++scorings % JOBS_BETWEEN_JOB_KILLS == 0;
    while (!job.isDone()) {
      TimeUnit.MILLISECONDS.sleep(
          ThreadLocalRandom.current().nextInt(1, MOST_MILLIS_BETWEEN_KILLS));
      if (killsJob && !job.isDone()) {
        killsJob = false;
        jobsKilled++;
        spark.sparkContext().cancelJobGroup(group);
      } else if (running.killOne(spark.sparkContext())) {
        killed++;
      }
    }

    try {
      job.get();
    } catch (ExecutionException e) {
      if (!isCancelled(e)) {
        throw new IllegalStateException("A job of the soak failed, and was not killed", e);
      }
    }
  }

  private static boolean isCancelled(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SparkException
          && String.valueOf(cause.getMessage()).contains("cancel")) {
        return true;
      }
    }

    return false;
  }

  /** Killed tasks may still be on their way out of a native call. */
  private static long handlesOnceIdle() throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (OpenHandles.ofBatches() > 0 && System.nanoTime() < deadline) {
      TimeUnit.MILLISECONDS.sleep(10);
    }

    return OpenHandles.ofBatches();
  }

  /** Of this process, as proc(5) tells it. */
  private static long residentBytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
      }
    }

    throw new IOException("no VmRSS in /proc/self/status");
  }
}
