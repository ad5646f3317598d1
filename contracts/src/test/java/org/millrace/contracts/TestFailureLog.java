package org.millrace.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where traces go. */
final class TestFailureLog {
  @TempDir private Path home;

  @Test
  void keepsTheWholeTraceUnderRunKeyAndAttempt() throws IOException {
    Exception failure = new IOException("outer", new IllegalStateException("inner"));

    Path file = new FailureLog(home).keep("m.score.2013-01-01", "a1", "It is so", failure);

    assertThat(file).isEqualTo(home.resolve(".millrace/logs/m.score.2013-01-01-a1.log"));
    assertThat(file)
        .content()
        .startsWith("It is so\njava.io.IOException: outer\n\tat ")
        .contains("Caused by: java.lang.IllegalStateException: inner");
  }

  @Test
  void aRunKeyIsNeverAPath() throws IOException {
    Path file = new FailureLog(home).keep("../../x y", "1", "", new IOException("no"));

    assertThat(file.getParent()).isEqualTo(home.resolve(".millrace/logs"));
    assertThat(file.getFileName()).hasToString("_.._x_y-1.log");
  }

  @Test
  void keepsTheNewestFifty() throws IOException {
    FailureLog log = new FailureLog(home);
    for (int i = 0; i < 53; i++) {
      Path file = log.keep("run", "" + i, "", new IOException("no"));
      Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000L * (i + 1)));
    }

    log.keep("run", "last", "", new IOException("no"));

    try (Stream<Path> files = Files.list(home.resolve(".millrace/logs"))) {
      assertThat(files)
          .hasSize(50)
          .contains(home.resolve(".millrace/logs/run-last.log"))
          .doesNotContain(home.resolve(".millrace/logs/run-3.log"))
          .contains(home.resolve(".millrace/logs/run-4.log"));
    }
  }

  @Test
  void aDiskThatRefusesIsSaid() {
    assertThatThrownBy(
            () -> new FailureLog(Path.of("/proc")).keep("run", "1", "", new IOException("no")))
        .isInstanceOf(IOException.class);
  }
}
