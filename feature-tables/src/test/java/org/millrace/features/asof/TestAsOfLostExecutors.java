package org.millrace.features.asof;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.spark.launcher.JavaModuleOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Executors that are processes of their own, and are killed; tasks that fail and run again. */
@Tag("slow")
class TestAsOfLostExecutors {
  @TempDir private Path home;

  @Test
  void joinsExactlyAndCountsRowsOnceWhereTasksAreRepeatedAndExecutorsLost()
      throws IOException, InterruptedException {
    List<String> cases = run().stream().filter(line -> line.startsWith("case ")).toList();

    assertThat(cases).hasSize(7).allMatch(line -> line.endsWith(": equal"));
  }

  private List<String> run() throws IOException, InterruptedException {
    Path out = home.resolve("out");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(JavaModuleOptions.defaultModuleOptions().trim().split("\\s+")));
    command.addAll(List.of("-Xmx512m", "-Duser.timezone=UTC"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(LossyCluster.class.getName(), home.resolve("tables").toString()));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile());
    builder.environment().put("SPARK_HOME", home.toString());
    builder.environment().put("SPARK_SCALA_VERSION", "2.12");
    builder.environment().put("SPARK_TESTING", "1"); // jars come from the class path, not the home
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    Process process = builder.start();
    try {
      assertThat(process.waitFor(480, TimeUnit.SECONDS)).as(Files.readString(out)).isTrue();
      assertThat(process.exitValue()).as(Files.readString(out)).isZero();
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }

    return Files.readAllLines(out);
  }
}
