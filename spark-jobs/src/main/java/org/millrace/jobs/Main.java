package org.millrace.jobs;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.definition.Definitions;
import org.millrace.features.lake.Lake;
import org.millrace.features.lake.Ledger;
import org.millrace.features.spark.SparkSettings;
import org.millrace.jobs.files.FileJobs;
import org.millrace.jobs.metastore.MetastoreAddress;
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
    PrintStream stdout = System.out;
    // whatever a library prints must not get between us and the one line on stdout
    System.setOut(System.err);
    JobResult result = PeakMemory.in(run(args));
    ResultFile.keep(args, result);
    byte[] line = (result.toJsonLine() + "\n").getBytes(StandardCharsets.UTF_8);
    stdout.write(line, 0, line.length);
    stdout.flush();
    System.exit(result.exitCode());
  }

  private static JobResult run(String[] args) {
    long start = System.nanoTime();
    JobArguments arguments = new JobArguments();
    String runKey = args.length == 0 ? "" : args[0];
    try {
      if (FileArguments.areMeant(args)) {
        return runOnFiles(args);
      }

      new CommandLine(arguments).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(args);
      runKey = arguments.runKeyText();
      return run(arguments);
    } catch (CommandLine.ParameterException e) {
      return JobResult.failed(
          runKey,
          ErrorCategory.DEFINITION,
          "Cannot run: " + e.getMessage(),
          JobContext.secondsSince(start));
    } catch (RuntimeException e) {
      return Failures.result(runKey, e, JobContext.secondsSince(start));
    }
  }

  private static JobResult run(JobArguments arguments) {
    Definitions definitions =
        arguments.adjusted(
            inLakeOfEnvironment(
                Definitions.load(arguments.conf(), arguments.home()), arguments.home()));
    String root = definitions.platform().lake();
    Map<String, String> settings = settings(definitions);
    if (arguments.needsMetastore()) {
      settings.putAll(metastore(root, arguments.isServing()));
    }

    if (arguments.isServing()) {
      settings.putAll(MetastoreAddress.thriftSettings(arguments.port(definitions)));
    }

    settings.putAll(definitions.platform().spark());
    SparkSession spark = session(arguments.runKeyText(), settings);
    try (RegistryHolder registry = new RegistryHolder(definitions.platform(), System.getenv())) {
      Lake lake = new Lake(spark, root, definitions.platform().dayZone());
      JobContext context =
          new JobContext(
              spark,
              definitions,
              lake,
              Ledger.open(lake),
              registry,
              Clock.systemUTC(),
              UUID.randomUUID().toString(),
              new StderrProgress(System.err));
      return new Rooms(context, arguments).run();
    } finally {
      spark.stop();
    }
  }

  private static JobResult runOnFiles(String[] args) {
    FileArguments arguments = new FileArguments();
    new CommandLine(arguments).parseArgs(args);
    Definitions definitions =
        inLakeOfEnvironment(
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

  private static Definitions inLakeOfEnvironment(Definitions definitions, Path home) {
    String lake = System.getenv().getOrDefault("MILLRACE_LAKE", "");
    return lake.isEmpty() ? definitions : definitions.withLake(lake, home);
  }

  private static Map<String, String> settings(Definitions definitions) {
    Map<String, String> settings =
        new LinkedHashMap<>(SparkSettings.of(definitions.platform().lake() + "/warehouse"));
    settings.putAll(
        SparkSettings.ofLocalMode(new SparkConf(), Runtime.getRuntime().availableProcessors()));
    return settings;
  }

  private static Map<String, String> metastore(String lake, boolean isServing) {
    Path path = Path.of(lake);
    return MetastoreAddress.settings(
        path, isServing ? Optional.empty() : MetastoreAddress.server(path));
  }

  private static SparkSession session(String name, Map<String, String> settings) {
    SparkSession.Builder builder = SparkSession.builder().appName("millrace " + name);
    settings.forEach(builder::config);
    return builder.getOrCreate();
  }
}
