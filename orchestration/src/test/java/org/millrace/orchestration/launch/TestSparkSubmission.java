package org.millrace.orchestration.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.MillraceException;

class TestSparkSubmission {
  private static final SparkRuntime COPIED = new SparkRuntime(Optional.empty(), Path.of("/s/jars"));
  private static final SparkRuntime INSTALLED =
      new SparkRuntime(Optional.of(Path.of("/spark/bin/spark-submit")), Path.of("/spark/jars"));

  @Test
  void startsTheCopiedSparkWithItsOwnJvmOptions() {
    List<String> command = submission(COPIED, "local[2]", Map.of(), false).shown();

    assertThat(command)
        .startsWith(
            JavaProgram.java().toString(), "-cp", "/s/jars/*:/jobs.jar", "-Xmx3g", "-Xshare:auto")
        .contains("--add-opens=java.base/sun.nio.ch=ALL-UNNAMED")
        .contains("-Dlog4j2.configurationFile=file:///conf%20dir/log4j2.properties")
        .contains("-Dmillrace.spark.log.level=WARN")
        .containsSubsequence("org.apache.spark.deploy.SparkSubmit", "--class", SparkSubmission.MAIN)
        .endsWith("spark-internal", "score", "late_flight", "--from", "2013-12-01");
    assertThat(command).noneMatch(argument -> argument.contains("${"));
  }

  @Test
  void handsJvmOptionsToAnInstalledSparkAsOneArgument() {
    List<String> command =
        submission(
                INSTALLED,
                "local[2]",
                Map.of("spark.driver.extraJavaOptions", "-Xlog:gc -Da=b"),
                true)
            .shown();

    assertThat(command).startsWith("/spark/bin/spark-submit", "--driver-java-options");
    assertThat(command.get(2))
        .contains("-Dmillrace.spark.log.level=INFO")
        .contains("\"-Dderby.stream.error.file=/my state/derby.log\"")
        .endsWith(" -Xlog:gc -Da=b");
    assertThat(command).containsSubsequence("--driver-class-path", "/jobs.jar", "--class");
    assertThat(command).noneMatch(argument -> argument.contains("spark.driver.extraJavaOptions"));
  }

  @Test
  void letsJvmOptionsOfTheUserWin() {
    Map<String, String> own =
        Map.of("spark.driver.extraJavaOptions", "-XX:Tier4InvocationThreshold=1");

    assertThat(submission(COPIED, "local[2]", own, false).shown())
        .containsSubsequence(
            "-XX:Tier4InvocationThreshold=50000",
            "-XX:Tier4InvocationThreshold=1",
            "org.apache.spark.deploy.SparkSubmit");
  }

  @Test
  void givesTheVectorModuleToJobsThatScore() {
    Map<String, String> own = Map.of("spark.executor.extraJavaOptions", "-Xlog:gc");

    assertThat(submission(COPIED, "local[2]", Map.of(), false).shown())
        .containsSubsequence(
            "--add-modules=jdk.incubator.vector", "org.apache.spark.deploy.SparkSubmit")
        .noneMatch(argument -> argument.startsWith("spark.executor.extraJavaOptions"));
    assertThat(submission(INSTALLED, "spark://master:7077", own, false).shown())
        .contains("spark.executor.extraJavaOptions=--add-modules=jdk.incubator.vector -Xlog:gc")
        .element(2)
        .asString()
        .contains(" --add-modules=jdk.incubator.vector");
    assertThat(submission(COPIED, "local[2]", own, false, "train", "late_flight").shown())
        .contains("spark.executor.extraJavaOptions=-Xlog:gc")
        .noneMatch(argument -> argument.contains("--add-modules"));
  }

  @Test
  void letsSettingsWinOverDefaultsAndNamesTheMasterOnce() {
    List<String> command =
        submission(
                COPIED,
                "local[2]",
                Map.of("spark.ui.enabled", "true", "spark.master", "local"),
                false)
            .shown();

    assertThat(command)
        .contains("spark.ui.enabled=true")
        .doesNotContain("spark.ui.enabled=false", "spark.master=local");
  }

  @Test
  void bindsToLoopbackOnlyWhereAllRunsInOneJvm() {
    assertThat(submission(COPIED, "local[*]", Map.of(), false).environment())
        .containsEntry("SPARK_LOCAL_IP", "127.0.0.1");
    SparkSubmission cluster = submission(INSTALLED, "spark://master:7077", Map.of(), false);
    assertThat(cluster.environment()).isEmpty();
    assertThat(cluster.shown()).noneMatch(argument -> argument.contains("127.0.0.1"));
  }

  @Test
  void findsAnInstalledSparkThenTheCopiedOne(@TempDir Path directory) throws IOException {
    assertThatThrownBy(() -> SparkRuntime.find(Map.of("SPARK_HOME", "/none"), directory))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("SPARK_HOME (/none) has no bin/spark-submit")
        .hasMessageContaining("run ./mvnw -q -DskipTests package");

    Path jars = Files.createDirectories(directory.resolve(".runtime/spark/jars"));
    Files.createFile(jars.resolve("spark-core_2.12-3.5.4.jar"));
    assertThat(SparkRuntime.find(Map.of("SPARK_HOME", "/none"), directory))
        .isEqualTo(new SparkRuntime(Optional.empty(), jars));

    Path submit = Files.createDirectories(directory.resolve("bin")).resolve("spark-submit");
    assertThat(Files.createFile(submit).toFile().setExecutable(true)).isTrue();
    assertThat(SparkRuntime.find(Map.of("SPARK_HOME", directory.toString()), directory).submit())
        .contains(submit);
  }

  private static SparkSubmission submission(
      SparkRuntime runtime, String master, Map<String, String> settings, boolean verbose) {
    return submission(
        runtime, master, settings, verbose, "score", "late_flight", "--from", "2013-12-01");
  }

  private static SparkSubmission submission(
      SparkRuntime runtime,
      String master,
      Map<String, String> settings,
      boolean verbose,
      String... arguments) {
    return new SparkSubmission(
        runtime,
        Path.of("/jobs.jar"),
        master,
        settings,
        "3g",
        Path.of("/conf dir/log4j2.properties"),
        verbose,
        Path.of("/my state"),
        List.of("-Xshare:auto"),
        List.of(arguments));
  }
}
