package org.millrace.orchestration;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Outcome;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.Verb;
import org.millrace.contracts.definition.Definitions;
import org.millrace.contracts.definition.SpineDefinition;
import org.millrace.orchestration.launch.ChildProcess;
import org.millrace.orchestration.launch.ChildProcess.Captured;
import org.millrace.orchestration.launch.SparkLaunch;
import org.millrace.orchestration.launch.SparkSubmission;
import org.millrace.orchestration.service.MlflowServer;
import org.millrace.orchestration.sql.SqlFormat;

/**
 * The steps of a quickstart, in order: registry, pipeline, SQL server, summary. Every step can be
 * repeated: what is up stays up, and what is done is not done again.
 */
final class Quickstart {
  private static final String TRACKING_URI = "MLFLOW_TRACKING_URI";
  private static final String MEMORY = "4g";

  private final CommandContext context;
  private final JobLauncher launcher;
  private final List<String> split;
  private final SqlSession sql;
  private final MlflowServer mlflow;
  private final Progress progress;

  /**
   * @param split arguments that say which days train and judge the model; none for the definitions'
   */
  Quickstart(CommandContext context, LaunchOptions options, List<String> split) {
    this.context = context;
    this.split = List.copyOf(split);
    this.launcher = new JobLauncher(context, options);
    this.sql = new SqlSession(context, launcher);
    this.mlflow = mlflow(context);
    this.progress = new Progress(context.err());
  }

  /** Runs all steps and prints the summary; the job's exit code. */
  int run(String named, DayRange days, boolean json) {
    String pipeline = launcher.pipeline(named);
    List<String> arguments = JobCommand.arguments(key(pipeline, days), split);
    launcher.submission(arguments, MEMORY); // before any server: what is missing costs nothing
    String registry = registry();
    progress.step("Running pipeline " + pipeline + ", " + days.from() + " to " + days.to());
    JobResult result = runJob(archiving(launcher.submission(arguments, MEMORY, registry)));
    keepArchive(result);
    if (result.outcome() == Outcome.FAILED) {
      progress.step("The pipeline failed (exit code " + result.exitCode() + ")");
      throw new MillraceException(
          result.category() == null ? ErrorCategory.INTERNAL : result.category(), result.message());
    }

    progress.step("Asking the SQL server");
    String url = sql.up();
    String query = sampleQuery(pipeline);
    Captured rows = query(url, query, json ? SqlFormat.JSON : SqlFormat.TABLE);
    QuickstartSummary summary =
        new QuickstartSummary(pipeline, result, registry, url, query, rows.lines());
    if (json) {
      context.out().println(summary.toJson());
    } else {
      summary.print(context.out(), launcher.typed("sql"));
    }

    return 0;
  }

  /** Prints the job's call. */
  void print(String named, DayRange days) {
    List<String> arguments = JobCommand.arguments(key(named, days), split);
    String registry = given().or(this::directory).orElseGet(mlflow::url);
    ChildProcess.print(launcher.submission(arguments, MEMORY, registry).shown(), context.out());
  }

  /** Stops the servers that this home started, of whatever lakes, and says which ones ran. */
  static void stop(CommandContext context) {
    // by their state files alone: definitions that cannot be read must not keep a server up
    List<String> stopped = new ArrayList<>();
    try {
      SqlSession.services(context).stopAll(stopped::add);
    } finally { // nor must the one server the other
      stopped.forEach(name -> context.out().println("Stopped " + name + "."));
      if (stopped.isEmpty()) {
        context.out().println("No SQL server ran.");
      }

      boolean mlflowRan = mlflow(context).stop();
      context.out().println(mlflowRan ? "Stopped the MLflow server." : "No MLflow server ran.");
    }
  }

  /** The MLflow server of this home. */
  static MlflowServer mlflow(CommandContext context) {
    return new MlflowServer(
        MlflowServer.program(context.home()), context.state().resolve("mlflow"));
  }

  /** The run key of the job. */
  RunKey key(String named, DayRange days) {
    return new RunKey(launcher.pipeline(named), Verb.RUN.word(), days);
  }

  private Optional<String> given() {
    return Optional.of(context.variable(TRACKING_URI)).filter(address -> !address.isEmpty());
  }

  /** Where no MLflow server can be started. */
  private Optional<String> directory() {
    return Files.isExecutable(MlflowServer.program(context.home()))
        ? Optional.empty()
        : Optional.of(
            context.state().resolve("registry").toUri().toString().replaceFirst("/$", ""));
  }

  /** The address of the registry; starts the MLflow server where one can run here. */
  private String registry() {
    Optional<String> given = given();
    if (given.isPresent()) {
      progress.step("Using the registry that " + TRACKING_URI + " names: " + given.get());
      return given.get();
    }

    Optional<String> directory = directory();
    if (directory.isPresent()) {
      progress.step("No MLflow here (bin/python-env mlflow): the registry is " + directory.get());
      return directory.get();
    }

    progress.step("Starting the MLflow server");
    boolean started = mlflow.start();
    progress.note((started ? "up: " : "was up: ") + mlflow.url());
    return mlflow.url();
  }

  /**
   * Lets the first job leave the class archive. Here and not in every job, because here the result
   * line decides: a JVM that fails while it writes an archive cannot fail the pipeline.
   */
  private SparkSubmission archiving(SparkSubmission job) {
    List<String> writing = launcher.archive().writing();
    return writing.isEmpty() ? job : job.withDriverOptions(writing);
  }

  /** Only of a job that did all there is to do: others have loaded few of the classes. */
  private void keepArchive(JobResult result) {
    if (result.outcome() == Outcome.DONE) {
      launcher.archive().keep();
    } else {
      launcher.archive().discard();
    }
  }

  private JobResult runJob(SparkSubmission job) {
    Captured done;
    try (SparkLaunch launch = launcher.prepare(job)) {
      done = ChildProcess.capture(launch.command(), launch.environment());
    }

    if (done.lastLine().startsWith("{")) {
      return JobResult.fromJsonLine(done.lastLine());
    }

    throw new MillraceException(
        done.exitCode() > 128 ? ErrorCategory.EXTERNAL : ErrorCategory.INTERNAL, // a signal
        "Cannot determine how the pipeline ended: exit code "
            + done.exitCode()
            + ", and its last line is not a result: '"
            + done.lastLine()
            + "'");
  }

  private Captured query(String url, String query, SqlFormat format) {
    Captured rows =
        ChildProcess.capture(launcher.sqlPrograms().queries(url, format, List.of(query)), Map.of());
    if (rows.exitCode() != 0) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL,
          "Cannot read the predictions over JDBC: exit code " + rows.exitCode() + " of: " + query);
    }

    return rows;
  }

  private String sampleQuery(String pipeline) {
    Definitions definitions = launcher.definitions();
    SpineDefinition spine =
        Definitions.named(
            definitions.spines(),
            "spine",
            Definitions.named(definitions.training(), "training", pipeline).spine());
    List<String> columns = new ArrayList<>(spine.id());
    columns.addAll(List.of(spine.day(), "score", "model_version"));
    return "SELECT %s FROM %s_current ORDER BY score DESC LIMIT 5"
        .formatted(String.join(", ", columns), pipeline);
  }
}
