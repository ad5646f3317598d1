package org.millrace.orchestration.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The walk of {@code docs/first-pipeline.md}: from files to predictions, and no file is edited. */
class FirstPipelineIT {
  @TempDir Path directory;

  @Test
  void printsWhatThePageShows() throws IOException {
    MillraceHome home = MillraceHome.in(directory);
    PageWalk walk = PageWalk.of("first-pipeline.md");
    assertThat(walk.steps()).isGreaterThan(5);

    long start = System.nanoTime();
    walk.through(home);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMinutes(10));

    assertThat(directory.resolve("home/.millrace/lakes/first/reports/loans.html")).exists();
    looksInAMoment(home);
    isFitForATerminal(home);
    shareAServerThatWasStartedForACall(home);
  }

  /** Whoever starts it: the last one stops it. */
  private static void shareAServerThatWasStartedForACall(MillraceHome home) {
    String query = "SELECT loan_id FROM loans_current ORDER BY loan_id";
    List<RunningCommand> calls = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      calls.add(home.start(Map.of(), "sql", "--conf", "first", "--csv", "-e", query));
    }

    List<FinishedCommand> ended = calls.stream().map(RunningCommand::await).toList();

    assertThat(ended)
        .allSatisfy(call -> assertThat(call.exitCode()).as(call.err()).isZero())
        .allSatisfy(call -> assertThat(call.out()).isEqualTo(ended.get(0).out()));
    assertThat(ended.get(0).out()).hasSizeGreaterThan(1000);
    assertThat(home.run(Map.of(), "sql", "--conf", "first", "--stop").out())
        .containsExactly("No SQL server runs.");
  }

  private static void looksInAMoment(MillraceHome home) {
    FinishedCommand check = home.run(Map.of(), "check", "--conf", "first", "--json");
    assertThat(check.result().exitCode()).isZero();
    assertThat(check.took()).isLessThan(Duration.ofSeconds(3));

    FinishedCommand data = home.run(Map.of(), "check", "--data", "--conf", "first", "--json");
    assertThat(data.result().message()).isEqualTo("The definitions fit the data");
    assertThat(data.took()).isLessThan(Duration.ofSeconds(15));
    assertThat(data.err() + data.out()).as("no terminal").doesNotContain("\u001b");

    FinishedCommand rows = home.run(Map.of(), "check", "--rows", "--conf", "first", "--json");
    assertThat(rows.result().exitCode()).as(rows.err()).isZero();
  }

  private static void isFitForATerminal(MillraceHome home) {
    String data = "bin/millrace check --data --conf first";
    assertThat(onATerminal(home, Map.of(), data))
        .contains("\u001b[K")
        .contains("The definitions fit the data");
    assertThat(onATerminal(home, Map.of(), data + " --quiet"))
        .doesNotContain("\u001b[K")
        .contains("The definitions fit the data");
    assertThat(onATerminal(home, Map.of(), "bin/millrace preview source none || true"))
        .contains("Cannot find source 'none'")
        .doesNotContain("{\"");
    assertThat(onATerminal(home, Map.of(), "bin/millrace --help")).contains("\u001b[");
    assertThat(onATerminal(home, Map.of("NO_COLOR", "1"), "bin/millrace --help"))
        .doesNotContain("\u001b[");
  }

  /** All that a command prints where stdout and stderr are a terminal. */
  private static String onATerminal(
      MillraceHome home, Map<String, String> environment, String command) {
    Map<String, String> all = new HashMap<>(environment);
    all.put("TERM", "xterm");
    all.put("COLUMNS", "120");
    FinishedCommand ended =
        home.shell(all, "script -qec '%s' /dev/null < /dev/null".formatted(command));
    assertThat(ended.exitCode()).as(ended.err()).isZero();
    return String.join("\n", ended.out());
  }
}
