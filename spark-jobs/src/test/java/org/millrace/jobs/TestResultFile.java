package org.millrace.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;

final class TestResultFile {
  @TempDir Path home;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "score late_flight --home HOME --lake x",
        "score late_flight --home=HOME --from 2013-01-01",
        "score late_flight --from 2013-01-32 --unknown --home HOME"
      })
  void isKeptInTheHomeOfTheArguments(String arguments) throws IOException {
    JobResult result =
        JobResult.done("late_flight.score.2013-01-01", "done", Map.of(), Map.of(), 1);

    ResultFile.keep(arguments.replace("HOME", home.toString()).split(" ", -1), result);

    assertThat(home.resolve(".millrace/results/late_flight.score.2013-01-01.json"))
        .hasContent(result.toJsonLine());
  }

  @Test
  void attemptsAreKeptBesideTheNewestOfAll() throws IOException {
    String[] args = {"score", "--home", home.toString()};
    JobResult first =
        JobResult.done("m.score.2013-01-01", "first", Map.of(), Map.of(), 1).withAttempt("a1");
    JobResult second =
        JobResult.failed("m.score.2013-01-01", ErrorCategory.BUSY, "second", 1).withAttempt("a2");

    ResultFile.keep(args, first);
    ResultFile.keep(args, second);

    Path results = home.resolve(".millrace/results");
    assertThat(results.resolve("m.score.2013-01-01.json")).hasContent(second.toJsonLine());
    assertThat(results.resolve("attempts/m.score.2013-01-01-a1.json"))
        .hasContent(first.toJsonLine());
    assertThat(results.resolve("attempts/m.score.2013-01-01-a2.json"))
        .hasContent(second.toJsonLine());
  }

  @Test
  void theNewestTwoHundredAttemptsStay() throws IOException {
    String[] args = {"score", "--home", home.toString()};
    Path attempts = home.resolve(".millrace/results/attempts");
    Files.createDirectories(attempts);
    for (int i = 0; i < 205; i++) {
      Path old = Files.writeString(attempts.resolve("m.score.2013-01-01-" + i + ".json"), "{}");
      Files.setLastModifiedTime(old, FileTime.fromMillis(1000L * i));
    }

    ResultFile.keep(
        args, JobResult.done("m.score.2013-01-01", "new", Map.of(), Map.of(), 1).withAttempt("x"));

    try (Stream<Path> files = Files.list(attempts)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .hasSize(200)
          .contains("m.score.2013-01-01-x.json", "m.score.2013-01-01-6.json")
          .doesNotContain("m.score.2013-01-01-5.json");
    }
  }

  @Test
  void isNotKeptWithoutAHome() throws IOException {
    ResultFile.keep(new String[] {"score"}, JobResult.done("score", "done", Map.of(), Map.of(), 1));

    assertThat(home).isEmptyDirectory();
  }
}
