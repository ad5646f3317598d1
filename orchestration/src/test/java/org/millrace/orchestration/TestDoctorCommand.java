package org.millrace.orchestration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;

/** What {@code millrace doctor} asks of the job that examines a lake. */
class TestDoctorCommand {
  private Path directory;
  private HomeFixture home;

  @BeforeEach
  void makeHome(@TempDir Path temporary) throws IOException {
    directory = temporary;
    home = new HomeFixture(directory);
  }

  @ParameterizedTest
  @CsvSource({
    "--lake,doctor",
    "--lake --rebuild-ledger,doctor --rebuild-ledger",
    "--lake --json,doctor",
    "--publication late_flight.publish.2013-12-01,"
        + "doctor --publication late_flight.publish.2013-12-01",
    "--publication late_flight.run.2013-12-01_2013-12-31 --attempt a1,"
        + "doctor --publication late_flight.run.2013-12-01_2013-12-31 --attempt a1"
  })
  void handsTheQuestionToTheJob(String options, String arguments) {
    assertThat(home.execute(("doctor --print-command " + options).split(" ", -1))).isZero();

    assertThat(home.out())
        .startsWith(directory + "/spark/bin/spark-submit ")
        .contains(" " + arguments + " --conf " + directory + "/conf --home " + directory)
        .endsWith(" --lake " + directory + "/lake\n");
  }

  @Test
  void aBrokenPipelineDoesNotStopTheExamination() throws IOException {
    home.write("conf/training/late_flight.yaml", "model: other\nlaek: 1\n");

    assertThat(home.execute("doctor", "--lake", "--print-command")).isZero();
  }

  @Test
  void theExitCodeOfTheJobIsPassedOn() throws IOException {
    home.sparkSubmit("exit 65");

    assertThat(home.execute("doctor", "--lake")).isEqualTo(65);
  }

  @ParameterizedTest
  @CsvSource({
    "--rebuild-ledger,--rebuild-ledger needs --lake",
    "--attempt a1,--attempt needs --publication RUN_KEY",
    "--lake --attempt a1,--attempt needs --publication RUN_KEY",
    "--publication late_flight,'late_flight' is no run key",
    "--publication m.publish.2013-13-01,'m.publish.2013-13-01' is no run key",
    "--publication m.publish.2013-12-02_2013-12-01,is no run key",
    "--publication late_flight.publish.2013-12-01 --rebuild-ledger,--rebuild-ledger needs --lake",
    "--lake --publication late_flight.publish.2013-12-01,ask for different things"
  })
  void refusesWhatDoesNotBelongTogether(String options, String reason) {
    assertThat(home.execute(("doctor " + options).split(" ", -1))).isEqualTo(64);

    JobResult result = JobResult.fromJsonLine(home.lastLine());
    assertThat(result.category()).isEqualTo(ErrorCategory.DEFINITION);
    assertThat(result.runKey()).isEqualTo("doctor");
    assertThat(result.message()).startsWith("Cannot examine the lake: ").contains(reason);
  }
}
