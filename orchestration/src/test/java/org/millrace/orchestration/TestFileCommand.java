package org.millrace.orchestration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.Outcome;

/** However a job ends before Spark starts: the last line on stdout is its result. */
class TestFileCommand {
  private static final String SCORE = "score-file --model m.onnx --input in --output out";
  private static final String JOB = "score late_flight --date 2013-12-01";

  private Path directory;
  private HomeFixture home;

  @BeforeEach
  void makeHome(@TempDir Path temporary) throws IOException {
    directory = temporary;
    home = new HomeFixture(directory);
  }

  @Test
  void printsItsCallWithTheLake() {
    assertThat(
            home.variable("MILLRACE_LAKE", "other")
                .execute((SCORE + " --print-command").split(" ")))
        .isZero();

    assertThat(home.out())
        .contains(" score-file --request ")
        .endsWith(" --home " + directory + " --lake " + directory + "/other\n");
  }

  @ParameterizedTest
  @CsvSource({
    "score-file --model m.onnx,Missing required options",
    "asof --spine s,Missing required options",
    "score-file --model m.onnx --input in --output out --format csv,Invalid value for option"
  })
  void answersWrongArgumentsWithAResultLine(String arguments, String message) {
    assertThat(home.execute(arguments.split(" ", -1))).isEqualTo(64);

    assertResult(arguments, ErrorCategory.DEFINITION, message);
  }

  @ParameterizedTest
  @ValueSource(strings = {SCORE, JOB})
  void answersAMissingJarWithAResultLine(String arguments) throws IOException {
    Files.delete(directory.resolve("spark-jobs/target/millrace-jobs.jar"));

    assertThat(home.execute(arguments.split(" ", -1))).isEqualTo(64);
    assertResult(arguments, ErrorCategory.DEFINITION, "Cannot find the jobs jar " + directory);
  }

  @ParameterizedTest
  @ValueSource(strings = {SCORE, JOB, SCORE + " --print-command", JOB + " --print-command"})
  void answersAMissingSparkWithAResultLine(String arguments) {
    assertThat(home.variable("SPARK_HOME", "").execute(arguments.split(" ", -1))).isEqualTo(64);

    assertResult(arguments, ErrorCategory.DEFINITION, "Cannot find Spark: SPARK_HOME is not set");
  }

  @ParameterizedTest
  @ValueSource(strings = {SCORE, JOB})
  void answersASparkThatCannotBeStartedWithAResultLine(String arguments) throws IOException {
    home.write("spark/bin/spark-submit", "#!/no/such/shell\n");

    assertThat(home.execute(arguments.split(" ", -1))).isEqualTo(64);
    assertResult(arguments, ErrorCategory.DEFINITION, "Cannot start " + directory + "/spark/bin");
    assertThat(directory.resolve(".millrace/launch")).isEmptyDirectory();
  }

  @ParameterizedTest
  @ValueSource(strings = {SCORE, JOB})
  void answersAStateDirectoryThatCannotBeMadeWithAResultLine(String arguments) throws IOException {
    home.write(".millrace", "a file");

    assertThat(home.execute(arguments.split(" ", -1))).isEqualTo(69);
    assertResult(arguments, ErrorCategory.EXTERNAL, "Cannot make the directory " + directory);
  }

  /** A defect of ours: a path that no path can be. */
  @Test
  void answersADefectWithAResultLine() {
    assertThat(
            home.execute("score-file", "--model", "m", "--input", "in", "--output", "out\u0000put"))
        .isEqualTo(1);

    assertResult("score-file", ErrorCategory.INTERNAL, "Nul character not allowed");
  }

  private void assertResult(String arguments, ErrorCategory category, String message) {
    JobResult result = JobResult.fromJsonLine(home.lastLine());
    String name = arguments.startsWith("score late") ? "late_flight.score" : arguments;
    assertThat(name).startsWith(result.runKey());
    assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(result.category()).isEqualTo(category);
    assertThat(result.message()).contains(message);
    assertThat(home.err()).contains(message);
    assertThat(home.out().lines()).hasSize(1);
  }
}
