package org.millrace.jobs;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.FailureLog;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.ProcessStamp;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.Verb;
import org.millrace.contracts.definition.DefinitionLines;
import org.millrace.contracts.definition.Definitions;
import org.millrace.contracts.definition.PlatformDefinition;
import org.millrace.features.input.JdbcInput;
import org.millrace.features.lake.Lake;
import org.millrace.features.lease.Leases;
import org.millrace.features.ledger.Ledger;
import org.millrace.features.spark.SparkSettings;
import org.millrace.jobs.check.CheckDefinitions;
import org.millrace.jobs.doctor.Doctor;
import org.millrace.jobs.doctor.DoctorRequest;
import org.millrace.jobs.files.FileJobs;
import org.millrace.jobs.init.CompleteAnswers;
import org.millrace.jobs.init.InitPipeline;
import org.millrace.jobs.init.InitRequest;
import org.millrace.jobs.metastore.MetastoreAddress;
import org.millrace.jobs.metastore.MetastoreLogin;
import org.millrace.jobs.model.ModelCache;
import org.millrace.jobs.model.ViewsInUse;
import org.millrace.jobs.preview.PreviewRows;
import org.millrace.jobs.readonly.ReadOnlySql;
import org.millrace.jobs.room.Failures;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.room.LostLedger;
import org.millrace.jobs.room.Progress;
import org.millrace.jobs.room.RoomRunner;
import org.millrace.jobs.sql.ServeSql;
import picocli.CommandLine;

/**
 * The program that {@code spark-submit} starts: one verb, one room. The only place that reads the
 * environment and the clock, makes the session and the clients, and ends the process. The last line
 * on stdout is the result, one line of JSON; progress goes to stderr.
 */
public final class Main {
  private Main() {}

  /** Runs a verb and exits with its code. */
  public static void main(String[] args) {
    Locale.setDefault(Locale.ENGLISH); // texts are alike on all machines; Derby refuses ROOT
    Stderr.install();
    PrintStream stdout = System.out;
    // whatever a library prints must not get between us and the one line on stdout
    System.setOut(System.err);
    ParentWatch.start(
        System.getProperty(ProcessStamp.PARENT_PROPERTY, ""),
        System.getProperty("spark.submit.deployMode", ""));
    String attempt = UUID.randomUUID().toString();
    JobResult result = PeakMemory.in(run(args, attempt, stdout)).withAttempt(attempt);
    ResultFile.keep(args, result);
    byte[] line = (result.toJsonLine() + "\n").getBytes(StandardCharsets.UTF_8);
    stdout.write(line, 0, line.length);
    stdout.flush();
    System.exit(result.exitCode());
  }

  private static JobResult run(String[] args, String attempt, PrintStream stdout) {
    long start = System.nanoTime();
    JobArguments arguments = new JobArguments();
    String runKey = args.length == 0 ? "" : args[0];
    try {
      if (FileArguments.areMeant(args)) {
        return runOnFiles(args);
      }

      if (InitArguments.areMeant(args)) {
        return init(args, stdout);
      }

      if (DefinitionArguments.areMeant(args)) {
        return look(args, stdout);
      }

      new CommandLine(arguments).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(args);
      runKey = arguments.runKeyText();
      return run(arguments, attempt);
    } catch (CommandLine.ParameterException e) {
      return JobResult.failed(
          runKey,
          ErrorCategory.DEFINITION,
          "Cannot run: " + e.getMessage(),
          JobContext.secondsSince(start));
    } catch (Throwable e) { // Scala throws checked exceptions without declaring them
      return Failures.result(
          runKey,
          attempt,
          e,
          JobContext.secondsSince(start),
          ResultFile.home(args).map(FailureLog::new));
    }
  }

  private static JobResult run(JobArguments arguments, String attempt) {
    Definitions definitions =
        arguments.adjusted(arguments.lake().inLake(arguments.definitions(), arguments.home()));
    String root = definitions.platform().lake();
    Map<String, String> settings = settings(definitions);
    if (arguments.verb().needsMetastore()) {
      settings.putAll(metastore(root, arguments.isServing()));
    }

    if (arguments.isServing()) {
      settings.putAll(MetastoreAddress.thriftSettings(arguments.port(definitions)));
    }

    settings.putAll(definitions.platform().spark());
    if (arguments.verb() != Verb.SQL) {
      settings.putAll(databases());
    }

    if (arguments.isServing()) {
      settings.putAll(login());
      settings.putAll(arguments.allowsWrites() ? Map.of() : ReadOnlySql.settings(settings));
    }

    SparkSession spark = session(arguments.runKeyText(), settings);
    Lake lake = new Lake(spark, root, definitions.platform().dayZone());
    try (ShownProgress shown = ShownProgress.of(spark)) {
      return switch (arguments.verb()) {
        case SQL -> serve(arguments, definitions, lake, shown.progress());
        case DOCTOR -> examine(arguments, definitions, lake, attempt, shown.progress());
        default -> runRooms(arguments, definitions, lake, attempt, shown.progress());
      };
    } finally {
      spark.stop();
    }
  }

  private static JobResult serve(
      JobArguments arguments, Definitions definitions, Lake lake, Progress progress) {
    return new ServeSql(
            lake, definitions, progress, arguments.port(definitions), arguments.allowsWrites())
        .serve();
  }

  private static JobResult examine(
      JobArguments arguments,
      Definitions definitions,
      Lake lake,
      String attempt,
      Progress progress) {
    try (Leases leases =
        new Leases(lake, Clock.systemUTC(), definitions.platform().lease(), () -> {})) {
      DoctorRequest request =
          new DoctorRequest(
              arguments.rebuildsLedger(), arguments.publication(), arguments.attempt());
      return new Doctor(lake, leases, attempt, progress).run(request);
    }
  }

  private static JobResult runRooms(
      JobArguments arguments,
      Definitions definitions,
      Lake lake,
      String attempt,
      Progress progress) {
    RunKey key = arguments.runKey();
    PlatformDefinition platform = definitions.platform();
    Clock clock = Clock.systemUTC();
    try (RegistryHolder registry = new RegistryHolder(platform, System.getenv());
        Leases leases =
            new Leases(
                lake, clock, platform.lease(), () -> lake.spark().sparkContext().cancelAllJobs())) {
      Ledger ledger = Ledger.open(lake, platform.changedOutside(), leases::isAtWork);
      if (arguments.verb() != Verb.REPORT) {
        LostLedger.warn(lake, ledger, progress);
      }

      JobContext context =
          new JobContext(
              lake.spark(),
              ViewsInUse.pipeline(
                  definitions, key.pipeline(), ModelCache.of(lake, progress), progress),
              lake,
              ledger,
              leases,
              registry,
              clock,
              attempt,
              progress);
      Optional<FailureLog> traces = Optional.of(new FailureLog(arguments.home()));
      RoomRunner runner = new RoomRunner(context, arguments.waitForLeases(), traces);
      return new Rooms(context, runner, arguments.takeBack(user()), arguments.runOptions())
          .run(arguments.verb(), key);
    }
  }

  /** Who started this program. */
  private static String user() {
    String named = System.getenv("USER");
    return named == null || named.isBlank() ? System.getProperty("user.name", "") : named;
  }

  private static JobResult runOnFiles(String[] args) {
    FileArguments arguments = new FileArguments();
    new CommandLine(arguments).parseArgs(args);
    Definitions definitions =
        arguments
            .lake()
            .inLake(
                Definitions.platformAlone(arguments.conf(), arguments.home()), arguments.home());
    Map<String, String> settings = settings(definitions);
    if (!FileJobs.areAllPaths(arguments.inputs())) {
      settings.putAll(metastore(definitions.platform().lake(), false));
    }

    settings.putAll(definitions.platform().spark());
    SparkSession spark = session(arguments.verb(), settings);
    try {
      return arguments.isScoring()
          ? FileJobs.score(spark, arguments.scoring())
          : FileJobs.joinAsOf(spark, arguments.asOf());
    } finally {
      spark.stop();
    }
  }

  private static JobResult init(String[] args, PrintStream stdout) throws IOException {
    InitArguments arguments = new InitArguments();
    new CommandLine(arguments).parseArgs(args);
    return looking(
        arguments.verb(),
        arguments.platform(),
        lake -> {
          BufferedReader answers =
              new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset()));
          InitRequest request =
              CompleteAnswers.complete(arguments.answers(), lake.spark(), answers, System.err);
          // the result names what is wrong, by the files that would be
          PrintStream silent =
              new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
          InitPipeline.Check check =
              (of, definitions) ->
                  new CheckDefinitions(
                          of,
                          definitions,
                          DefinitionLines.of(definitions.conf(), request.home()),
                          silent,
                          0)
                      .check();
          try (ShownProgress shown = ShownProgress.of(lake.spark())) {
            return new InitPipeline(lake.spark(), request, check, shown.progress(), stdout).write();
          }
        });
  }

  private static JobResult look(String[] args, PrintStream stdout) throws IOException {
    DefinitionArguments arguments = new DefinitionArguments();
    new CommandLine(arguments).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(args);
    Definitions definitions = arguments.definitions();
    return looking(
        arguments.verb(),
        definitions,
        lake ->
            arguments.isPreview()
                ? new PreviewRows(lake, definitions, arguments.preview(), stdout).preview()
                : new CheckDefinitions(
                        lake,
                        definitions,
                        DefinitionLines.of(arguments.conf(), arguments.home()),
                        stdout,
                        arguments.lastDays())
                    .check());
  }

  /** No table is written, so the warehouse that a session must have is a directory that goes. */
  private static JobResult looking(
      String verb, Definitions definitions, Function<Lake, JobResult> work) throws IOException {
    Map<String, String> settings = settings(definitions);
    Path warehouse = Files.createTempDirectory("millrace-" + verb);
    settings.put("spark.sql.warehouse.dir", warehouse.toString());
    settings.putAll(databases());
    settings.putAll(definitions.platform().spark());
    SparkSession spark = session(verb, settings);
    try {
      PlatformDefinition platform = definitions.platform();
      return work.apply(new Lake(spark, platform.lake(), platform.dayZone()));
    } finally {
      spark.stop();
      Files.deleteIfExists(warehouse);
    }
  }

  private static Map<String, String> settings(Definitions definitions) {
    SparkConf submitted = new SparkConf();
    SparkSettings.requireFree(definitions.platform().spark());
    SparkSettings.requireFree(submitted);
    Map<String, String> settings =
        new LinkedHashMap<>(SparkSettings.of(definitions.platform().lake() + "/warehouse"));
    settings.putAll(
        SparkSettings.ofLocalMode(submitted, Runtime.getRuntime().availableProcessors()));
    return settings;
  }

  private static Map<String, String> metastore(String lake, boolean isServing) {
    Path path = Path.of(lake);
    return MetastoreAddress.settings(
        path, isServing ? Optional.empty() : MetastoreAddress.server(path));
  }

  /** Locks the metastore that this process is about to serve. */
  private static Map<String, String> login() {
    MetastoreLogin login = MetastoreLogin.make();
    login.require();
    return login.settings();
  }

  /** The password of the databases that definitions read, if there is one. */
  private static Map<String, String> databases() {
    return Optional.ofNullable(System.getenv("MILLRACE_JDBC_PASSWORD"))
        .map(password -> Map.of(JdbcInput.PASSWORD, password))
        .orElse(Map.of());
  }

  /** Its jobs have this name in Spark's UI until a room's runner gives them another one. */
  private static SparkSession session(String name, Map<String, String> settings) {
    SparkSession.Builder builder = SparkSession.builder().appName("millrace " + name);
    settings.forEach(builder::config);
    SparkSession spark = builder.getOrCreate();
    spark.sparkContext().setJobGroup(name, "millrace " + name, false);
    return spark;
  }
}
