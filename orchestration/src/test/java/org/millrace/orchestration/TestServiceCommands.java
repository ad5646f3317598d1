package org.millrace.orchestration;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.Json;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

class TestServiceCommands {
  private Path directory;
  private HomeFixture home;

  @BeforeEach
  void makeHome(@TempDir Path temporary) throws IOException {
    directory = temporary;
    home = new HomeFixture(directory);
  }

  @Test
  void printsTheCallThatServesSql() {
    assertThat(home.execute("sql", "--serve", "--print-command")).isZero();
    assertThat(home.out())
        .contains(" --driver-memory 2g ")
        .contains(" sql --serve --port 10177 --conf " + directory);
    assertThat(home.execute("sql", "--serve", "--port", "10188", "--print-command")).isZero();
    assertThat(home.out()).contains(" sql --serve --port 10188 ").doesNotContain("--allow-writes");
  }

  @Test
  void servesWritesOnlyIfAsked() {
    assertThat(home.execute("sql", "--serve", "--allow-writes", "--print-command")).isZero();
    assertThat(home.out()).contains(" sql --serve --port 10177 --allow-writes --conf ");
  }

  @Test
  void aServerThatIsAskedToEndEndsWell() throws IOException {
    home.sparkSubmit("kill -TERM $$; exec sleep 60");
    assertThat(home.execute("sql", "--serve")).isZero();
    assertThat(home.out()).isEqualTo("SQL server stopped.\n");

    home.sparkSubmit("kill -KILL $$; exec sleep 60");
    assertThat(home.execute("sql", "--serve")).isEqualTo(137);
    assertThat(home.out()).isEmpty();
  }

  @Test
  void refusesToServeAndToQueryAtOnce() {
    assertThat(home.execute("sql", "--serve", "-e", "SELECT 1")).isEqualTo(64);
    assertThat(home.err()).contains("mutually exclusive");
  }

  @Test
  void saysThatNothingRunsWhereNothingRuns() {
    assertThat(home.execute("sql", "--stop")).isZero();
    assertThat(home.out()).isEqualTo("No SQL server runs.\n");
    assertThat(home.execute("quickstart", "--stop")).isZero();
    assertThat(home.out()).isEqualTo("No SQL server ran.\nNo MLflow server ran.\n");
  }

  @Test
  void stopsAlsoWithDefinitionsThatCannotBeRead() throws IOException {
    home.write("conf/millrace.yaml", "lake: [");

    assertThat(home.execute("quickstart", "--stop")).isZero();
  }

  @Test
  void refusesASqlServerForALakeThatIsNotADirectory() {
    home.variable("MILLRACE_LAKE", "s3a://bucket/lake");

    assertThat(home.execute("sql", "-e", "SELECT 1")).isEqualTo(64);
    assertThat(home.err()).contains("Cannot use this lake: s3a: is not supported yet");
  }

  @Test
  void printsTheJobOfAQuickstart() {
    assertThat(home.execute("quickstart", "--print-command")).isZero();
    assertThat(home.out())
        .contains(" run late_flight --from 2013-01-01 --to 2013-12-31 --conf ")
        .endsWith(" --registry file://" + directory + "/.millrace/registry\n");

    assertThat(
            home.execute(
                "quickstart",
                "--train-to",
                "2013-10-01",
                "--gate-to",
                "2013-11-01",
                "--print-command"))
        .isZero();
    assertThat(home.out())
        .contains(" --to 2013-12-31 --train-to 2013-10-01 --gate-to 2013-11-01 --conf ");
  }

  @Test
  void failsAQuickstartAsItsJobFailed() throws IOException {
    JobResult failed =
        JobResult.failed(
            "late_flight.run.2013-01-01",
            ErrorCategory.DATA_CONTRACT,
            "Cannot publish: mean 0.9 vs 0.5",
            1);
    home.sparkSubmit("echo '" + failed.toJsonLine() + "'; exit 65");

    assertThat(home.execute("quickstart", "--date", "2013-01-01")).isEqualTo(65);
    assertThat(home.err())
        .contains("the registry is file://" + directory.resolve(".millrace/registry"))
        .contains("millrace: Cannot publish: mean 0.9 vs 0.5");
  }

  @Test
  void saysWhatAJobPrintedThatEndedWithoutAResult() throws IOException {
    home.sparkSubmit("echo 'Killed'; exit 137");

    assertThat(home.execute("quickstart")).as("a signal ended it").isEqualTo(69);
    assertThat(home.err()).contains("exit code 137, and its last line is not a result: 'Killed'");
  }

  @Test
  void tellsTheJobWhereTheRegistryIs() throws IOException {
    home.sparkSubmit("while [ \"$1\" != --registry ]; do shift; done; echo $2; exit 1");
    home.execute("quickstart");
    assertThat(home.err()).contains("not a result: 'file://" + directory + "/.millrace/registry'");

    home.variable("MLFLOW_TRACKING_URI", "http://mlflow.example:5000").execute("quickstart");
    assertThat(home.err()).contains("not a result: 'http://mlflow.example:5000'");
  }

  @Test
  void showsServersAndTheLastResults() throws IOException {
    JobResult done =
        JobResult.done("late_flight.score.2013-12-01", "905 rows", Map.of(), Map.of(), 2);
    home.write(".millrace/results/late_flight.score.2013-12-01.json", done.toJsonLine());

    assertThat(home.execute("status")).isZero();
    assertThat(home.out())
        .contains("mlflow   down")
        .contains("sql      down")
        .contains("late_flight.score.2013-12-01")
        .contains("905 rows");
    home.execute("status", "--json");
    JsonNode status = Json.MAPPER.readTree(home.out());
    assertThat(status.at("/services/sql").asText()).isEqualTo("down");
    assertThat(status.at("/results/0/outcome").asText()).isEqualTo("DONE");
  }

  @Test
  void showsWhatFailedAlsoIfItCouldNotStart() throws IOException {
    JobResult failed =
        JobResult.failed(
            "late_flight.gate.2013-12-01", ErrorCategory.GATE_REJECTED, "auc is 0.4", 2);
    home.write(".millrace/results/late_flight.gate.2013-12-01.json", failed.toJsonLine());
    String platform = Files.readString(directory.resolve("conf/millrace.yaml"));
    home.write("conf/millrace.yaml", platform + "laek: y\n");
    assertThat(home.execute("score", "late_flight", "--date", "2013-12-02")).isEqualTo(64);
    home.write("conf/millrace.yaml", platform);

    assertThat(home.execute("status")).isZero();

    assertThat(home.out())
        .containsPattern(
            "failed   late_flight.score.2013-12-02 at .*Z, DEFINITION: .*\n.*unknown key 'laek'")
        .containsPattern("failed   late_flight.gate.2013-12-01 at .*Z, GATE_REJECTED: auc is 0.4")
        .contains(
            "run the newest again: bin/millrace retry; list all of them: bin/millrace retry --list")
        .doesNotContain("FAILED");
    home.write(".millrace/results/late_flight.score.2013-12-09.json", "{");
    assertThat(home.execute("status", "late_flight")).isZero();
    assertThat(home.out()).contains("retry late_flight; list all of them: bin/millrace retry late");
    assertThat(home.err()).contains("late_flight.score.2013-12-09.json, which cannot be read");
    home.execute("status", "--json");
    JsonNode status = Json.MAPPER.readTree(home.out());
    assertThat(status.at("/failed").findValuesAsText("run_key"))
        .containsExactly("late_flight.score.2013-12-02", "late_flight.gate.2013-12-01");
  }

  @Test
  void theTraceOfADefectGoesToALogWhosePathIsSaid() throws IOException {
    CommandLine commands = Millrace.commandLine(home.context());
    ParseResult parsed = commands.parseArgs("score", "late_flight");
    CommandLine score = requireNonNull(commands.getSubcommands().get("score"));

    int code =
        new Failures(home.context())
            .handleExecutionException(new IllegalStateException("odd"), score, parsed);

    assertThat(code).isEqualTo(1);
    assertThat(home.err())
        .startsWith("millrace: a defect: java.lang.IllegalStateException: odd; its trace is in ")
        .hasLineCount(1);
    JobResult line = JobResult.fromJsonLine(home.out());
    assertThat(line.category()).isEqualTo(ErrorCategory.INTERNAL);
    assertThat(home.err()).contains(" in " + line.log());
    Path trace = Path.of(home.err().substring(home.err().indexOf(" in ") + 4).strip());
    assertThat(trace.getParent()).isEqualTo(directory.resolve(".millrace/logs"));
    assertThat(trace).content().contains("IllegalStateException: odd\n\tat ");
  }

  @Test
  void findsAHealthyMachineAndABrokenOne() throws IOException {
    assertThat(home.execute("doctor")).isZero();
    assertThat(home.out())
        .containsPattern("OK +java +17")
        .containsPattern("OK +definitions +pipelines: late_flight")
        .containsPattern("NOTE +python .*bin/python-env mlflow");

    home.write("conf/millrace.yaml", "lake: x\nlaek: y\n");
    assertThat(home.execute("doctor", "--json")).isEqualTo(69);
    assertThat(Json.MAPPER.readTree(home.out()).findValuesAsText("finding")).contains("BROKEN");
    assertThat(home.out()).contains("conf/millrace.yaml:2: unknown key 'laek'");
  }
}
