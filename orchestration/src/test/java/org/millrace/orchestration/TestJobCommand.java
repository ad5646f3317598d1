package org.millrace.orchestration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.Json;
import org.millrace.contracts.Outcome;
import org.millrace.contracts.Verb;
import org.millrace.planning.Plan;

class TestJobCommand {
  private Path directory;
  private HomeFixture home;

  @BeforeEach
  void makeHome(@TempDir Path temporary) throws IOException {
    directory = temporary;
    home = new HomeFixture(directory);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"approve", "rollback", "rollout", "register", "gate", "explain", "replay"})
  void everyCommandHelps(String command) {
    assertThat(home.execute(command, "--help")).isZero();
    assertThat(home.out()).startsWith("Usage: millrace " + command);
  }

  @ParameterizedTest
  @ValueSource(strings = {"status", "begin", "advance", "halt", "promote"})
  void everyCommandOfARolloutHelps(String command) {
    assertThat(home.execute("rollout", command, "--help")).isZero();
    assertThat(home.out()).startsWith("Usage: millrace rollout " + command);
  }

  @Test
  void aDecisionOnARolloutHandsOnWhatIsAsked() {
    assertThat(
            home.execute(
                "rollout",
                "begin",
                "late_flight",
                "--version",
                "8",
                "--from",
                "2013-12-01",
                "--print-command"))
        .isZero();
    assertThat(home.out())
        .contains(" rollout late_flight ")
        .contains(" --action BEGIN --version 8 --from-day 2013-12-01");
  }

  @Test
  void aRolloutIsHaltedAndPromotedWithAReasonAlone() {
    assertThat(home.execute("rollout", "halt", "late_flight", "--print-command")).isEqualTo(64);
    assertThat(home.err())
        .contains("Cannot halt a rollout without a reason: give one with --why, in one line");
    assertThat(home.execute("rollout", "promote", "late_flight", "--why", " ", "--print-command"))
        .isEqualTo(64);
    assertThat(home.execute("rollout", "advance", "late_flight", "--print-command")).isZero();
    assertThat(home.out()).contains(" --action ADVANCE").doesNotContain("--reason");
    assertThat(home.execute("rollout", "begin", "late_flight", "--version", "x")).isEqualTo(64);
  }

  @ParameterizedTest
  @EnumSource(
      value = Verb.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {
        "SQL",
        "ASOF",
        "SCORE_FILE",
        "INIT",
        "CHECK",
        "PREVIEW",
        "DOCTOR",
        "EXPLAIN",
        "REGISTER",
        "APPROVE",
        "ROLLOUT",
        "ROLLBACK"
      })
  void printsTheCallOfEveryVerb(Verb verb) {
    assertThat(home.execute(verb.word(), "late_flight", "--date", "2013-12-01", "--print-command"))
        .isZero();

    assertThat(home.out())
        .startsWith(directory + "/spark/bin/spark-submit ")
        .contains(" --class org.millrace.jobs.Main ")
        .contains(" --master 'local[*]' ")
        .contains(" --driver-memory 4g ")
        .contains(" --conf spark.sql.shuffle.partitions=4 ")
        .contains(" --conf spark.driver.bindAddress=127.0.0.1 ")
        .contains(" --conf spark.ui.enabled=false ")
        .endsWith(
            directory
                + "/spark-jobs/target/millrace-jobs.jar "
                + verb.word()
                + " late_flight --from 2013-12-01 --to 2013-12-01 --conf "
                + directory
                + "/conf --home "
                + directory
                + " --lake "
                + directory
                + "/lake"
                + (verb.asksRegistry() ? " --registry http://127.0.0.1:5000" : "")
                + "\n");
    assertThat(directory.resolve(".millrace")).doesNotExist();
  }

  @Test
  void aModelIsRegisteredByItsFile() {
    int exitCode =
        home.execute(
            "register",
            "my model.onnx",
            "--pipeline",
            "late_flight",
            "--output",
            "probabilities[1]",
            "--golden",
            "/rows/golden.parquet",
            "--print-command");

    assertThat(exitCode).isZero();
    assertThat(home.out())
        .contains(" register late_flight --from ")
        .containsPattern(" --model '/[^']*/my model.onnx' --output 'probabilities\\[1]'")
        .contains(" --golden /rows/golden.parquet --conf ");
  }

  @Test
  void anAliasIsGivenBackToTheVersionBeforeOrToOneThatIsNamed() {
    assertThat(
            home.execute("rollback", "--to", "2", "--reason", "too many alarms", "--print-command"))
        .isZero();
    assertThat(home.out())
        .contains(" rollback late_flight --from ")
        .contains(" --version 2 --reason 'too many alarms' --conf ");
    assertThat(home.execute("rollback", "--to", "champion", "--print-command")).isEqualTo(64);
    assertThat(home.out() + home.err())
        .contains("--to")
        .contains("expected the number that the registry gave the version, such as 7, found")
        .contains("'champion'");
  }

  @Test
  void daysGoBackWithTheAlias() {
    assertThat(
            home.execute(
                "rollback",
                "--since",
                "2013-12-01",
                "--why",
                "too many alarms",
                "--allow-empty-days",
                "--dry-run",
                "--wait",
                "PT10M",
                "--print-command"))
        .isZero();
    assertThat(home.out())
        .contains(" rollback late_flight --from ")
        .contains(
            " --reason 'too many alarms' --since 2013-12-01 --allow-empty-days --dry-run --wait PT10M ");
    assertThat(home.execute("rollback", "--allow-empty-days", "--print-command")).isEqualTo(64);
    assertThat(home.out() + home.err())
        .contains("Cannot roll back days without a first one: --allow-empty-days goes with");
    assertThat(home.execute("rollback", "--since", "yesterday", "--print-command")).isEqualTo(64);
  }

  @Test
  void theGateIsAskedAboutAVersion() {
    assertThat(home.execute("gate", "--version", "7", "--print-command")).isZero();
    assertThat(home.out()).contains(" gate late_flight --from ").contains(" --version 7 --conf ");
    assertThat(home.execute("gate", "--version", "latest", "--print-command")).isEqualTo(64);
    assertThat(home.out() + home.err())
        .contains("expected the number that the registry gave the version, such as 7, found")
        .contains("'latest'");
  }

  @Test
  void whatADefinitionPinsNeedsNoDay() {
    for (String verb : List.of("training-set", "train", "gate")) {
      assertThat(home.execute(verb, "--print-command")).as(verb).isZero();
      assertThat(home.out())
          .contains(" " + verb + " late_flight --from 2013-01-01 --to 2013-11-30 ");
    }
  }

  @Test
  void passesTheRegistryOfTheEnvironment() {
    home.variable("MLFLOW_TRACKING_URI", "https://mlflow.example")
        .execute("score", "--date", "2013-12-01", "--print-command");
    assertThat(home.out()).endsWith(" --registry https://mlflow.example\n");

    home.variable("MLFLOW_TRACKING_URI", "databricks");
    assertThat(home.execute("score", "--date", "2013-12-01")).isEqualTo(64);
    assertThat(home.err())
        .contains("Cannot use MLFLOW_TRACKING_URI: a text without http: or file:");
    for (String asksNone : List.of("ingest --date 2013-12-01", "report --date 2013-12-01")) {
      assertThat(home.execute((asksNone + " --print-command").split(" ", -1))).isZero();
      assertThat(home.out()).doesNotContain("--registry");
    }
  }

  @Test
  void takesTheOnlyPipelineARangeAMasterAndASplit() {
    assertThat(
            home.variable("MILLRACE_DRIVER_MEMORY", "6g")
                .execute(
                    "run",
                    "--from",
                    "2013-01-01",
                    "--to",
                    "2013-12-31",
                    "--master",
                    "local[2]",
                    "--train-to",
                    "2013-10-31",
                    "--gate-to",
                    "2013-11-30",
                    "--print-command"))
        .isZero();

    assertThat(home.out())
        .contains(" --master 'local[2]' --driver-memory 6g ")
        .contains(
            " run late_flight --from 2013-01-01 --to 2013-12-31"
                + " --train-to 2013-10-31 --gate-to 2013-11-30 --conf ");
  }

  @Test
  void handsOnWhyAPublicationIsTakenBackAndWhatWasSeen() {
    assertThat(
            home.execute(
                "unpublish",
                "--from",
                "2013-12-01",
                "--to",
                "2013-12-02",
                "--reason",
                "wrong weather",
                "--seen",
                "13",
                "--print-command"))
        .isZero();

    assertThat(home.out())
        .contains(
            " unpublish late_flight --from 2013-12-01 --to 2013-12-02 --reason 'wrong weather'"
                + " --seen 13 --conf ");
  }

  @Test
  void handsOnHowPastDaysAreMade() {
    assertThat(
            home.execute(
                "backfill",
                "--date",
                "2013-12-01",
                "--restate",
                "raw.flights",
                "--restate",
                "late_flight",
                "--as-was",
                "--select",
                "tag:hourly failed",
                "--print-command"))
        .isZero();

    assertThat(home.out())
        .contains(
            " backfill late_flight --from 2013-12-01 --to 2013-12-01 --restate raw.flights"
                + " --restate late_flight --as-was --select 'tag:hourly failed' --conf ");
  }

  @Test
  void aKeptPlanIsRunWithItsOwnWordsAndHandedOn() throws IOException {
    Path kept = directory.resolve("plan.json");
    Plan plan =
        new Plan(
            Plan.SCHEMA,
            "late_flight",
            LocalDate.of(2013, 12, 1),
            LocalDate.of(2013, 12, 3),
            false,
            "",
            Optional.empty(),
            -1,
            List.of("backfill", "--restate", "raw.flights"),
            List.of(),
            List.of(),
            Optional.empty(),
            List.of());
    Files.writeString(kept, Json.write(plan));

    assertThat(home.execute("run", "--plan", "plan.json", "--print-command")).isZero();

    assertThat(home.out())
        .contains(
            " backfill late_flight --from 2013-12-01 --to 2013-12-03 --restate raw.flights --plan "
                + kept
                + " --conf ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ls nothing|Cannot find pipeline 'nothing'
          ls --select raw.nothing|Cannot select 'raw.nothing': 'raw.nothing' names nothing; there are raw.flights
          plan --catch-up --from 2013-12-01 --to 2013-12-02|takes --to alone
          plan --catch-up --treat-as raw.flights=additive|leaves what an earlier definition made anyway
          """)
  void whatIsNoJobAnswersWrongArgumentsWith64(String arguments, String message) {
    assertThat(home.execute(arguments.split(" ", -1))).isEqualTo(64);

    assertThat(home.err()).contains(message);
  }

  @Test
  void listsTheObjectsAndWhatEachIsMadeFrom() {
    assertThat(home.execute("ls")).isZero();
    assertThat(home.out())
        .startsWith("raw.flights                        ingest\n")
        .contains(
            "model.late_flight                  train                  from training.late_flight\n")
        .contains(
            "predictions.late_flight            score, publish         from raw.flights,"
                + " gate.late_flight\n");

    assertThat(home.execute("ls", "--select", "raw.*+,predictions.*", "--json")).isZero();
    assertThat(home.lastLine())
        .startsWith("[{\"object\":\"predictions.late_flight\",\"verbs\":[\"score\",\"publish\"]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          score|no day given; add --date such as 2024-03-01, or --from and --to
          score --from 2013-12-01|give --date alone, or --from and --to together
          score --date 2013-12-01 --to 2013-12-02|give --date alone, or --from and --to together
          score --date 2013-12-32|'2013-12-32' is not a day of the calendar; write it as 2024-03-01
          score --date 2013-12-01 --wait 10|'--wait': expected an ISO 8601 duration such as PT10M, found '10'
          score --date 2013-12-01 --wait PT-1M|an ISO 8601 duration such as PT10M, found 'PT-1M'
          score --from 2013-12-02 --to 2013-12-01|the last day is before the first
          score early_flight --date 2013-12-01|Cannot find pipeline 'early_flight'
          score --date 2013-12-01 --train-to 2013-12-01|Unknown option: '--train-to'
          unpublish --reason wrong|no day given; add --date such as 2024-03-01, or --from and --to
          unpublish --date 2013-12-01 --seen v13|'--seen'
          score --date 2013-12-01 --reason wrong|Unknown option: '--reason'
          run --date 2013-12-01 --train-to 2013-12-01|give --train-to and a later --gate-to together
          run --date 2013-12-01 --train-to 2013-12-02 --gate-to 2013-12-02|a later --gate-to
          run --catch-up --date 2013-12-01|--catch-up finds the first day itself, takes --to alone
          run --catch-up --treat-as raw.flights=additive|leaves what an earlier definition made anyway
          run --date 2013-12-01 --treat-as raw.flights=breaking|write OBJECT=forward-only or OBJECT=additive
          run --catch-up --max-days 0|Cannot use --max-days 0: it is a number from 1 on
          run --date 2013-12-01 --max-days 2|and belongs to --catch-up
          run --plan nowhere.json|Cannot read a plan from
          run --plan nowhere.json --date 2013-12-01|pipeline, days and options are the plan's; give --plan alone
          backfill --restate raw.flights|no day given; add --date such as 2024-03-01, or --from and --to
          backfill --date 2013-12-01 --as-is --as-was|give one of them, or none for --as-is
          backfill --date 2013-12-01 --train-to 2013-12-01|Unknown option: '--train-to'
          """)
  void answersWrongArgumentsWith64AndAResultLine(String arguments, String message) {
    assertThat(home.execute(arguments.split(" ", -1))).isEqualTo(64);

    assertThat(home.err()).contains(message);
    JobResult result = JobResult.fromJsonLine(home.lastLine());
    assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(result.category()).isEqualTo(ErrorCategory.DEFINITION);
    assertThat(result.message()).contains(message);
  }

  @Test
  void listsAllErrorsOfTheDefinitionsBeforeAnySparkStarts() throws IOException {
    home.sparkSubmit("touch " + directory.resolve("spark-was-started"));
    home.write(
        "conf/gate/late_flight.yaml",
        "model: late_flight\nrangs: {}\ndays: {from: x, to: 2013-11-30}\n");

    long start = System.nanoTime();
    assertThat(home.execute("run", "--date", "2013-12-01")).isEqualTo(64);

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    assertThat(home.err())
        .contains("conf/gate/late_flight.yaml:2: unknown key 'rangs'")
        .contains(
            "conf/gate/late_flight.yaml:3: 'from': expected a date such as 2024-03-01, found 'x'");
    assertThat(directory.resolve("spark-was-started")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({"0", "1", "65", "66", "69", "70", "75"})
  void passesTheExitCodeOn(int exitCode) throws IOException {
    home.sparkSubmit("exit " + exitCode);

    assertThat(home.execute("gate", "--date", "2013-12-01")).isEqualTo(exitCode);
    assertThat(home.out()).isEmpty();
  }

  @Test
  void aJobWhoseDriverIsKilledEndsWith69AndAResultLine() throws IOException {
    home.sparkSubmit("echo begun; kill -9 $$");

    assertThat(home.execute("score", "--date", "2013-12-01")).isEqualTo(69);

    JobResult result = JobResult.fromJsonLine(home.lastLine());
    assertThat(home.out()).startsWith("begun\n");
    assertThat(result.runKey()).isEqualTo("late_flight.score.2013-12-01");
    assertThat(result.category()).isEqualTo(ErrorCategory.EXTERNAL);
    assertThat(result.message())
        .isEqualTo(
            "Cannot finish late_flight.score.2013-12-01: its driver was ended by signal 9, as the"
                + " system does when the machine's memory runs out; see the system's log, and run"
                + " it again");
    assertThat(home.err()).contains(result.message());
    assertThat(directory.resolve(".millrace/results/late_flight.score.2013-12-01.json"))
        .hasContent(home.lastLine());
  }

  @ParameterizedTest
  @CsvSource({"TERM,15", "USR1,10"})
  void aDriverThatIsAskedToEndLeavesThatToo(String signal, int number) throws IOException {
    home.sparkSubmit("printf '{\"run_key\": \"cut'; kill -" + signal + " $$; exec sleep 60");

    assertThat(home.execute("doctor", "--lake")).isEqualTo(69);
    assertThat(JobResult.fromJsonLine(home.lastLine()).message())
        .isEqualTo(
            "Cannot finish doctor: its driver was ended by signal " + number + "; run it again");
  }

  @Test
  void aResultLineThatADriverPrintedBeforeTheSignalHolds() throws IOException {
    JobResult done = JobResult.failed("late_flight.score.2013-12-01", ErrorCategory.BUSY, "m", 1);
    home.sparkSubmit("echo '" + done.toJsonLine() + "'; kill -9 $$");

    assertThat(home.execute("score", "--date", "2013-12-01")).isEqualTo(75);
    assertThat(home.out()).isEqualTo(done.toJsonLine() + "\n");
    assertThat(directory.resolve(".millrace/results")).doesNotExist();
  }

  @Test
  void saysHowToBuildWhereTheJobsJarIsMissing() throws IOException {
    Files.delete(directory.resolve("spark-jobs/target/millrace-jobs.jar"));

    assertThat(home.execute("score", "--date", "2013-12-01")).isEqualTo(64);
    assertThat(home.err())
        .contains("Cannot find the jobs jar " + directory)
        .contains("build it with ./mvnw -q -DskipTests package");
  }

  @Test
  void saysHowToGetASparkWhereThereIsNone() {
    home.variable("SPARK_HOME", "");

    assertThat(home.execute("score", "--date", "2013-12-01")).isEqualTo(64);
    assertThat(home.err()).contains("Cannot find Spark: SPARK_HOME is not set and " + directory);
  }

  @Test
  void helpsWithAWordThatIsNearlyRight() {
    assertThat(home.execute("scores", "--date", "2013-12-01")).isEqualTo(64);
    assertThat(home.err()).contains("Unmatched arguments").contains("Did you mean: millrace score");
    JobResult result = JobResult.fromJsonLine(home.lastLine());
    assertThat(result.category()).isEqualTo(ErrorCategory.DEFINITION);
    assertThat(result.message()).contains("'scores'");
    assertThat(home.execute()).isEqualTo(64);
    assertThat(home.err()).contains("No command given");
    assertThat(home.execute("--help")).isZero();
    assertThat(home.out()).contains("quickstart").doesNotContain("class-archive");
  }

  @Test
  void printsACompletionScriptWithEveryVerb() {
    assertThat(home.execute("generate-completion")).isZero();

    assertThat(home.out()).contains("complete -F").contains("training-set").contains("quickstart");
  }

  @ParameterizedTest
  @ValueSource(strings = {"JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS"})
  void mapsTheClassArchiveUnlessTheUserGivesJvmOptions(String variable) throws IOException {
    home.variable("SPARK_HOME", "");
    home.write(".runtime/spark/jars/spark-core_2.12-3.5.4.jar", "");
    Files.setLastModifiedTime(
        home.write(".runtime/spark.jsa", ""), FileTime.from(Instant.parse("2999-01-01T00:00:00Z")));
    String[] call = {"score", "late_flight", "--date", "2013-12-01", "--print-command"};

    assertThat(home.execute(call)).isZero();
    assertThat(home.out()).contains("-XX:SharedArchiveFile=" + directory);

    home.variable(variable, "-XX:StartFlightRecording");
    assertThat(home.execute(call)).isZero();
    assertThat(home.out()).contains("SparkSubmit").doesNotContain("SharedArchiveFile");
  }
}
