package org.millrace.orchestration;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.Json;

class TestQuickstartSummary {
  private static final JobResult GATE =
      JobResult.done(
              "late_flight.gate.2013-11-01_2013-11-30",
              "PASS",
              Map.of("rows_in", 27000L),
              Map.of("model.late_flight", "1"),
              3.25)
          .withValues(Map.of("auc", "0.75654", "alias", "champion"));
  private static final JobResult SCORE =
      JobResult.done(
          "late_flight.score.2013-12-01_2013-12-31",
          "scored",
          Map.of("rows_in", 28135L, "rows_out", 28135L, "sessions", 1L),
          Map.of("model.late_flight", "1"),
          4);
  private static final JobResult RUN =
      JobResult.done("late_flight.run.2013-01-01_2013-12-31", "12 rooms", Map.of(), Map.of(), 60)
          .withSteps(List.of(GATE, SCORE));

  @Test
  void showsRowsSecondsAndFacts() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    summary(RUN, "flight | score").print(new PrintStream(out, true, UTF_8), "bin/millrace sql");

    assertThat(out.toString(UTF_8))
        .contains("late_flight: done, 12 rooms")
        .containsPattern("gate +done +27,000 +3\\.3")
        .containsPattern("score +done +28,135 +28,135 +4\\.0  sessions 1")
        .containsPattern("AUC +0\\.757")
        .containsPattern("model +1")
        .containsPattern("alias +champion")
        .containsPattern("registry +http://127\\.0\\.0\\.1:5000")
        .contains("bin/millrace sql -e \"SELECT 1\"\nflight | score\n");
  }

  @Test
  void saysThatAllWasDoneBefore() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    summary(JobResult.nothingToDo("late_flight.run.2013", "all 365 days", 1), "")
        .print(new PrintStream(out, true, UTF_8), "bin/millrace sql");

    assertThat(out.toString(UTF_8)).contains("late_flight: already done, all 365 days");
  }

  @Test
  void writesOneLineOfJson() throws IOException {
    String json = summary(RUN, "{\"score\":0.5}").toJson();

    assertThat(json).doesNotContain("\n");
    JsonNode read = Json.MAPPER.readTree(json);
    assertThat(read.at("/facts/AUC").asText()).isEqualTo("0.757");
    assertThat(read.at("/rows/0/score").asDouble()).isEqualTo(0.5);
    assertThat(read.at("/result/steps/1/counts/rows_out").asLong()).isEqualTo(28135);
  }

  private static QuickstartSummary summary(JobResult result, String row) {
    return new QuickstartSummary(
        "late_flight",
        result,
        "http://127.0.0.1:5000",
        "jdbc:hive2://127.0.0.1:10000/default",
        "SELECT 1",
        List.of(row));
  }
}
