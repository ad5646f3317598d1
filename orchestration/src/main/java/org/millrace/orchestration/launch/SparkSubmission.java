package org.millrace.orchestration.launch;

import static java.util.Objects.requireNonNull;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.millrace.contracts.Verb;

/**
 * One {@code spark-submit} of the jobs jar, as an argument list and an environment. {@link
 * SparkLaunch} makes it ready to start.
 *
 * @param runtime which Spark
 * @param jobsJar the shaded jar
 * @param master Spark's master, such as {@code local[*]}
 * @param settings other Spark settings; they win over the defaults here
 * @param driverMemory heap of the driver, as the JVM writes it: {@code 4g}
 * @param logging log4j2 configuration file
 * @param verbose whether Spark's own log lines are shown
 * @param scratch directory for files that a library would drop into the working directory
 * @param driverOptions JVM options of the driver, used where the driver's JVM is started here
 * @param arguments arguments of {@code Main}
 */
public record SparkSubmission(
    SparkRuntime runtime,
    Path jobsJar,
    String master,
    Map<String, String> settings,
    String driverMemory,
    Path logging,
    boolean verbose,
    Path scratch,
    List<String> driverOptions,
    List<String> arguments) {
  /** Class in the jobs jar. */
  public static final String MAIN = "org.millrace.jobs.Main";

  /** Spark's word for a program that is there already; see SparkSubmit.isInternal. */
  private static final String ON_THE_CLASS_PATH = "spark-internal";

  /** Spark's setting for JVM options of the driver. */
  public static final String EXTRA_OPTIONS = "spark.driver.extraJavaOptions";

  private static final String EXECUTOR_OPTIONS = "spark.executor.extraJavaOptions";

  /**
   * Ten times the JVM's defaults. Most of what a driver runs is planning, each piece of it a few
   * times: by default the optimizing compiler takes 40 % of a night's CPU time and pays back little
   * of it, and long work loses nothing (docs/decisions/0122).
   */
  private static final List<String> LATE_OPTIMIZING =
      List.of(
          "-XX:Tier4InvocationThreshold=50000",
          "-XX:Tier4MinInvocationThreshold=6000",
          "-XX:Tier4CompileThreshold=150000",
          "-XX:Tier4BackEdgeThreshold=400000");

  /** Tree ensembles are scored by vectors where this module is there. */
  private static final String VECTORS = ErrorRelay.VECTORS;

  /** Copies the collections. */
  public SparkSubmission {
    requireNonNull(runtime, "runtime is null");
    settings = Map.copyOf(settings);
    driverOptions = List.copyOf(driverOptions);
    arguments = List.copyOf(arguments);
  }

  /** The same call with other JVM options of the driver. */
  public SparkSubmission withDriverOptions(List<String> options) {
    return new SparkSubmission(
        runtime,
        jobsJar,
        master,
        settings,
        driverMemory,
        logging,
        verbose,
        scratch,
        options,
        arguments);
  }

  /**
   * A call to print: what {@link SparkLaunch} starts, with the settings as arguments. Values that
   * look like secrets are not in it.
   */
  public List<String> shown() {
    List<String> conf = new ArrayList<>();
    effectiveSettings()
        .forEach(
            (key, value) ->
                conf.addAll(List.of("--conf", key + "=" + Redaction.value(key, value))));
    return command(ownJvmOptions().stream().map(Redaction::option).toList(), conf);
  }

  /**
   * The argument list, program first.
   *
   * @param lastOptions JVM options after ours, so that they win
   * @param conf arguments that give {@link #effectiveSettings()}
   */
  List<String> command(List<String> lastOptions, List<String> conf) {
    List<String> options = new ArrayList<>(jvmOptions());
    if (runtime.submit().isPresent()) { // an archive of classes is of the copied Spark's
      driverOptions.stream().filter(option -> option.startsWith("-D")).forEach(options::add);
    }

    options.addAll(lastOptions);
    List<String> command = new ArrayList<>();
    if (runtime.submit().isPresent()) {
      command.add(runtime.submit().get().toString());
      command.addAll(List.of("--driver-java-options", JvmOptions.joined(options)));
      // Derby finds its client and its server, and sessions of the SQL server find Delta, there
      // only
      command.addAll(List.of("--driver-class-path", jobsJar.toString()));
    } else {
      // in this mode no launcher turns Spark settings into JVM options: the driver is this JVM
      command.add(JavaProgram.java().toString());
      String classPath = runtime.classPath() + File.pathSeparator + jobsJar;
      command.addAll(List.of("-cp", classPath, "-Xmx" + driverMemory));
      command.addAll(driverOptions);
      command.addAll(sparkJvmOptions());
      command.addAll(options);
      command.add("org.apache.spark.deploy.SparkSubmit");
    }

    command.addAll(List.of("--class", MAIN, "--name", "millrace " + String.join(" ", named())));
    command.addAll(List.of("--master", master, "--driver-memory", driverMemory));
    command.addAll(conf);
    command.add(isInOneJvm() ? ON_THE_CLASS_PATH : jobsJar.toString());
    command.addAll(arguments);
    return command;
  }

  /** Nothing but this JVM needs the jar, which is on its class path: Spark need not copy it. */
  private boolean isInOneJvm() {
    return runtime.submit().isEmpty() && master.matches("local(\\[.*])?");
  }

  /** Variables to set for the child beside the inherited ones. */
  public Map<String, String> environment() {
    return isLocal() ? Map.of("SPARK_LOCAL_IP", "127.0.0.1") : Map.of();
  }

  /** True for the SQL server, which may outlive the command that starts it. */
  boolean isServing() {
    return arguments.contains("--serve");
  }

  /** JVM options of the driver that the user gave; they may hold secrets. */
  List<String> ownJvmOptions() {
    return JvmOptions.words(settings.getOrDefault(EXTRA_OPTIONS, ""));
  }

  private List<String> named() {
    return arguments.stream().takeWhile(argument -> !argument.startsWith("--")).toList();
  }

  private boolean isLocal() {
    return master.startsWith("local");
  }

  /** Spark settings of this call, without those that have an option of their own. */
  Map<String, String> effectiveSettings() {
    Map<String, String> effective = new TreeMap<>();
    if (isLocal()) {
      effective.put("spark.driver.host", "127.0.0.1");
      effective.put("spark.driver.bindAddress", "127.0.0.1");
      effective.put("spark.ui.enabled", "false");
      effective.put("spark.ui.showConsoleProgress", "false");
    }

    effective.putAll(settings);
    if (scores() && !isLocal()) { // a local executor is the driver's JVM
      effective.merge(EXECUTOR_OPTIONS, VECTORS, (own, vectors) -> vectors + " " + own);
    }

    // given to spark-submit by an option of their own, which must be the only place
    effective.keySet().removeAll(List.of("spark.master", "spark.driver.memory", EXTRA_OPTIONS));
    return effective;
  }

  private boolean scores() {
    return !arguments.isEmpty() && Verb.of(arguments.get(0)).filter(Verb::scores).isPresent();
  }

  private List<String> jvmOptions() {
    Map<String, String> options = new LinkedHashMap<>();
    options.put("log4j2.configurationFile", logging.toUri().toString());
    options.put("millrace.spark.log.level", verbose ? "INFO" : "WARN");
    options.put("millrace.task.log.level", verbose ? "INFO" : "OFF"); // the result tells it
    options.put("derby.stream.error.file", scratch.resolve("derby.log").toString());
    List<String> list = new ArrayList<>(List.of("-XX:+UseParallelGC"));
    list.addAll(LATE_OPTIMIZING);
    options.forEach((key, value) -> list.add("-D" + key + "=" + value));
    if (scores()) {
      list.add(VECTORS);
    }

    return list;
  }

  /** Spark's {@code --add-opens} list, which the build writes from the parent POM. */
  static List<String> sparkJvmOptions() {
    try (InputStream in = SparkSubmission.class.getResourceAsStream("spark-jvm.options")) {
      byte[] bytes = requireNonNull(in, "no resource spark-jvm.options").readAllBytes();
      return JvmOptions.words(new String(bytes, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new IllegalStateException("Cannot read the resource spark-jvm.options", e);
    }
  }
}
