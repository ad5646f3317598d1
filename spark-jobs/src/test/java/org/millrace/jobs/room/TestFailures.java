package org.millrace.jobs.room;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.FailureLog;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Outcome;

/** Results of failed runs. */
final class TestFailures {
  @TempDir private Path home;

  @Test
  void anUnexpectedEndingNamesTheLogOfItsTrace() throws IOException {
    JobResult result = result(new IOException("No space left on device"));

    assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(result.exitCode()).isEqualTo(69);
    assertThat(result.category()).isEqualTo(ErrorCategory.EXTERNAL);
    Path log = Path.of(result.log());
    assertThat(log).isEqualTo(home.resolve(".millrace/logs/m.score.2013-01-01-a1.log"));
    assertThat(Files.readString(log))
        .startsWith(result.message())
        .contains("java.io.IOException: No space left on device\n\tat ");
  }

  @Test
  void anExpectedEndingHasNoLog() {
    JobResult result =
        result(new MillraceException(ErrorCategory.DATA_CONTRACT, "Cannot publish it: it is odd"));

    assertThat(result.message()).isEqualTo("Cannot publish it: it is odd");
    assertThat(result.exitCode()).isEqualTo(65);
    assertThat(result.log()).isEmpty();
    assertThat(home.resolve(".millrace")).doesNotExist();
  }

  @Test
  void anErrorIsAnEndingToo() {
    JobResult result = result(new NoClassDefFoundError("org/x/Y"));

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.message()).startsWith("A defect of Millrace: NoClassDefFoundError: org/x/Y");
    assertThat(result.log()).isNotEmpty();
  }

  @Test
  void withoutAHomeThereIsAResultAllTheSame() {
    JobResult result =
        Failures.result("score", "a1", new IOException("it broke"), 0, Optional.empty());

    assertThat(result.exitCode()).isEqualTo(69);
    assertThat(result.values()).isEmpty();
  }

  private JobResult result(Throwable failure) {
    return Failures.result(
        "m.score.2013-01-01", "a1", failure, 0.5, Optional.of(new FailureLog(home)));
  }
}
