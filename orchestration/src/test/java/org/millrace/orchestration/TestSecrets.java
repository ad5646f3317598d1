package org.millrace.orchestration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.orchestration.launch.JavaProgram;

/**
 * A word that stands for secrets goes in by every way there is, into a real command that starts a
 * real JVM as Spark's scripts do; then it is looked for.
 */
class TestSecrets {
  private static final String CANARY = "canary-7f3a";

  private Path directory;
  private HomeFixture home;

  @BeforeEach
  void makeHome(@TempDir Path temporary) throws IOException {
    directory = temporary;
    home = new HomeFixture(directory);
  }

  @Test
  void noneIsOnACommandLineInTheOutputOrInAFileThatStays()
      throws IOException, InterruptedException {
    writeSettings();
    home.sparkSubmit(
        "exec '%s' -XX:TieredStopAtLevel=1 $2 -cp '%s' '%s' '%s' \"$@\""
            .formatted(
                JavaProgram.java(),
                System.getProperty("java.class.path"),
                Driver.class.getName(),
                directory));
    Path out = directory.resolve("stdout");
    Path err = directory.resolve("stderr");
    Process command = start(out, err);
    try {
      while (!Files.exists(directory.resolve("seen"))) {
        assertThat(command.isAlive()).as(Files.readString(err)).isTrue();
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
      }

      Map<Long, String> lines = commandLines(command.toHandle());
      assertThat(lines).hasSizeGreaterThan(1);
      assertThat(String.join("\n", lines.values()))
          .contains(Driver.class.getName(), "--properties-file")
          .doesNotContain(CANARY);
      assertThat(Files.readString(directory.resolve("seen")))
          .as("what the job got: settings, a JVM option, variables")
          .isEqualTo("3 1 2");
    } finally {
      Files.createFile(directory.resolve("go"));
      assertThat(command.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }

    assertThat(Files.readString(out)).isEqualTo("driver ended\n");
    assertThat(Files.readString(err)).doesNotContain(CANARY);
    assertThat(filesWithCanary(directory.resolve(".millrace"))).isEmpty();
    assertThat(directory.resolve(".millrace/launch")).isEmptyDirectory();
  }

  @ParameterizedTest
  @ValueSource(strings = {"score --date 2013-12-01", "sql --serve", "quickstart"})
  void noneIsInAPrintedCall(String arguments) throws IOException {
    writeSettings();

    assertThat(home.execute((arguments + " --print-command").split(" ", -1))).isZero();
    assertThat(home.out())
        .contains("spark.hadoop.fs.s3a.secret.key=*********(redacted)")
        .doesNotContain(CANARY);
    assertThat(home.err()).doesNotContain(CANARY);
  }

  @ParameterizedTest
  @CsvSource({
    "MLFLOW_TRACKING_URI,http://user:canary-7f3a@mlflow:5000,MLFLOW_TRACKING_URI http://***@mlflow:5000: it holds a user and a password",
    "MILLRACE_LAKE,s3a://key:canary-7f3a@bucket/lake,this lake: s3a: is not supported yet"
  })
  void anAddressWithAPasswordIsRefusedBeforeAnythingStarts(
      String variable, String value, String shown) throws IOException {
    home.sparkSubmit("touch " + directory.resolve("spark-was-started"));

    for (String verb : List.of("score --date 2013-12-01", "quickstart --date 2013-01-01")) {
      home.variable(variable, value);
      assertThat(home.execute(verb.split(" ", -1))).isEqualTo(64);
      assertThat(home.err()).contains("Cannot use " + shown).doesNotContain(CANARY);
      assertThat(home.out()).doesNotContain(CANARY);
    }

    assertThat(directory.resolve("spark-was-started")).doesNotExist();
  }

  @Test
  void theAddressOfTheDefinitionsIsRefusedToo() throws IOException {
    home.write(
        "conf/millrace.yaml",
        "lake: lake\nregistry: {uri: 'https://user:" + CANARY + "@mlflow/x'}\n");

    assertThat(home.execute("train", "--date", "2013-12-01")).isEqualTo(64);
    JobResult result = JobResult.fromJsonLine(home.lastLine());
    assertThat(result.category()).isEqualTo(ErrorCategory.DEFINITION);
    assertThat(result.message())
        .isEqualTo(
            "Cannot use registry.uri https://***@mlflow/x: it holds a user and a password, which"
                + " an address must not; give them in MLFLOW_TRACKING_USERNAME and"
                + " MLFLOW_TRACKING_PASSWORD");
  }

  @Test
  void anInputOrOutputWithAPasswordIsRefused() {
    String address = "s3a://key:" + CANARY + "@bucket/rows";
    for (String[] places : List.of(new String[] {address, "out"}, new String[] {"in", address})) {
      assertThat(
              home.execute(
                  "score-file", "--model", "m.onnx", "--input", places[0], "--output", places[1]))
          .isEqualTo(64);
      assertThat(home.lastLine()).contains("Cannot use s3a://***@bucket/rows: it holds a user");
      assertThat(home.out() + home.err()).doesNotContain(CANARY);
    }
  }

  private void writeSettings() throws IOException {
    home.write(
        "conf/millrace.yaml",
        """
        lake: lake
        spark:
          spark.hadoop.fs.s3a.secret.key: CANARY
          spark.my.password: CANARY
          spark.my.url: jdbc:postgresql://user:CANARY@host/db
          spark.driver.extraJavaOptions: -Dstore.password=CANARY
        """
            .replace("CANARY", CANARY));
  }

  private Process start(Path out, Path err) throws IOException {
    List<String> call = new ArrayList<>();
    call.addAll(List.of(JavaProgram.java().toString(), "-XX:TieredStopAtLevel=1", "-cp"));
    call.add(System.getProperty("java.class.path"));
    call.addAll(List.of("-Dmillrace.home=" + directory, Millrace.class.getName()));
    call.addAll(List.of("score", "late_flight", "--date", "2013-12-01"));
    ProcessBuilder builder = new ProcessBuilder(call);
    builder.environment().put("SPARK_HOME", directory.resolve("spark").toString());
    builder.environment().put("MLFLOW_TRACKING_USERNAME", CANARY + "-user");
    builder.environment().put("MLFLOW_TRACKING_PASSWORD", CANARY);
    builder.environment().remove("MLFLOW_TRACKING_URI");
    builder.environment().remove("MILLRACE_LAKE");
    return builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
  }

  /** The program that runs as the driver: it counts what came to it, and waits. */
  static final class Driver {
    private Driver() {}

    public static void main(String[] arguments) throws IOException {
      Path directory = Path.of(arguments[0]);
      List<String> words = List.of(arguments);
      Path settings = Path.of(words.get(words.indexOf("--properties-file") + 1));
      long inSettings =
          Files.readAllLines(settings).stream().filter(line -> line.contains(CANARY)).count();
      int inOptions = System.getProperty("store.password", "").equals(CANARY) ? 1 : 0;
      long inVariables =
          System.getenv().values().stream().filter(value -> value.startsWith(CANARY)).count();
      Path seen = directory.resolve("seen.part");
      Files.writeString(seen, inSettings + " " + inOptions + " " + inVariables);
      Files.move(seen, directory.resolve("seen"));
      while (!Files.exists(directory.resolve("go"))) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      }

      System.out.println("driver ended");
    }
  }

  /** As {@code ps} shows them to every user, by process id. */
  private static Map<Long, String> commandLines(ProcessHandle root) throws IOException {
    Map<Long, String> lines = new TreeMap<>();
    for (ProcessHandle process : Stream.concat(Stream.of(root), root.descendants()).toList()) {
      Path file = Path.of("/proc", Long.toString(process.pid()), "cmdline");
      String words = Files.readString(file, StandardCharsets.ISO_8859_1);
      lines.put(process.pid(), words.replace('\0', ' '));
    }

    return lines;
  }

  private static List<Path> filesWithCanary(Path directory) throws IOException {
    List<Path> found = new ArrayList<>();
    try (Stream<Path> tree = Files.walk(directory)) {
      for (Path file : tree.filter(Files::isRegularFile).toList()) {
        if (Files.readString(file, StandardCharsets.ISO_8859_1).contains(CANARY)) {
          found.add(file);
        }
      }
    }

    return found;
  }
}
