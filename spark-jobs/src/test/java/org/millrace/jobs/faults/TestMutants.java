package org.millrace.jobs.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.millrace.jobs.testing.TestRooms;

/**
 * The mutants of {@code bin/chaos --mutants} are of the code as it is: a patch that is stale breaks
 * nothing.
 */
final class TestMutants {
  private static List<Path> patches() throws IOException {
    try (Stream<Path> files = Files.list(TestRooms.HOME.resolve("spark-jobs/src/test/mutants"))) {
      return files.sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("patches")
  void applies(Path patch) throws IOException, InterruptedException {
    Process git =
        new ProcessBuilder("git", "apply", "--check", patch.toString())
            .directory(TestRooms.HOME.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(git.getInputStream().readAllBytes(), UTF_8);

    assertThat(git.waitFor()).as(said).isZero();
  }
}
