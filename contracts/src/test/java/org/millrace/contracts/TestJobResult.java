package org.millrace.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class TestJobResult {
  private static final String HOME = System.getProperty("millrace.home", "..");

  @Test
  void lineOfAFullResultIsReadBackAsItWas() {
    Map<String, Long> counts = new LinkedHashMap<>();
    counts.put("rows_out", 3L);
    counts.put("rows_in", 4L);
    JobResult step = JobResult.nothingToDo("late_flight.ingest.2013-12-01", "Had all", 0.5);
    JobResult result =
        JobResult.done(
                "late_flight.run.2013-12-01",
                "Ran \"it\"\nall",
                counts,
                Map.of("raw.flights", "7"),
                12.25)
            .withValues(Map.of("verdict", "PASS"))
            .withSteps(List.of(step));

    String line = result.toJsonLine();

    assertThat(line).doesNotContain("\n");
    assertThat(JobResult.fromJsonLine(line)).isEqualTo(result);
    assertThat(JobResult.fromJsonLine(line).counts().keySet())
        .containsExactlyElementsOf(JobResult.ROW_COUNTS);
  }

  @Test
  void failureCarriesCategoryAndItsExitCode() {
    JobResult failed = JobResult.failed("score", ErrorCategory.EXTERNAL, "No answer", 0);

    assertThat(failed.toJsonLine())
        .isEqualTo(
            "{\"schema\":2,\"run_key\":\"score\",\"verb\":\"score\",\"pipeline\":null,"
                + "\"from\":null,\"to\":null,\"attempt\":\"\",\"outcome\":\"FAILED\","
                + "\"exit_code\":69,\"category\":\"EXTERNAL\",\"message\":\"No answer\","
                + "\"counts\":{\"rows_in\":0,\"rows_out\":0,\"rows_quarantined\":0,"
                + "\"rows_refused\":0,\"rows_later\":0},\"rows\":{},\"versions\":{},"
                + "\"values\":{},\"seconds\":0.0,\"log\":\"\",\"steps\":[]}");
    assertThat(JobResult.fromJsonLine(failed.toJsonLine())).isEqualTo(failed);
  }

  @Test
  void everyKeyIsInEveryLineAndInItsDescription() throws IOException {
    JobResult whole =
        JobResult.done("late_flight.run.2013-12-01_2013-12-02", "Ran", Map.of(), Map.of(), 1)
            .withAttempt("a1")
            .withLog("trace.log");
    String documented = Files.readString(Path.of(HOME, "docs", "result-line.md"));
    List<String> keys = new ArrayList<>();
    Json.read(whole.toJsonLine(), JsonNode.class).fieldNames().forEachRemaining(keys::add);

    for (JobResult other :
        List.of(
            JobResult.nothingToDo("late_flight.score.2013-12-01", "Had all", 0),
            JobResult.failed("sql", ErrorCategory.BUSY, "No", 0))) {
      List<String> others = new ArrayList<>();
      Json.read(other.toJsonLine(), JsonNode.class).fieldNames().forEachRemaining(others::add);
      assertThat(others).isEqualTo(keys);
    }
    assertThat(keys).startsWith("schema", "run_key", "verb", "pipeline", "from", "to").hasSize(18);
    assertThat(keys).allSatisfy(key -> assertThat(documented).contains("| `" + key + "` |"));
    assertThat(JobResult.ROW_COUNTS)
        .allSatisfy(name -> assertThat(documented).contains("`" + name + "`"));
    assertThat(documented).contains("Schema " + JobResult.SCHEMA);
    assertThat(whole.toJsonLine())
        .startsWith(
            "{\"schema\":2,\"run_key\":\"late_flight.run.2013-12-01_2013-12-02\",\"verb\":\"run\","
                + "\"pipeline\":\"late_flight\",\"from\":\"2013-12-01\",\"to\":\"2013-12-02\",");
    assertThat(JobResult.fromJsonLine(whole.toJsonLine())).isEqualTo(whole);
  }

  @Test
  void aLineOfAnEarlierReleaseIsRead() {
    JobResult old =
        JobResult.fromJsonLine(
            "{\"run_key\":\"late_flight.score.2013-12-01\",\"outcome\":\"FAILED\",\"exit_code\":75,"
                + "\"category\":\"INPUT_MISSING\",\"message\":\"m\",\"counts\":{\"rows_in\":3},"
                + "\"versions\":{\"raw.flights\":\"7\"},\"values\":{},\"seconds\":2.5,\"steps\":[]}");

    assertThat(old.attempt()).isEmpty();
    assertThat(old.log()).isEmpty();
    assertThat(old.rows()).isEmpty();
    assertThat(old.verb()).isEqualTo("score");
    assertThat(old.from()).hasToString("2013-12-01");
    assertThat(old.counts()).containsEntry("rows_in", 3L).containsEntry("rows_later", 0L);
    assertThat(old.category()).isEqualTo(ErrorCategory.INPUT_MISSING);
  }

  @Test
  void fieldsOfALaterVersionAreIgnored() {
    assertThat(
            JobResult.fromJsonLine(
                "{\"run_key\":\"k\",\"outcome\":\"DONE\",\"message\":\"m\",\"new\":1}"))
        .isEqualTo(JobResult.done("k", "m", Map.of(), Map.of(), 0));
  }

  @Test
  void lineThatIsNoJsonIsQuoted() {
    assertThatThrownBy(() -> JobResult.fromJsonLine("Killed"))
        .isInstanceOf(MillraceException.class)
        .hasMessage("Cannot read a JobResult: expected its JSON, was given: Killed");
  }

  @Test
  void gateDecisionNeedsAReason() {
    assertThatThrownBy(() -> new GateDecision(GateDecision.Verdict.PASS, List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot decide PASS without a reason");
  }
}
