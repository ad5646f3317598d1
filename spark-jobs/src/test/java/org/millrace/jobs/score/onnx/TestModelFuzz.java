package org.millrace.jobs.score.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No damage to a model may crash or hang the JVM that checks it, or runs what passed. */
class TestModelFuzz {
  private static final int CASES = 4000;

  @TempDir private Path directory;

  @Test
  void aProcessSurvivesDamagedModels() throws Exception {
    Path out = directory.resolve("out");
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                ModelFuzz.class.getName(),
                "0",
                Integer.toString(CASES))
            .directory(directory.toFile())
            .redirectError(directory.resolve("err").toFile())
            .redirectOutput(out.toFile())
            .start();
    boolean ended = child.waitFor(120, TimeUnit.SECONDS);
    child.destroyForcibly();
    String told = Files.readString(out);
    String last = told.substring(Math.max(0, told.length() - 200));
    assertThat(ended).as("it hangs: " + last).isTrue();
    assertThat(child.exitValue()).as(last).isZero();
    assertThat(told).containsPattern("refused \\d{4}, failed \\d+, ran \\d{3,}, left open 0\\R");
  }
}
