package org.millrace.orchestration.plan;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.millrace.contracts.Json;
import org.millrace.planning.RolloutOverview;
import org.millrace.planning.RolloutOverview.Move;
import org.millrace.planning.RolloutOverview.Stage;

final class TestRolloutText {
  private static final Move CANARY =
      new Move(
          2,
          "ADVANCE",
          "canary",
          "7",
          "8",
          0.125,
          LocalDate.parse("2013-12-08"),
          "policy",
          "3 of 3 days",
          Instant.parse("2013-12-07T05:00:01.5Z"));

  private static RolloutOverview overview(Optional<Move> current, Optional<JsonNode> evidence) {
    return new RolloutOverview(
        "late_flight",
        List.of(new Stage("shadow", "shadow", 0, 7), new Stage("canary", "canary", 0.125, 3)),
        current,
        current.map(List::of).orElse(List.of()),
        evidence);
  }

  @Test
  void withoutARolloutTheStagesAreListed() {
    assertThat(RolloutText.lines(overview(Optional.empty(), Optional.empty())))
        .containsExactly(
            "no rollout of late_flight is under way",
            "  shadow       shadow      0 % of the rows, 7 days",
            "  canary       canary   12.5 % of the rows, 3 days");
  }

  @Test
  void theCurrentStageIsMarkedAndItsEvidenceShown() {
    JsonNode evidence =
        Json.read(
            """
            {"stage": "shadow", "from": "2013-12-01", "to": "2013-12-07", "days": 7, "rows": 6012,
             "champion": {"auc": 0.7312345, "rows": 6012.0}, "challenger": {"auc": 0.7},
             "intervals": {"auc": {"low": -0.04, "high": -0.02, "confidence": 0.95}},
             "disagreement": {"flip_rate": 0.031},
             "reasons": ["shown to be worse than the champion: auc"]}
            """,
            JsonNode.class);

    assertThat(RolloutText.lines(overview(Optional.of(CANARY), Optional.of(evidence))))
        .containsExactly(
            "version 8 beside champion 7: stage canary, 12.5 % of the rows from 2013-12-08 on",
            "  shadow       shadow      0 % of the rows, 7 days",
            "  canary       canary   12.5 % of the rows, 3 days  <- since 2013-12-08",
            "the newest look, at stage shadow: 2013-12-01 to 2013-12-07, 6,012 rows with labels of 7 days",
            "  auc                  champion      0.73123  challenger      0.70000  difference between -0.040000 and -0.020000 with 95 %",
            "  flip_rate            0.031000",
            "  - shown to be worse than the champion: auc",
            "decided so far:",
            "  2013-12-07T05:00:01Z  rollout 2 of version 8: advance canary, 12.5 % of the rows from 2013-12-08, by policy",
            "      3 of 3 days");
  }
}
