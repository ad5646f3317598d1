package org.millrace.orchestration;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.millrace.contracts.Causes;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Verb;
import org.millrace.contracts.definition.Definitions;
import org.millrace.contracts.definition.SqlForm;
import org.millrace.orchestration.launch.ChildProcess;
import org.millrace.orchestration.launch.ClassArchive;
import org.millrace.orchestration.launch.JavaProgram;
import org.millrace.orchestration.launch.Redaction;
import org.millrace.orchestration.launch.SparkLaunch;
import org.millrace.orchestration.launch.SparkRuntime;
import org.millrace.orchestration.launch.SparkSubmission;
import org.millrace.orchestration.sql.SqlPrograms;

/**
 * Knows where the pieces of a launch are: the definitions, the jobs jar, Spark, the logging
 * configuration. Reads and checks the definitions when it is made, before any Spark starts.
 */
final class JobLauncher {
  private static final String TRACKING_URI = "MLFLOW_TRACKING_URI";

  /** Known to the jobs' program. */
  private static final String QUIET = "-Dmillrace.quiet=true";

  /** With the width of the terminal. */
  private static final String LIVE = "-Dmillrace.live=";

  /** Where a JVM finds options beside its arguments. */
  private static final List<String> JVM_VARIABLES =
      List.of("JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS");

  /** Description of a pipeline's name among the arguments. */
  static final String PIPELINE_PARAMETER =
      "Name in conf/training; default: 'pipeline' of conf/millrace.yaml, or the only one there.";

  private final CommandContext context;
  private final LaunchOptions options;
  private final Path conf;
  private final Definitions definitions;

  JobLauncher(CommandContext context, LaunchOptions options) {
    this(
        context,
        options,
        (conf, home) -> Definitions.load(conf, home, SqlForm.AS_WRITTEN)); // none are compared here
  }

  /** For jobs that need no pipeline: a broken one does not stop them. */
  static JobLauncher withoutPipelines(CommandContext context, LaunchOptions options) {
    return new JobLauncher(context, options, Definitions::platformAlone);
  }

  private JobLauncher(
      CommandContext context, LaunchOptions options, BiFunction<Path, Path, Definitions> read) {
    this.context = context;
    this.options = options;
    this.conf = options.directory(context);
    Definitions loaded = read.apply(conf, context.home());
    String otherLake = context.variable("MILLRACE_LAKE");
    this.definitions = otherLake.isEmpty() ? loaded : loaded.withLake(otherLake, context.home());
  }

  Definitions definitions() {
    return definitions;
  }

  /** The named pipeline, or the default of the definitions, or the only one. */
  String pipeline(String named) {
    Map<String, ?> known = definitions.training();
    Optional<String> standard = definitions.platform().pipeline();
    if (named.isEmpty() && (standard.isPresent() || known.size() == 1)) {
      return standard.orElseGet(() -> known.keySet().iterator().next());
    }

    if (!known.containsKey(named)) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          (named.isEmpty()
                  ? "Cannot determine which pipeline is meant"
                  : "Cannot find pipeline '" + named + "'")
              + ": "
              + conf.resolve("training")
              + " defines "
              + (known.isEmpty() ? "none" : String.join(", ", known.keySet()))
              + (known.isEmpty()
                  ? "; write a definition there"
                  : "; name one of them, or one in conf/millrace.yaml as 'pipeline'"));
    }

    return named;
  }

  /**
   * A call of {@code Main}.
   *
   * @param arguments verb, pipeline and options; {@code --conf}, {@code --home}, {@code --lake} and
   *     of verbs that ask it {@code --registry} are added
   */
  SparkSubmission submission(List<String> arguments, String defaultMemory) {
    requireNoPasswords();
    boolean asksRegistry = Verb.of(arguments.get(0)).filter(Verb::asksRegistry).isPresent();
    return submission(
        arguments, defaultMemory, asksRegistry ? List.of("--registry", registry()) : List.of());
  }

  /** A call of {@code Main} with another registry than that of environment and definitions. */
  SparkSubmission submission(List<String> arguments, String defaultMemory, String registry) {
    return submission(arguments, defaultMemory, List.of("--registry", registry));
  }

  private SparkSubmission submission(
      List<String> arguments, String defaultMemory, List<String> registry) {
    if (!options.printsCommand) {
      requireJobsJar();
      makeScratch();
    }

    List<String> all = new ArrayList<>(arguments);
    all.addAll(List.of("--conf", conf.toString(), "--home", context.home().toString()));
    all.addAll(List.of("--lake", definitions.platform().lake()));
    all.addAll(registry);
    Map<String, String> settings = new LinkedHashMap<>(definitions.platform().spark());
    return new SparkSubmission(
        runtime(),
        context.jobsJar(),
        options.master != null ? options.master : settings.getOrDefault("spark.master", "local[*]"),
        settings,
        memory(settings, defaultMemory),
        logging(),
        options.verbose,
        context.state(),
        Stream.concat(archive().reading().stream(), shown(all.contains("--serve")).stream())
            .toList(),
        all);
  }

  /** JVM options that tell a job how to show its progress. */
  private List<String> shown(boolean isServing) {
    if (options.quiet) {
      return List.of(QUIET);
    }

    boolean isLive =
        !options.printsCommand
            && !isServing // its output is a log
            && TerminalWidth.isTerminal()
            && !options.verbose // Spark's lines would come in between
            && !context.variable("TERM").equals("dumb");
    return isLive ? List.of(LIVE + TerminalWidth.of(context.variable("COLUMNS"))) : List.of();
  }

  /**
   * A program of the jobs jar that starts no Spark, on Spark's jars.
   *
   * @param main its class
   * @param archive JVM options about class archives
   * @param arguments its own; {@code --conf}, {@code --home}, {@code --lake} and {@code --registry}
   *     are added
   */
  List<String> plainCommand(String main, List<String> archive, List<String> arguments) {
    requireNoPasswords();
    requireJobsJar();
    SparkRuntime runtime = runtime();
    List<String> command = new ArrayList<>(List.of(JavaProgram.java().toString()));
    command.addAll(archive);
    // a short life: little to compile, little to collect
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx512m", "-Xmn300m"));
    command.add("-Dlog4j2.disable.jmx=true"); // it takes time to load
    command.add("-Dlog4j2.configurationFile=" + logging().toUri());
    command.add("-Dmillrace.spark.log.level=ERROR");
    command.addAll(List.of("-cp", runtime.classPath() + File.pathSeparator + context.jobsJar()));
    command.add(main);
    command.addAll(arguments);
    command.addAll(List.of("--conf", conf.toString(), "--home", context.home().toString()));
    command.addAll(List.of("--lake", definitions.platform().lake(), "--registry", registry()));
    return command;
  }

  private void requireJobsJar() {
    if (!Files.isRegularFile(context.jobsJar())) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot find the jobs jar "
              + context.jobsJar()
              + ": build it with ./mvnw -q -DskipTests package in "
              + context.home());
    }
  }

  /** Makes a call ready to start; whoever starts it closes it. */
  SparkLaunch prepare(SparkSubmission submission) {
    return SparkLaunch.prepare(
        submission, context.environment(), context.state().resolve("launch"));
  }

  /** Runs a call in the foreground, with the streams of this process; its exit code. */
  int run(SparkSubmission submission) {
    if (options.printsCommand) {
      ChildProcess.print(submission.shown(), context.out());
      return 0;
    }

    try (SparkLaunch launch = prepare(submission)) {
      return ChildProcess.run(launch.command(), launch.environment());
    }
  }

  /**
   * Runs a job in the foreground; its last line on stdout is a result line, also if a signal ends
   * the driver.
   *
   * @param runKey names the job in that line
   * @return the exit code
   */
  int runJob(SparkSubmission submission, String runKey) {
    return runJob(submission, runKey, context.out(), result -> {});
  }

  /**
   * The same for a person, who reads a page in place of the result line.
   *
   * @param result how it is shown
   * @param sql whether the page names the command that opens the tables
   */
  int runJob(SparkSubmission submission, String runKey, ResultOption result, boolean sql) {
    return result.isForPeople()
        ? runJob(
            submission,
            runKey,
            new HeldResult(context.out()),
            ended -> new EndPage(ended, sql ? typed("sql") : "").print(context.out()))
        : runJob(submission, runKey);
  }

  private int runJob(
      SparkSubmission submission, String runKey, OutputStream out, Consumer<JobResult> page) {
    if (options.printsCommand) {
      return run(submission);
    }

    Instant start = context.clock().instant();
    try (SparkLaunch launch = prepare(submission)) {
      ChildProcess.Relayed child = ChildProcess.relay(launch.command(), launch.environment(), out);
      SignalledJob.result(child.lastLine()).ifPresent(page);
      double seconds = Duration.between(start, context.clock().instant()).toMillis() / 1000.0;
      return new SignalledJob(context, runKey).exitCode(child, seconds);
    }
  }

  /** What to type so that a command works on the definitions that this call works on. */
  String typed(String... words) {
    List<String> command = new ArrayList<>(List.of("bin/millrace"));
    command.addAll(List.of(words));
    if (options.conf != null) {
      command.addAll(List.of("--conf", options.conf.toString()));
    }

    return ChildProcess.typed(command);
  }

  /** The archive of the classes that jobs use. */
  ClassArchive archive() {
    return archive("spark");
  }

  /** The archive of the classes that plans use. */
  ClassArchive planArchive() {
    return archive("plan");
  }

  /** Says what went wrong beside the work. */
  void warn(String sentence) {
    context.err().println("millrace: " + sentence);
  }

  /** True if the lake has a ledger. Only then does a plan load nearly all of its classes. */
  boolean hasLedger() {
    return Files.isDirectory(lakeDirectory().resolve("warehouse/ops.db/ledger/_delta_log"));
  }

  private ClassArchive archive(String name) {
    boolean hasOwnOptions =
        definitions.platform().spark().containsKey(SparkSubmission.EXTRA_OPTIONS)
            || JVM_VARIABLES.stream().anyMatch(variable -> !context.variable(variable).isEmpty());
    return new ClassArchive(
        runtime(), context.jobsJar(), context.home().resolve(".runtime"), name, hasOwnOptions);
  }

  private SparkRuntime runtime() {
    return SparkRuntime.find(context.environment(), context.home());
  }

  SqlPrograms sqlPrograms() {
    return new SqlPrograms(runtime().classPath(), logging());
  }

  /** The directory of the lake. */
  Path lakeDirectory() {
    return Path.of(definitions.platform().lake());
  }

  /**
   * Where the registry is: as the environment says, or else the definitions.
   *
   * @throws MillraceException of category DEFINITION if that is no address of a registry
   */
  private String registry() {
    String given = context.variable(TRACKING_URI);
    return given.isEmpty()
        ? definitions.platform().registryAddress()
        : definitions.withRegistry(TRACKING_URI, given).platform().registryAddress();
  }

  /** An address stands in logs, messages and arguments, so it is no place for a password. */
  private void requireNoPasswords() {
    String variables = "give them in MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD";
    requireNoPassword(TRACKING_URI, context.variable(TRACKING_URI), variables);
    requireNoPassword("registry.uri", definitions.platform().registry().uri(), variables);
  }

  private static void requireNoPassword(String name, String address, String otherwise) {
    if (Redaction.hasPassword(address)) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot use %s %s: it holds a user and a password, which an address must not; %s"
              .formatted(name, Redaction.masked(address), otherwise));
    }
  }

  private void makeScratch() {
    try {
      Files.createDirectories(context.state());
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL,
          "Cannot make the directory " + context.state() + ": " + Causes.words(e),
          e);
    }
  }

  private String memory(Map<String, String> settings, String otherwise) {
    String wanted = context.variable("MILLRACE_DRIVER_MEMORY");
    return wanted.isEmpty() ? settings.getOrDefault("spark.driver.memory", otherwise) : wanted;
  }

  private Path logging() {
    Path own = conf.resolve("log4j2.properties");
    return Files.isRegularFile(own) ? own : context.home().resolve("conf/log4j2.properties");
  }
}
