package org.millrace.jobs.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.millrace.jobs.testing.ScoringHouse.DAYS;
import static org.millrace.jobs.testing.ScoringHouse.day;
import static org.millrace.jobs.testing.ScoringHouse.key;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.Json;
import org.millrace.jobs.prediction.LookBack;
import org.millrace.jobs.testing.ScoringHouse;
import org.millrace.jobs.testing.TestRooms;

/** A linear model: what trees contribute is tested with the engine, and end to end. */
final class TestExplainPrediction {
  @TempDir Path directory;
  private ScoringHouse house;

  @BeforeEach
  void publish() {
    house = new ScoringHouse(directory);
    house.score(DAYS);
    house.publish(DAYS);
  }

  private JobResult explain(DayRange days, Map<String, String> row) {
    return TestRooms.line(
        house.context(),
        key("explain", days),
        (context, key) ->
            new ExplainPrediction(
                context, key, new LookBack(row, OptionalInt.empty(), OptionalInt.empty())));
  }

  @Test
  void namesWhoScoredFromWhatAndWhenThatWasKnown() throws Exception {
    house.champion("2");

    JobResult result = explain(day(2), Map.of("id", "13"));

    JsonNode told =
        Json.MAPPER.readTree(
            Files.readString(Path.of(result.values().getOrDefault("explanation", ""))));
    assertThat(told.at("/model/version").asText()).as("who scored that day").isEqualTo("1");
    assertThat(told.at("/key/id").asText()).isEqualTo("13");
    assertThat(told.at("/as_of").asText()).isEqualTo("2013-02-02T10:00:03Z");
    assertThat(told.at("/score").asDouble())
        .isEqualTo(told.at("/score_now").asDouble())
        .isStrictlyBetween(0.0, 1.0);
    assertThat(told.at("/run/run_key").asText()).startsWith("late_flight.score.");
    assertThat(told.at("/inputs")).hasSize(2);
    assertThat(told.at("/inputs/0/column").asText()).isEqualTo("v__x");
    assertThat(told.at("/inputs/0/view").asText()).isEqualTo("v");
    assertThat(told.at("/inputs/0/value").asDouble()).isStrictlyBetween(0.0, 1.0);
    assertThat(told.at("/inputs/1/view").isMissingNode()).as("of the spine").isTrue();
    JsonNode fact = told.at("/facts/1");
    assertThat(fact.at("/table").asText()).startsWith("features.v@v");
    assertThat(fact.at("/count").asInt()).isEqualTo(1);
    assertThat(fact.at("/newest").asText())
        .as("the last of 10 events of three keys")
        .isEqualTo("2013-02-02T01:30:00Z");
    assertThat(fact.at("/known_at").asText()).isEqualTo("2013-02-02T01:30:00Z");
    assertThat(told.at("/trees").isMissingNode()).isTrue();
    assertThat(told.at("/notes/0").asText()).startsWith("no contributions: ");
    assertThat(result.message()).startsWith("id=13 of 2013-02-02 has the score 0.");
  }

  @Test
  void aKeyIsThatOfTheSpineAndNamesOneRow() {
    assertThatThrownBy(() -> explain(day(2), Map.of("k", "k0")))
        .hasFieldOrPropertyWithValue("category", ErrorCategory.DEFINITION)
        .hasMessageContaining("a row of spine s is named by id; give --key id=...");
    assertThatThrownBy(() -> explain(day(2), Map.of("id", "999")))
        .hasFieldOrPropertyWithValue("category", ErrorCategory.DEFINITION)
        .hasMessageContaining("there is no prediction of this key");
    assertThatThrownBy(() -> explain(DAYS, Map.of("id", "13")))
        .hasFieldOrPropertyWithValue("category", ErrorCategory.DEFINITION)
        .hasMessageContaining("name its day with --date");
  }
}
