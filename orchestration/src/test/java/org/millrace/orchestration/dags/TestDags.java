package org.millrace.orchestration.dags;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tests in {@code dags/tests}, run by the Airflow that {@code locks/airflow.lock} pins. */
@Tag("slow")
class TestDags {
  private static final Path HOME = Path.of(System.getProperty("millrace.home"));

  @Test
  void passTheirPythonTests(@TempDir Path scratch) throws Exception {
    Path python = HOME.resolve(".runtime/venv/airflow/bin/python");
    Path maker = HOME.resolve("bin/python-env");
    if (Files.exists(maker)) {
      run(scratch, Duration.ofMinutes(10), maker.toString(), "airflow");
    }
    assertThat(python).as("Airflow's Python: run `bin/python-env airflow`").isExecutable();
    String output =
        run(
            scratch,
            Duration.ofMinutes(3),
            python.toString(),
            "-m",
            "unittest",
            "-v",
            "test_late_flight");
    assertThat(output).containsPattern("Ran \\d{2} tests").endsWith("OK\n");
  }

  /** Output goes through a file: a child that is stuck cannot make the reader stuck too. */
  private static String run(Path scratch, Duration limit, String... command)
      throws IOException, InterruptedException {
    Path output = scratch.resolve("output.txt");
    Process process =
        new ProcessBuilder(command)
            .directory(HOME.resolve("dags/tests").toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    boolean ended = process.waitFor(limit.toSeconds(), TimeUnit.SECONDS);
    if (!ended) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    String text = Files.readString(output);
    assertThat(ended).as("ended within %s: %s%n%s", limit, command[0], text).isTrue();
    assertThat(process.exitValue()).as("exit of %s%n%s", command[0], text).isZero();
    return text;
  }
}
