package org.millrace.orchestration;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.Causes;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.Json;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.Verb;
import org.millrace.orchestration.launch.SparkRuntime;
import org.millrace.orchestration.service.MlflowServer;
import org.millrace.orchestration.service.Ports;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Checks that this machine has what jobs need, without Spark; exits with 69 if something needed is
 * missing. With {@code --lake} or {@code --publication} it starts a job that examines the lake
 * instead, whose result line and exit code are passed on.
 */
@Command(
    mixinStandardHelpOptions = true,
    description = {
      "Check this machine: what is missing?",
      "With --lake, check the tables against the ledger; with --publication, find out what became"
          + " of a run that ended with 70. Both start Spark, and end with a result line."
    })
final class DoctorCommand implements Callable<Integer>, ResultPrinter {
  private static final String MEMORY = "4g";

  private final CommandContext context;

  @Mixin LaunchOptions options = new LaunchOptions();

  @Option(names = "--json", description = "Print JSON; with --lake or --publication it always is.")
  boolean json;

  @Option(
      names = "--lake",
      description = "Hold the ledger against all tables, and list what differs; exit 65 then.")
  boolean lake;

  @Option(
      names = "--rebuild-ledger",
      description = "With --lake: first make missing ledger entries from the notes of commits.")
  boolean rebuildLedger;

  @Option(
      names = "--publication",
      paramLabel = "RUN_KEY",
      description = "Show which commits of a run took effect, such as my_model.publish.2024-03-01.")
  @Nullable String publication;

  @Option(
      names = "--attempt",
      paramLabel = "ID",
      description = "With --publication: only of this start, as the result line names it.")
  @Nullable String attempt;

  DoctorCommand(CommandContext context) {
    this.context = context;
  }

  /** What a check found. */
  enum Health {
    OK,
    /** Something works less well, or only in part. */
    NOTE,
    /** Jobs cannot run. */
    BROKEN
  }

  record Check(String name, Health finding, String detail) {}

  @Override
  public String name() {
    return Verb.DOCTOR.word();
  }

  @Override
  public Integer call() throws JsonProcessingException {
    requireTogether();
    if (lake || publication != null) {
      JobLauncher launcher = JobLauncher.withoutPipelines(context, options);
      return launcher.runJob(launcher.submission(arguments(), MEMORY), Verb.DOCTOR.word());
    }

    return checkMachine();
  }

  private void requireTogether() {
    if (publication != null && lake) {
      throw wrong("--lake and --publication ask for different things; give one of them");
    }

    if (publication == null && attempt != null) {
      throw wrong("--attempt needs --publication RUN_KEY");
    }

    if (!lake && rebuildLedger) {
      throw wrong("--rebuild-ledger needs --lake");
    }

    if (publication != null && RunKey.parse(publication).isEmpty()) {
      throw wrong(
          "'" + publication + "' is no run key; give one such as my_model.publish.2024-03-01");
    }
  }

  private static MillraceException wrong(String reason) {
    return new MillraceException(ErrorCategory.DEFINITION, "Cannot examine the lake: " + reason);
  }

  private List<String> arguments() {
    List<String> arguments = new ArrayList<>(List.of(Verb.DOCTOR.word()));
    if (rebuildLedger) {
      arguments.add("--rebuild-ledger");
    }

    if (publication != null) {
      arguments.addAll(List.of("--publication", publication));
    }

    if (attempt != null) {
      arguments.addAll(List.of("--attempt", attempt));
    }

    return arguments;
  }

  private int checkMachine() throws JsonProcessingException {
    List<Check> checks = new ArrayList<>(List.of(java(), jobsJar(), spark(), python()));
    checks.addAll(definitionsAndWhatTheyName());
    if (json) {
      context.out().println(Json.MAPPER.writeValueAsString(checks));
    } else {
      checks.forEach(
          check ->
              context
                  .out()
                  .printf("%-7s %-12s %s%n", check.finding(), check.name(), check.detail()));
    }

    boolean broken = checks.stream().anyMatch(check -> check.finding() == Health.BROKEN);
    return broken ? ErrorCategory.EXTERNAL.exitCode() : 0;
  }

  private static Check java() {
    String found = Runtime.version() + " in " + System.getProperty("java.home");
    return Runtime.version().feature() == 17
        ? new Check("java", Health.OK, found)
        : new Check(
            "java", Health.BROKEN, found + "; Spark 3.5 is tested with 17: set JAVA_HOME to one");
  }

  private Check jobsJar() {
    return Files.isRegularFile(context.jobsJar())
        ? new Check("jobs", Health.OK, context.jobsJar().toString())
        : new Check(
            "jobs",
            Health.BROKEN,
            context.jobsJar() + " is not there: run ./mvnw -q -DskipTests package");
  }

  private Check spark() {
    return finding(
        "spark",
        () -> {
          SparkRuntime runtime = SparkRuntime.find(context.environment(), context.home());
          boolean fallback =
              runtime.submit().isEmpty() && !context.variable("SPARK_HOME").isEmpty();
          return new Check(
              "spark",
              fallback ? Health.NOTE : Health.OK,
              runtime.submit().orElse(runtime.jars())
                  + (fallback ? "; SPARK_HOME has no bin/spark-submit and is not used" : ""));
        });
  }

  private Check python() {
    Path mlflow = MlflowServer.program(context.home());
    return Files.isExecutable(mlflow)
        ? new Check("python", Health.OK, mlflow.toString())
        : new Check(
            "python",
            Health.NOTE,
            mlflow
                + " is not there: bin/python-env mlflow makes it; without it the registry is a directory");
  }

  private List<Check> definitionsAndWhatTheyName() {
    JobLauncher launcher;
    try {
      launcher = new JobLauncher(context, options);
    } catch (MillraceException e) {
      return List.of(new Check("definitions", Health.BROKEN, String.valueOf(e.getMessage())));
    }

    return List.of(
        new Check(
            "definitions",
            Health.OK,
            "pipelines: " + String.join(", ", launcher.definitions().training().keySet())),
        finding("sql-port", () -> sqlPort(launcher)),
        mlflowPort(),
        finding("lake", () -> lake(launcher.lakeDirectory())));
  }

  private Check sqlPort(JobLauncher launcher) {
    Optional<String> url = new SqlSession(context, launcher).server().url();
    int port = launcher.definitions().platform().sqlPort();
    if (url.isPresent() || Ports.isFree(port)) {
      return new Check("sql-port", Health.OK, url.orElse(port + " is free"));
    }

    return new Check(
        "sql-port",
        Health.NOTE,
        port + " belongs to another program: give millrace sql --serve another --port");
  }

  private Check mlflowPort() {
    MlflowServer server = Quickstart.mlflow(context);
    return server.isUp()
        ? new Check("mlflow", Health.OK, server.url() + " is up")
        : new Check("mlflow", Health.NOTE, server.url() + " is down: bin/quickstart starts one");
  }

  private static Check lake(Path lake) {
    try {
      Files.createDirectories(lake);
      Path probe = Files.createTempFile(lake, ".doctor", "");
      Files.delete(probe);
      long freeGib = Files.getFileStore(lake).getUsableSpace() >> 30;
      return new Check(
          "lake", freeGib < 2 ? Health.NOTE : Health.OK, lake + ", " + freeGib + " GiB free");
    } catch (IOException e) {
      return new Check("lake", Health.BROKEN, "cannot write to " + lake + ": " + Causes.words(e));
    }
  }

  private static Check finding(String name, Supplier<Check> check) {
    try {
      return check.get();
    } catch (MillraceException e) {
      return new Check(name, Health.BROKEN, String.valueOf(e.getMessage()));
    }
  }
}
