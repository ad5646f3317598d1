package org.millrace.orchestration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.Json;
import org.millrace.contracts.Outcome;
import org.millrace.contracts.ProcessStamp;

class TestRetryCommand {
  private static final String GATE = "conf/gate/late_flight.yaml";

  private Path directory;
  private HomeFixture home;

  @BeforeEach
  void makeHome(@TempDir Path temporary) throws IOException {
    directory = temporary;
    home = new HomeFixture(directory);
  }

  @Test
  void runsWhatFailedLastWithItsOwnArguments() throws IOException {
    fails(69, "score --date 2013-12-01");
    fails(
        1,
        "run --from 2013-01-01 --to 2013-12-31 --master local[2] --train-to 2013-10-31 --gate-to"
            + " 2013-11-30 --wait PT5M");

    home.sparkSubmit("echo \"$@\"");
    assertThat(home.execute("retry")).isZero();

    assertThat(home.out())
        .contains(" --master local[2] ")
        .contains(
            " run late_flight --from 2013-01-01 --to 2013-12-31 --train-to 2013-10-31"
                + " --gate-to 2013-11-30 --wait PT5M --conf ");
    assertThat(home.err())
        .contains("runs again what ended with NO_RESULT at ")
        .contains(": bin/millrace run --from 2013-01-01 --to 2013-12-31 --master 'local[2]' ");

    assertThat(home.execute("retry")).isZero();
    assertThat(home.out()).contains(" score late_flight --from 2013-12-01 --to 2013-12-01 --conf ");

    assertThat(home.execute("retry")).isZero();
    assertThat(home.out()).isEqualTo("Nothing to retry.\n");
    assertThat(directory.resolve(".millrace/calls")).isEmptyDirectory();
  }

  @ParameterizedTest
  @ValueSource(ints = {65, 66, 69, 75})
  void endsAsTheJobEndsAndIsStillToBeRetriedIfThatFails(int exitCode) throws IOException {
    fails(1, "score --date 2013-12-01");

    home.sparkSubmit("exit " + exitCode);
    assertThat(home.execute("retry", "late_flight")).isEqualTo(exitCode);

    assertThat(listed()).containsExactly("score");
  }

  @Test
  void aLaterStartOfTheSameKeyThatEndsWellReplacesAFailure() throws IOException {
    fails(69, "score --date 2013-12-01");
    fails(69, "score --date 2013-12-02");

    home.sparkSubmit("exit 0");
    assertThat(home.execute("score", "late_flight", "--date", "2013-12-02")).isZero();

    assertThat(home.execute("retry", "--print-command")).isZero();
    assertThat(home.out()).isEqualTo("bin/millrace score --date 2013-12-01\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"score --date 2013-12-01", "score late_flight --date 2013-12-01"})
  void runsWhatFailedByItsDefinitionsOnceTheyAreMended(String call) throws IOException {
    String gate = Files.readString(directory.resolve(GATE));
    home.write(GATE, gate + "rangs: {}\n");
    assertThat(home.execute(call.split(" "))).isEqualTo(64);

    home.execute("retry", "late_flight", "--list");
    assertThat(home.out())
        .startsWith("score ")
        .contains(" 2013-12-01 ")
        .contains(" DEFINITION ")
        .contains("late_flight.yaml:4: unknown key 'rangs'");
    assertThat(home.execute("retry")).isEqualTo(64);

    home.write(GATE, gate);
    assertThat(home.execute("retry")).isZero();
    assertThat(home.out()).contains(" score late_flight --from 2013-12-01 ");
    assertThat(listed()).isEmpty();
  }

  @Test
  void aCallThatNamesItsPipelineReplacesOneThatCouldNot() throws IOException {
    String gate = Files.readString(directory.resolve(GATE));
    home.write(GATE, gate + "rangs: {}\n");
    home.execute("score", "--date", "2013-12-01");
    home.write(GATE, gate);

    assertThat(home.execute("score", "late_flight", "--date", "2013-12-01")).isZero();

    assertThat(listed()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "score early_flight --date 2013-12-01",
        "score --date 2013-12-32",
        "run --date 2013-12-01 --train-to 2013-12-01",
        "score --date 2013-12-01 --print-command"
      })
  void wrongArgumentsAndDryRunsAreNothingToRetry(String call) {
    home.execute(call.split(" "));

    assertThat(home.execute("retry")).isZero();
    assertThat(home.out()).isEqualTo("Nothing to retry.\n");
  }

  @Test
  void findsWhatWasKilledAndLeavesWhatIsAtWork() throws Exception {
    Process ended = new ProcessBuilder("sleep", "60").start();
    ProcessStamp stamp = ProcessStamp.of(ended.toHandle()).orElseThrow();
    ended.destroyForcibly().waitFor();
    begun("score", "2013-12-01", stamp);
    begun("gate", "2013-12-02", ProcessStamp.ofThisProcess().orElseThrow());

    assertThat(home.execute("retry", "--list", "--json")).isZero();
    JsonNode all = Json.MAPPER.readTree(home.out());
    assertThat(all).hasSize(1);
    assertThat(all.at("/0/run_key").asText()).isEqualTo("late_flight.score.2013-12-01");
    assertThat(all.at("/0/ending").asText()).isEqualTo("KILLED");
    assertThat(all.at("/0/message").asText()).contains("It was killed before");

    assertThat(home.execute("retry")).isZero();
    assertThat(home.out()).contains(" score late_flight --from 2013-12-01 ");

    home.execute("status", "--json");
    JsonNode atWork = Json.MAPPER.readTree(home.out()).at("/at_work");
    assertThat(atWork.fieldNames()).toIterable().singleElement().asString().contains("gate");
  }

  @Test
  void takesCategoryAndSentenceFromTheResultLineOfTheJob() throws IOException {
    JobResult failed =
        JobResult.failed(
            "late_flight.score.2013-12-01", ErrorCategory.DATA_CONTRACT, "Cannot read x", 1);
    home.sparkSubmit(
        "mkdir -p %1$s; echo '%2$s' > %1$s/late_flight.score.2013-12-01.json; exit 65"
            .formatted(directory.resolve(".millrace/results"), failed.toJsonLine()));
    assertThat(home.execute("score", "--date", "2013-12-01")).isEqualTo(65);

    home.execute("retry", "--list");
    assertThat(home.out())
        .matches(
            "score +late_flight +2013-12-01 +\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ"
                + " +DATA_CONTRACT +Cannot read x\n");
  }

  @Test
  void aResultLineThatIsNewerThanTheCallCounts() throws IOException {
    fails(69, "score --date 2013-12-01");
    result(
        "late_flight.score.2013-12-01",
        JobResult.failed("late_flight.score.2013-12-01", ErrorCategory.BUSY, "Held", 1),
        Instant.parse("2999-01-01T00:00:00Z"));
    home.execute("retry", "--list", "--json");
    assertThat(Json.MAPPER.readTree(home.out()).at("/0/ending").asText()).isEqualTo("BUSY");

    result(
        "late_flight.score.2013-12-01",
        JobResult.done("late_flight.score.2013-12-01", "Scored", Map.of(), Map.of(), 1),
        Instant.parse("2999-01-01T00:00:00Z"));
    assertThat(listed()).isEmpty();
  }

  @Test
  void doesNotRepeatAPublicationOfWhichNothingIsKnown() throws IOException {
    fails(70, "publish --date 2013-12-01");
    home.sparkSubmit("touch " + directory.resolve("spark-was-started"));
    assertThat(home.execute("retry")).as("without a result line").isEqualTo(70);
    String key = "late_flight.publish.2013-12-01";
    result(
        key,
        JobResult.failed(key, ErrorCategory.PUBLISH_STATE_UNKNOWN, "Unknown", 1),
        Instant.parse("2999-01-01T00:00:00Z"));

    assertThat(home.execute("retry")).isEqualTo(70);

    JobResult line = JobResult.fromJsonLine(home.lastLine());
    assertThat(line.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(line.message())
        .isEqualTo(
            "Cannot retry late_flight.publish.2013-12-01: it is unknown whether its publication"
                + " took effect; type bin/millrace doctor --publication"
                + " late_flight.publish.2013-12-01, and then bin/millrace publish --date"
                + " 2013-12-01");
    assertThat(directory.resolve("spark-was-started")).doesNotExist();
  }

  @Test
  void saysWhatToTypeIfTheArgumentsWereNotKept() throws IOException {
    String key = "late_flight.score.2013-12-01_2013-12-07";
    Instant at = Instant.parse("2013-12-08T06:00:00Z");
    result(key, JobResult.failed(key, ErrorCategory.EXTERNAL, "No answer", 1), at);
    result("doctor", JobResult.failed("doctor", ErrorCategory.DATA_CONTRACT, "Differs", 1), at);

    assertThat(listed()).containsExactly("score");
    assertThat(home.execute("retry")).isEqualTo(64);
    assertThat(home.err())
        .contains(
            "Cannot retry late_flight.score.2013-12-01_2013-12-07, which failed at"
                + " 2013-12-08T06:00:00Z: its arguments were not kept, as by releases before this"
                + " one; type them again, such as bin/millrace score late_flight --from 2013-12-01"
                + " --to 2013-12-07\n");
    assertThat(home.execute("retry", "early_flight")).isZero();
    assertThat(home.out()).isEqualTo("Nothing to retry.\n");
  }

  @Test
  void staysWithTheLakeAndTheDirectoryOfTheCall() throws IOException {
    Path elsewhere = Files.createDirectory(directory.resolve("else where"));
    home.variable("MILLRACE_LAKE", "other")
        .variable("MLFLOW_TRACKING_URI", "http://one:5000")
        .sparkSubmit("exit 69");
    CommandContext context = home.context();
    Millrace.commandLine(
            new CommandContext(
                context.home(),
                elsewhere,
                context.environment(),
                context.out(),
                context.err(),
                context.clock()))
        .execute("score-file", "--model", "m.onnx", "--input", "./in", "--output", "out");

    home.variable("MILLRACE_LAKE", "third")
        .variable("MLFLOW_TRACKING_URI", "http://two:5000")
        .sparkSubmit("echo \"$@\"");
    assertThat(home.execute("retry", "--print-command")).isZero();
    assertThat(home.out())
        .isEqualTo(
            "cd '%1$s' && MILLRACE_LAKE=other MLFLOW_TRACKING_URI=http://one:5000 %2$s/bin/millrace score-file --model m.onnx --input ./in --output out\n"
                .formatted(elsewhere, directory));

    assertThat(home.execute("retry")).isZero();
    assertThat(home.out())
        .contains("\"model\":\"" + elsewhere.resolve("m.onnx") + "\"")
        .contains("--lake " + directory.resolve("other"));
  }

  @Test
  void asksTheRegistryOfTheCall() throws IOException {
    home.variable("MLFLOW_TRACKING_URI", "http://one:5000");
    fails(69, "score --date 2013-12-01");

    home.variable("MLFLOW_TRACKING_URI", "http://two:5000").sparkSubmit("echo \"$@\"");
    assertThat(home.execute("retry")).isZero();

    assertThat(home.out()).contains(" --registry http://one:5000");
  }

  @Test
  void aCallOfAnOlderReleaseIsRead() throws IOException {
    fails(69, "score --date 2013-12-01");
    Path file = directory.resolve(".millrace/calls/late_flight.score.2013-12-01.json");
    String kept = Files.readString(file);
    Files.writeString(file, kept.replaceFirst("\"registry\":\"[^\"]*\",", ""));
    assertThat(Files.readString(file)).isNotEqualTo(kept);

    assertThat(listed()).containsExactly("score");
  }

  @Test
  void aCatchUpOfMoreDaysStandsForTheOnesBefore() throws IOException {
    Instant now = Instant.now();
    Path file =
        home.write(".millrace/calls/late_flight.run.2013-12-01_2013-12-02.json", failedCatchUp());
    Files.setLastModifiedTime(file, FileTime.from(now.minusSeconds(60)));
    assertThat(listed()).containsExactly("run");

    String other = "late_flight.run.2013-12-02_2013-12-03";
    result(other, JobResult.done(other, "Ran", Map.of(), Map.of(), 1), now);
    assertThat(listed()).as("not all of its days").containsExactly("run");

    String more = "late_flight.run.2013-12-01_2013-12-03";
    result(more, JobResult.done(more, "Ran", Map.of(), Map.of(), 1), now.minusSeconds(90));
    assertThat(listed()).as("it ended before").containsExactly("run");
    result(more, JobResult.done(more, "Ran", Map.of(), Map.of(), 1), now);
    assertThat(listed()).isEmpty();
  }

  private String failedCatchUp() {
    return Json.write(
        new Call(
            new CallKey("run", "late_flight", "2013-12-01_2013-12-02"),
            List.of("run", "--catch-up"),
            directory.toString(),
            "",
            "",
            "",
            new Call.Ending(69, ErrorCategory.EXTERNAL, "The registry is down")));
  }

  @Test
  void keepsNoPassword() throws IOException {
    fails(69, "score --date 2013-12-01 --master spark://me:secret@host:7077");
    home.variable("MILLRACE_LAKE", "s3a://me:secret@bucket/lake");
    home.execute("score", "--date", "2013-12-02");

    assertThat(directory.resolve(".millrace/calls")).doesNotExist();
  }

  @Test
  void keepsNoCallWhosePipelineIsNoName() throws IOException {
    home.write(GATE, "rangs: {}\n");
    Path calls = Files.createDirectories(directory.resolve(".millrace/calls"));

    assertThat(home.execute("score", "../../x", "--date", "2013-12-01")).isEqualTo(64);

    assertThat(calls).isEmptyDirectory();
    assertThat(directory.resolve("x.score.2013-12-01.json")).doesNotExist();
  }

  @Test
  void repeatsAQuickstartAsSuch() throws IOException {
    home.sparkSubmit("exit 1");
    assertThat(home.execute("quickstart", "--date", "2013-01-01")).isEqualTo(1);

    assertThat(home.execute("retry", "--print-command", "--json")).isZero();
    JsonNode all = Json.MAPPER.readTree(home.out());
    assertThat(all.at("/0/run_key").asText()).isEqualTo("late_flight.run.2013-01-01");
    assertThat(all.at("/0/arguments")).hasToString("[\"quickstart\",\"--date\",\"2013-01-01\"]");
    assertThat(all.at("/0/message").asText()).contains("Cannot determine how the pipeline ended");
  }

  @Test
  void aBrokenFileOfACallIsLeftOutAndSaid() throws IOException {
    fails(69, "score --date 2013-12-01");
    Path broken = home.write(".millrace/calls/late_flight.gate.2013-12-01.json", "{\"key\":");

    assertThat(listed()).containsExactly("score");
    assertThat(home.err()).contains("left out " + broken + ", which cannot be read");
  }

  private void fails(int exitCode, String call) throws IOException {
    home.sparkSubmit("exit " + exitCode);
    assertThat(home.execute(call.split(" "))).isEqualTo(exitCode);
  }

  private List<String> listed() throws IOException {
    assertThat(home.execute("retry", "--list", "--json")).isZero();
    return Json.MAPPER.readTree(home.out()).findValuesAsText("verb");
  }

  private void begun(String verb, String day, ProcessStamp process) throws IOException {
    Call call =
        new Call(
            new CallKey(verb, "late_flight", day),
            List.of(verb, "late_flight", "--date", day),
            directory.toString(),
            "",
            "",
            process.toString(),
            null);
    home.write(".millrace/calls/" + call.key() + ".json", Json.write(call));
  }

  private void result(String name, JobResult result, Instant at) throws IOException {
    Path file = home.write(".millrace/results/" + name + ".json", result.toJsonLine());
    Files.setLastModifiedTime(file, FileTime.from(at));
  }
}
