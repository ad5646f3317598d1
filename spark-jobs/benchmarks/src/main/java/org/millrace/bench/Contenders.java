package org.millrace.bench;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.millrace.bench.contender.ContenderMain;
import org.millrace.bench.contender.Task;
import org.millrace.bench.run.ContenderProcess;

/** How contenders of each home are started. */
final class Contenders {
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final Path logs;
  private final Knobs knobs;
  private final Workshop workshop;

  /**
   * @param logs folder for the contenders' logs
   * @param knobs heap and collector of each JVM
   * @param workshop what contenders outside of our class path run on
   */
  Contenders(Path logs, Knobs knobs, Workshop workshop) {
    this.logs = logs;
    this.knobs = knobs;
    this.workshop = workshop;
  }

  /** Of every contender; what starts JVMs of its own (PySpark, executors) hands it on to them. */
  static Map<String, String> environment(Knobs knobs) {
    return Map.of(
        "SPARK_LOCAL_IP",
        "127.0.0.1",
        "PYTHONDONTWRITEBYTECODE",
        "1",
        "POLARS_MAX_THREADS",
        "2",
        "JDK_JAVA_OPTIONS",
        knobs.gc.option());
  }

  /**
   * The contender, not yet started; empty where its home is not to be had.
   *
   * @param name in tables, and of its log
   */
  Optional<ContenderProcess> of(String name, Peer peer, Task task) {
    return words(peer, task)
        .map(
            words ->
                new ContenderProcess(
                    new ContenderProcess.Command(
                        name, confined(words, task.cores()), environment(knobs)),
                    logs.resolve(name + ".log"),
                    PATIENCE));
  }

  private Optional<List<String>> words(Peer peer, Task task) {
    return switch (peer.home()) {
      case VECTOR_JVM ->
          Optional.of(
              of(
                  java(knobs, System.getProperty("java.class.path")),
                  "--add-modules=jdk.incubator.vector",
                  ContenderMain.class.getName(),
                  task.json()));
      case JVM ->
          Optional.of(
              of(
                  java(knobs, System.getProperty("java.class.path")),
                  ContenderMain.class.getName(),
                  task.json()));
      case PYTHON ->
          workshop.python().map(python -> List.of(python, workshop.pythonContender(), task.json()));
      case SYNAPSEML ->
          workshop
              .synapsemlClassPath()
              .map(path -> of(java(knobs, path), Workshop.SYNAPSEML_MAIN, task.json()));
      case COMPUTED -> Optional.empty();
    };
  }

  /** The words that start a JVM able to run Spark, up to its main class. */
  static List<String> java(Knobs knobs, String classPath) {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    List<String> words = new ArrayList<>();
    words.add(Files.isExecutable(java) ? java.toString() : "java");
    words.addAll(sparkOptions());
    words.add("-Xmx" + knobs.heap);
    words.add("-cp");
    words.add(absolute(classPath));
    return words;
  }

  /**
   * Cores that a contender is not to use are taken from it (by Linux's taskset): its compiler and
   * collector would work there.
   */
  static List<String> confined(List<String> words, int cores) {
    List<String> all = new ArrayList<>();
    if (cores < Runtime.getRuntime().availableProcessors()) {
      all.addAll(List.of("taskset", "--cpu-list", "0-" + (cores - 1)));
    }

    all.addAll(words);
    return all;
  }

  private static List<String> of(List<String> words, String... more) {
    List<String> all = new ArrayList<>(words);
    all.addAll(List.of(more));
    return all;
  }

  static String absolute(String classPath) {
    List<String> entries = new ArrayList<>();
    for (String entry : classPath.split(File.pathSeparator, -1)) {
      entries.add(Path.of(entry).toAbsolutePath().toString());
    }

    return String.join(File.pathSeparator, entries);
  }

  private static List<String> sparkOptions() {
    try (InputStream in = ContenderProcess.class.getResourceAsStream("spark-jvm.options")) {
      byte[] bytes = Objects.requireNonNull(in, "no resource spark-jvm.options").readAllBytes();
      return List.of(new String(bytes, StandardCharsets.UTF_8).trim().split("\\s+", -1));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the resource spark-jvm.options", e);
    }
  }
}
