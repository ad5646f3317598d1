package org.millrace.orchestration;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A project home in a temporary directory: small definitions, an empty jobs jar, a Spark of ours.
 */
final class HomeFixture {
  private final Path home;
  private final Map<String, String> environment = new HashMap<>();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  HomeFixture(Path home) throws IOException {
    this.home = home;
    write(
        "conf/millrace.yaml",
        """
        lake: lake
        sql-port: 10177
        spark: {spark.sql.shuffle.partitions: '4'}
        """);
    write("conf/log4j2.properties", "rootLogger.level = warn\n");
    write(
        "conf/sources/flights.yaml",
        """
        table: raw.flights
        description: flights
        inputs: {f: data/f.parquet}
        sql: SELECT * FROM f
        """);
    write(
        "conf/spines/flights.yaml",
        """
        spine: flights
        description: flights
        reads: [raw.flights]
        sql: SELECT 1
        id: [flight]
        day: flight_date
        columns: [hour]
        label: late
        label-known-at: known_at
        """);
    write(
        "conf/training/late_flight.yaml",
        """
        model: late_flight
        spine: flights
        numeric: [hour]
        major-minor: '1.0'
        days: {from: 2013-01-01, to: 2013-10-31}
        """);
    write(
        "conf/gate/late_flight.yaml",
        """
        model: late_flight
        days: {from: 2013-11-01, to: 2013-11-30}
        ranges: {auc: {min: 0.5}}
        """);
    write(
        "conf/scoring/late_flight.yaml",
        "model: late_flight\npredictions: predictions.late_flight\n");
    write("conf/monitoring/late_flight.yaml", "model: late_flight\n");
    write("spark-jobs/target/millrace-jobs.jar", "");
    sparkSubmit("echo \"$@\"");
  }

  /** Makes {@code SPARK_HOME/bin/spark-submit} a shell script. */
  HomeFixture sparkSubmit(String script) throws IOException {
    Path submit = write("spark/bin/spark-submit", "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(submit, PosixFilePermissions.fromString("rwxr-xr-x"));
    environment.put("SPARK_HOME", home.resolve("spark").toString());
    return this;
  }

  HomeFixture variable(String name, String value) {
    environment.put(name, value);
    return this;
  }

  Path write(String path, String text) throws IOException {
    Path file = home.resolve(path);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  Path home() {
    return home;
  }

  CommandContext context() {
    return new CommandContext(
        home,
        home,
        environment,
        new PrintStream(out, true, UTF_8),
        new PrintStream(err, true, UTF_8),
        Clock.systemUTC());
  }

  int execute(String... arguments) {
    out.reset();
    err.reset();
    return Millrace.commandLine(context()).execute(arguments);
  }

  String out() {
    return out.toString(UTF_8);
  }

  String err() {
    return err.toString(UTF_8);
  }

  /** The last line on stdout. */
  String lastLine() {
    List<String> lines = out().lines().toList();
    return lines.isEmpty() ? "" : lines.get(lines.size() - 1);
  }
}
