package org.millrace.orchestration.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.definition.Definitions;
import org.millrace.contracts.definition.SqlForm;
import org.millrace.registry.testing.MlflowServer;
import org.millrace.registry.testing.PythonEnv;

/**
 * The lake of all tests of this JVM: January 2013, trained to the 20th, judged to the 25th, scored
 * from the 26th to the 31st; made once by one real run. A test that changes tables takes a copy.
 * Classes of tests run two at a time: what they share beyond a copy, they lock.
 */
final class SharedLake {
  /** Lock: to read where the registry must be up, to write where a test takes it down. */
  static final String REGISTRY = "registry";

  /** Lock: to read where the shared lake must not change, to write where a test changes it. */
  static final String TABLES = "tables of the shared lake";

  /** A day of the gate's slice, which {@link #night} publishes. */
  static final String NIGHT = "2013-01-23";

  private static final List<String> RUN =
      List.of(
          "run",
          "--from",
          "2013-01-01",
          "--to",
          "2013-01-31",
          "--train-to",
          "2013-01-20",
          "--gate-to",
          "2013-01-25");

  /**
   * For all processes after the first run, which has the shipped settings: of a job of seconds the
   * optimising compiler takes half the CPU time and gives none of it back.
   */
  private static final String SHORT_LIVED =
      "spark.driver.extraJavaOptions: -XX:TieredStopAtLevel=1";

  private static @Nullable SharedLake shared;

  private final Path directory;
  private final MillraceHome home;
  private final MlflowServer mlflow;
  private final FinishedCommand built;
  private final Path pristine;
  private final Path conf;
  private final Object nightly = new Object();
  private final AtomicInteger copies = new AtomicInteger();
  private @Nullable SqlService sql;
  private @Nullable Night night;

  private SharedLake(Path directory) {
    this.directory = directory;
    this.home = MillraceHome.in(directory);
    this.mlflow = MlflowServer.shared();
    this.conf = MillraceHome.copy(MillraceHome.shippedConf(), directory.resolve("conf"));
    soften(new ConfCopy(conf));
    this.built = runAgain();
    new ConfCopy(conf).replace("millrace.yaml", "spark: {}", "spark: {" + SHORT_LIVED + "}");
    this.pristine = copyTables(directory.resolve("pristine"));
  }

  /** The lake; the first call makes it. */
  static synchronized SharedLake get() {
    if (shared == null) {
      try {
        Path directory = Files.createTempDirectory("millrace-it");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> MillraceHome.delete(directory)));
        shared = new SharedLake(directory);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    return shared;
  }

  /** How the run that made it ended. */
  FinishedCommand built() {
    return built;
  }

  /** Its directory. */
  Path path() {
    return directory.resolve("lake");
  }

  /** The registry. */
  MlflowServer mlflow() {
    return mlflow;
  }

  /** Runs the range again, exactly as the first time. */
  FinishedCommand runAgain() {
    List<String> arguments = new ArrayList<>(RUN);
    arguments.addAll(List.of("--conf", conf.toString()));
    return run(path(), arguments.toArray(String[]::new));
  }

  /** Runs {@code millrace} on a lake. */
  FinishedCommand run(Path lake, String... arguments) {
    return home.run(environment(lake), arguments);
  }

  /** Starts {@code millrace} on a lake. */
  RunningCommand start(Path lake, String... arguments) {
    return home.start(environment(lake), arguments);
  }

  /** The SQL server of this lake; the first call starts it. */
  synchronized SqlService sql() {
    if (sql == null) {
      sql = SqlService.start(this);
    }

    return sql;
  }

  /**
   * A nightly job beside the server.
   *
   * @param rowsBefore predictions of that day that JDBC showed before it
   */
  record Night(long rowsBefore, FinishedCommand score, FinishedCommand publish) {}

  /** The nightly job of {@link #NIGHT}, while the SQL server is up; the first call runs it. */
  Night night() {
    synchronized (nightly) { // for so long, others may ask for a copy
      if (night == null) {
        long before =
            sql()
                .number(
                    "SELECT count(*) FROM late_flight_current WHERE flight_date = DATE'"
                        + NIGHT
                        + "'");
        String[] day = {"late_flight", "--date", NIGHT, "--conf", conf.toString()};
        night =
            new Night(before, run(path(), verb("score", day)), run(path(), verb("publish", day)));
      }

      return night;
    }
  }

  private static String[] verb(String verb, String... arguments) {
    List<String> all = new ArrayList<>(List.of(verb));
    all.addAll(List.of(arguments));
    return all.toArray(String[]::new);
  }

  /** A lake of its own with the same tables and models, as they were after the first run. */
  Path copy() {
    return MillraceHome.copy(pristine, scratch("lake"));
  }

  /** Directory of the definitions of this lake. */
  Path definitionsDirectory() {
    return conf;
  }

  /** The definitions of this lake. */
  Definitions definitions() {
    return Definitions.load(conf, PythonEnv.home(), SqlForm.AS_WRITTEN);
  }

  /** A copy of them, to be changed. */
  ConfCopy conf() {
    return new ConfCopy(MillraceHome.copy(conf, scratch("conf")));
  }

  /**
   * The shipped definitions for a model of three weeks: few trees, and a gate that they pass. A
   * registry that is down is given up after a second.
   */
  private static void soften(ConfCopy conf) {
    conf.replace("millrace.yaml", "retry-for: PT60S", "retry-for: PT1S")
        .replace("training/late_flight.yaml", "count: 40, depth: 5", "count: 10, depth: 4")
        .replace("gate/late_flight.yaml", "auc: {min: 0.70", "auc: {min: 0.55")
        .replace("gate/late_flight.yaml", "log_loss: {max: 0.65}", "log_loss: {max: 0.80}")
        .replace("gate/late_flight.yaml", "{max: 0.12}", "{max: 0.30}")
        .replace("gate/late_flight.yaml", "{min: -0.01}", "{min: -1.0}");
  }

  private Path scratch(String name) {
    return directory.resolve(name + "-" + copies.incrementAndGet());
  }

  private Map<String, String> environment(Path lake) {
    Map<String, String> environment = new HashMap<>();
    environment.put("MILLRACE_LAKE", lake.toString());
    environment.put("MILLRACE_DRIVER_MEMORY", "2g");
    environment.put("MLFLOW_TRACKING_URI", mlflow.uri().toString());
    return environment;
  }

  /** Without the metastore: it names tables by absolute paths, and is made anew. */
  private Path copyTables(Path target) {
    for (String part : List.of("warehouse", "models", "definitions")) {
      MillraceHome.copy(path().resolve(part), target.resolve(part));
    }

    return target;
  }

  /** Every commit of every table below a directory of a lake, by file name. */
  static List<String> commits(Path directory) {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }

    try (Stream<Path> tree = Files.walk(directory)) {
      return new ArrayList<>(
          tree.filter(path -> path.toString().matches(".*/_delta_log/[0-9]+\\.json"))
              .map(path -> directory.relativize(path).toString())
              .sorted()
              .toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
