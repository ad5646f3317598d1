package org.millrace.bench.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes, written in shell. */
final class TestContenderProcess {
  private static final String READY = "echo '{\"ready\": true, \"versions\": {\"sh\": \"1\"}}'\n";

  @TempDir private Path folder;

  @Test
  void asksAndIsAnswered() {
    String script =
        """
        echo "a banner"
        %s
        while read question; do
          case $question in
            check) echo '{"rows": 3, "sum": 1.5, "weighted": 2.5, "absolute": 1.5}' ;;
            round) i=0; while [ $i -lt 200000 ]; do i=$((i + 1)); done
                   echo '{"seconds": 0.5, "rows": 1000, "notes": {"sessions": 1}}' ;;
            end) echo bye >&2; exit 7 ;;
          esac
        done
        """
            .formatted(READY);
    ContenderProcess contender = contender(script, Duration.ofSeconds(30));
    try (contender) {
      assertThat(contender.start()).isEqualTo(Map.of("sh", "1"));
      assertThat(contender.check()).isEqualTo(new Check(3, 1.5, 2.5, 1.5));
      Round round = contender.round();
      assertThat(round.seconds()).isEqualTo(0.5);
      assertThat(round.rows()).isEqualTo(1000);
      assertThat(round.notes()).isEqualTo(Map.of("sessions", "1"));
      assertThat(round.cpuSeconds()).isGreaterThan(0.01);
    }

    assertThat(contender.exitCode()).hasValue(7);
  }

  @Test
  void itsErrorsAreItsLog() throws IOException {
    try (ContenderProcess contender =
        contender("echo hello >&2\n" + READY + "read end", Duration.ofSeconds(30))) {
      contender.start();
    }

    assertThat(Files.readString(folder.resolve("logs/shell.log"))).isEqualTo("hello\n");
  }

  @Test
  void anErrorAnEndAndSilenceAreToldWithTheLog() {
    fails(
        "echo '{\"error\": \"no memory\"}'", "Cannot get an answer to start from shell: no memory");
    fails("exit 3", "Cannot get an answer to start from shell: it ended");
    fails("echo '{oops'; read end", "not JSON: {oops");
    fails("read end", "no answer within PT0.5S");
  }

  @Test
  void whatIsNotRunningIsNotAsked() {
    try (ContenderProcess contender = contender(READY, Duration.ofSeconds(1))) {
      assertThatThrownBy(contender::check)
          .isInstanceOf(ContenderFailedException.class)
          .hasMessage("Cannot ask shell for check: it is not running");
    }
  }

  private void fails(String script, String message) {
    try (ContenderProcess contender = contender(script, Duration.ofMillis(500))) {
      assertThatThrownBy(contender::start)
          .isInstanceOf(ContenderFailedException.class)
          .hasMessageContaining(message)
          .hasMessageEndingWith("its log is " + folder.resolve("logs/shell.log"));
    }
  }

  private ContenderProcess contender(String script, Duration patience) {
    return new ContenderProcess(
        new ContenderProcess.Command("shell", List.of("sh", "-c", script), Map.of()),
        folder.resolve("logs/shell.log"),
        patience);
  }
}
