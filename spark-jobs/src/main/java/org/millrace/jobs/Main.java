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
    String runKey = String.join(" ", args);
    try {
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
    Definitions loaded = Definitions.load(arguments.conf(), arguments.home());
    String otherLake = System.getenv().getOrDefault("MILLRACE_LAKE", "");
    Definitions definitions =
        arguments.adjusted(
            otherLake.isEmpty() ? loaded : loaded.withLake(otherLake, arguments.home()));
    String root = definitions.platform().lake();
    Path lakePath = Path.of(root);
    Map<String, String> settings = new LinkedHashMap<>(SparkSettings.of(root + "/warehouse"));
    settings.putAll(
        SparkSettings.ofLocalMode(new SparkConf(), Runtime.getRuntime().availableProcessors()));
    if (arguments.needsMetastore()) {
      Optional<MetastoreAddress.Server> server =
          arguments.isServing() ? Optional.empty() : MetastoreAddress.server(lakePath);
      settings.putAll(MetastoreAddress.settings(lakePath, server));
    }

    if (arguments.isServing()) {
      settings.putAll(MetastoreAddress.thriftSettings(arguments.port(definitions)));
    }

    settings.putAll(definitions.platform().spark());
    SparkSession spark = session(arguments, settings);
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

  private static SparkSession session(JobArguments arguments, Map<String, String> settings) {
    SparkSession.Builder builder =
        SparkSession.builder().appName("millrace " + arguments.runKeyText());
    settings.forEach(builder::config);
    return builder.getOrCreate();
  }
}
