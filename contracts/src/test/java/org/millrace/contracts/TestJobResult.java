package org.millrace.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class TestJobResult {
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
        .containsExactly("rows_out", "rows_in");
  }

  @Test
  void failureCarriesCategoryAndItsExitCode() {
    JobResult failed = JobResult.failed("score", ErrorCategory.EXTERNAL, "No answer", 0);

    assertThat(failed.toJsonLine())
        .isEqualTo(
            "{\"run_key\":\"score\",\"outcome\":\"FAILED\",\"exit_code\":69,"
                + "\"category\":\"EXTERNAL\",\"message\":\"No answer\",\"seconds\":0.0}");
    assertThat(JobResult.fromJsonLine(failed.toJsonLine())).isEqualTo(failed);
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
