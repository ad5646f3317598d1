package org.millrace.jobs;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.spark.sql.SparkSession;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.Definitions;
import org.millrace.features.lake.Lake;
import org.millrace.features.lake.Ledger;
import org.millrace.features.spark.SparkSettings;
import org.millrace.jobs.metastore.MetastoreAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/**
 * The program that {@code spark-submit} starts: one verb, one room. The only place that reads the
 * environment and the clock, makes the session and the clients, and ends the process. The last line
 * on stdout is the result, one line of JSON; progress goes to stderr.
 */
public final class Main {
  private static final Logger LOG = LoggerFactory.getLogger(Main.class);

  private Main() {}

  /** Runs a verb and exits with its code. */
  public static void main(String[] args) {
    PrintStream stdout = System.out;
    // whatever a library prints must not get between us and the one line on stdout
    System.setOut(System.err);
    JobResult result = run(args);
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
      return failed(runKey, ErrorCategory.DEFINITION, "Cannot run: " + e.getMessage(), start, e);
    } catch (MillraceException e) {
      return failed(runKey, e.category(), String.valueOf(e.getMessage()), start, e);
    } catch (RuntimeException e) {
      return failed(runKey, Failures.category(e), Failures.message(e), start, e);
    }
  }

  private static JobResult failed(
      String runKey, ErrorCategory category, String message, long start, Exception cause) {
    LOG.debug("Job failed", cause);
    if (category == ErrorCategory.INTERNAL) {
      LOG.error("Job failed", cause);
    }

    return JobResult.failed(runKey, category, message, JobContext.secondsSince(start));
  }

  private static JobResult run(JobArguments arguments) {
    Definitions definitions =
        arguments.adjusted(Definitions.load(arguments.conf(), arguments.home()));
    String root =
        Optional.ofNullable(System.getenv("MILLRACE_LAKE")).orElse(definitions.platform().lake());
    Path lakePath = Path.of(root);
    Map<String, String> settings = new LinkedHashMap<>(SparkSettings.of(root + "/warehouse"));
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
