package org.millrace.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.millrace.bench.AsOfContender.Pace;
import org.millrace.bench.contender.AsOfTask;
import org.millrace.bench.input.AsOfData;
import org.millrace.bench.run.ContenderProcess;
import org.millrace.bench.run.Contestant;

/** Starts the contenders of one workload of as-of joins. Driver only. */
final class AsOfContenders {
  private static final String MASTER = "spark.master";
  private static final int CORES = 2;
  private static final int TTL_DAYS = 7;
  private static final Duration PATIENCE = Duration.ofMinutes(15);

  private final Stage stage;
  private final String workload;
  private final long rows;

  /**
   * @param rows of the workload's spine
   */
  AsOfContenders(Stage stage, String workload, long rows) {
    this.stage = stage;
    this.workload = workload;
    this.rows = rows;
  }

  /** The contender, not yet started; empty where its home is not to be had. */
  Optional<Contestant> of(AsOfContender contender) throws IOException {
    AsOfTask task = task(contender);
    Map<String, String> environment = environment(task, stage.knobs());
    Optional<ContenderProcess.Command> command =
        words(contender, task)
            .map(
                words ->
                    new ContenderProcess.Command(
                        contender.name(), Contenders.confined(words, CORES), environment));
    Path log = stage.work().resolve("logs/asof-" + workload).resolve(contender.name() + ".log");
    return command.map(
        start ->
            contender.pace() == Pace.FIRST
                ? new FreshEachRound(start.name(), () -> new ContenderProcess(start, log, PATIENCE))
                : new ContenderProcess(start, log, PATIENCE));
  }

  private AsOfTask task(AsOfContender contender) throws IOException {
    AsOfData data = new AsOfData(contender.shape(), Math.max(1, rows / contender.ofAll()));
    List<String> views = new ArrayList<>();
    for (int view = 0; view < contender.views(); view++) {
      views.add(stage.inputs().asOf(data, view).toString());
    }

    boolean isDelta = data.shape() == AsOfData.Shape.DELTA;
    boolean hasTtl = isDelta || data.shape() == AsOfData.Shape.DAY;
    return new AsOfTask(
        contender.kind(),
        stage.inputs().asOf(data, -1).toString(),
        views,
        data.shape().format(),
        data.shape().key(),
        isDelta,
        hasTtl ? TTL_DAYS : 0,
        data.rows(-1),
        CORES,
        stage.knobs().heap,
        Files.createDirectories(stage.work().resolve("scratch/asof-" + contender.name()))
            .toString(),
        settings(contender));
  }

  private static Map<String, String> settings(AsOfContender contender) {
    Map<String, String> settings = new HashMap<>(contender.settings());
    if (settings.containsKey(MASTER)) { // executors with JVMs of their own
      String classPath = Contenders.absolute(System.getProperty("java.class.path"));
      settings.put("spark.executor.extraClassPath", classPath);
    }

    return settings;
  }

  private Optional<List<String>> words(AsOfContender contender, AsOfTask task) {
    if (!contender.isOnJvm()) {
      return stage
          .workshop()
          .asOfPython()
          .map(python -> List.of(python, stage.workshop().asOfPythonContender(), task.json()));
    }

    String classPath = System.getProperty("java.class.path");
    List<String> words = new ArrayList<>(Contenders.java(stage.knobs(), classPath));
    words.add(org.millrace.bench.contender.AsOfContender.class.getName());
    words.add(task.json());
    return Optional.of(words);
  }

  /** Executors that are processes want a home with a folder of jars; theirs are on the path. */
  private static Map<String, String> environment(AsOfTask task, Knobs knobs) throws IOException {
    Map<String, String> environment = new HashMap<>(Contenders.environment(knobs));
    if (task.settings().containsKey(MASTER)) {
      Files.createDirectories(Path.of(task.scratch()).resolve("jars"));
      environment.put("SPARK_HOME", task.scratch());
      environment.put("SPARK_SCALA_VERSION", "2.12");
    }

    return environment;
  }
}
