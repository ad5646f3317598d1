package org.millrace.orchestration.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.ProcessStamp;

class TestSparkLaunch {
  private static final SparkRuntime COPIED = new SparkRuntime(Optional.empty(), Path.of("/s/jars"));
  private static final SparkRuntime INSTALLED =
      new SparkRuntime(Optional.of(Path.of("/spark/bin/spark-submit")), Path.of("/spark/jars"));

  private Path directory;
  private Path files;

  @BeforeEach
  void namePlaces(@TempDir Path temporary) {
    directory = temporary;
    files = directory.resolve("state/launch");
  }

  @Test
  void handsSettingsOverInAFileOfTheOwnerAlone() throws IOException {
    String value = " é=:#\\ \n\"x\"";
    Map<String, String> settings = Map.of("spark.my.password", value, "spark.a", "b");
    try (SparkLaunch launch = prepare(COPIED, settings, Map.of())) {
      List<String> command = launch.command();
      Path file = Path.of(after(command, "--properties-file"));

      assertThat(command).noneMatch(argument -> argument.contains("spark.my.password"));
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(files)))
          .isEqualTo("rwx------");
      assertThat(read(file))
          .containsEntry("spark.my.password", value)
          .containsEntry("spark.a", "b")
          .containsEntry("spark.driver.host", "127.0.0.1");
    }

    assertThat(list()).isEmpty();
  }

  @Test
  void keepsSparksOwnDefaults() throws IOException {
    Path conf = Files.createDirectories(directory.resolve("home/conf"));
    Files.writeString(
        conf.resolve("spark-defaults.conf"),
        "# a comment\nspark.a   of-defaults\nspark.b=of-defaults\nspark.ui.enabled true\nother x\n");
    Map<String, String> environment = Map.of("SPARK_HOME", directory.resolve("home").toString());

    try (SparkLaunch launch = prepare(INSTALLED, Map.of("spark.a", "own"), environment)) {
      assertThat(read(Path.of(after(launch.command(), "--properties-file"))))
          .containsEntry("spark.a", "own")
          .containsEntry("spark.b", "of-defaults")
          .containsEntry("spark.ui.enabled", "false")
          .doesNotContainKey("other");
    }

    Path other = Files.createDirectories(directory.resolve("other"));
    Files.writeString(other.resolve("spark-defaults.conf"), "spark.b of-other\n");
    Map<String, String> both =
        Map.of("SPARK_HOME", directory.resolve("home") + "", "SPARK_CONF_DIR", other.toString());
    try (SparkLaunch launch = prepare(INSTALLED, Map.of(), both)) {
      assertThat(read(Path.of(after(launch.command(), "--properties-file"))))
          .containsEntry("spark.b", "of-other");
    }
  }

  @Test
  void handsJvmOptionsOfTheUserOverInAFileToo() throws IOException {
    Map<String, String> settings =
        Map.of("spark.driver.extraJavaOptions", "-Dstore.password=canary -Xlog:gc");
    try (SparkLaunch launch = prepare(INSTALLED, settings, Map.of())) {
      String options = launch.command().get(2);
      assertThat(launch.command()).noneMatch(argument -> argument.contains("canary"));
      Path file = Path.of(options.substring(options.indexOf('@' + files.toString()) + 1));
      assertThat(Files.readAllLines(file))
          .containsExactly("\"-Dstore.password=canary\"", "\"-Xlog:gc\"");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
    }

    try (SparkLaunch launch = prepare(COPIED, settings, Map.of())) {
      assertThat(launch.command())
          .anyMatch(argument -> argument.startsWith("@" + files))
          .noneMatch(argument -> argument.contains("canary"));
    }

    assertThat(list()).isEmpty();
  }

  @Test
  void namesItselfAsTheParentOfAJobAndNotOfAServer() {
    String parent = "-Dmillrace.parent=" + ProcessStamp.ofThisProcess().orElseThrow();
    try (SparkLaunch job = prepare(COPIED, Map.of(), Map.of())) {
      assertThat(job.command()).contains(parent);
    }

    SparkSubmission server = submission(COPIED, Map.of(), "sql", "--serve", "--port", "10015");
    try (SparkLaunch launch = SparkLaunch.prepare(server, Map.of(), files)) {
      assertThat(launch.command()).noneMatch(argument -> argument.contains("millrace.parent"));
    }

    assertThat(submission(COPIED, Map.of(), "score").shown())
        .as("a printed call must run without this process")
        .noneMatch(argument -> argument.contains("millrace.parent"));
  }

  @Test
  void deletesWhatAKilledCommandLeft() throws IOException {
    Files.createDirectories(files);
    String own = ProcessStamp.ofThisProcess().orElseThrow() + "-7.properties";
    for (String name : List.of("1@1-7.properties", "1@1-8.options", "notes.properties", own)) {
      Files.createFile(files.resolve(name));
    }

    prepare(COPIED, Map.of(), Map.of()).close();

    assertThat(list()).containsExactlyInAnyOrder("notes.properties", own);
  }

  @Test
  void saysThatTheDirectoryMustBeWritable() throws IOException {
    Files.createDirectories(files.getParent());
    Files.createFile(files);

    assertThatThrownBy(() -> prepare(COPIED, Map.of(), Map.of()))
        .isInstanceOf(MillraceException.class)
        .hasMessageStartingWith("Cannot write Spark's settings to " + files)
        .hasMessageContaining("the directory must be writable");
  }

  @Test
  void showsNoSecrets() {
    Map<String, String> settings =
        Map.of(
            "spark.hadoop.fs.s3a.secret.key", "canary",
            "spark.my.url", "jdbc:x://user:canary@host/db",
            "spark.my.text", "password=canary",
            "spark.plain", "http://user@host:80/a",
            "spark.driver.extraJavaOptions", "-Dstore.password=canary -Da=b");
    List<String> shown = submission(COPIED, settings, "score").shown();

    assertThat(shown)
        .noneMatch(argument -> argument.contains("canary"))
        .contains(
            "spark.hadoop.fs.s3a.secret.key=*********(redacted)",
            "spark.my.url=*********(redacted)",
            "spark.my.text=*********(redacted)",
            "spark.plain=http://user@host:80/a",
            "-Dstore.password=*********(redacted)",
            "-Da=b");
  }

  private SparkLaunch prepare(
      SparkRuntime runtime, Map<String, String> settings, Map<String, String> environment) {
    return SparkLaunch.prepare(submission(runtime, settings, "score"), environment, files);
  }

  private static SparkSubmission submission(
      SparkRuntime runtime, Map<String, String> settings, String... arguments) {
    return new SparkSubmission(
        runtime,
        Path.of("/jobs.jar"),
        "local[2]",
        settings,
        "3g",
        Path.of("/conf/log4j2.properties"),
        false,
        Path.of("/state"),
        List.of(),
        List.of(arguments));
  }

  private static String after(List<String> command, String option) {
    return command.get(command.indexOf(option) + 1);
  }

  private static Map<Object, Object> read(Path file) throws IOException {
    Properties properties = new Properties();
    try (BufferedReader text = Files.newBufferedReader(file)) {
      properties.load(text);
    }

    return properties;
  }

  private List<String> list() throws IOException {
    try (Stream<Path> entries = Files.list(files)) {
      return entries.map(entry -> entry.getFileName().toString()).toList();
    }
  }
}
