package org.millrace.planning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/** Which objects an expression means. */
final class TestSelector {
  private static final PipelineGraph GRAPH =
      new PipelineGraph(
          List.of(
              node("raw.flights", "ingest", List.of(), List.of("hourly")),
              node("raw.weather", "ingest", List.of(), List.of()),
              node("features.delays", "validate", List.of("raw.flights"), List.of("hourly")),
              node("features.wind", "validate", List.of("raw.weather"), List.of()),
              node(
                  "predictions.m",
                  "publish",
                  List.of("features.delays", "features.wind"),
                  List.of())));

  private static final Map<String, Plan.Work> WORK =
      Map.of(
          "raw.flights", work(Plan.Need.COMPARE, Reason.Kind.FILES_CHANGED),
          "features.delays", work(Plan.Need.MAKE, Reason.Kind.DEFINITION_CHANGED),
          "features.wind", work(Plan.Need.MAKE, Reason.Kind.CUT_OFF),
          "predictions.m", work(Plan.Need.MAKE, Reason.Kind.NEVER_MADE));

  private static PipelineGraph.Node node(
      String object, String verb, List<String> reads, List<String> tags) {
    return new PipelineGraph.Node(object, List.of(verb), reads, tags, "");
  }

  private static Plan.Work work(Plan.Need need, Reason.Kind kind) {
    return new Plan.Work("2013-01-01", 1, need, List.of(Reason.of(kind, "")), -1, -1);
  }

  private static List<String> select(String expression) {
    return new Selector(
            GRAPH,
            new Selector.PlannedStates() {
              @Override
              public List<Plan.Work> work(String object) {
                return WORK.containsKey(object) ? List.of(WORK.get(object)) : List.of();
              }

              @Override
              public Set<String> failedVerbs() {
                return Set.of("ingest");
              }
            })
        .select(expression);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "features.wind            | features.wind",
        "wind                     | features.wind",
        "raw.*                    | raw.flights;raw.weather",
        "*                        | raw.flights;raw.weather;features.delays;features.wind;predictions.m",
        "wind delays              | features.delays;features.wind",
        "+delays                  | raw.flights;features.delays",
        "weather+                 | raw.weather;features.wind;predictions.m",
        "+wind+                   | raw.weather;features.wind;predictions.m",
        "tag:hourly               | raw.flights;features.delays",
        "tag:hourly,features.*    | features.delays",
        "raw.* tag:hourly,delays  | raw.flights;raw.weather;features.delays",
        "state:modified           | features.delays",
        "state:modified+          | features.delays;predictions.m",
        "stale                    | raw.flights;features.delays;features.wind",
        "missing                  | predictions.m",
        "failed                   | raw.flights;raw.weather;features.wind",
        "failed,raw.*             | raw.flights;raw.weather",
      })
  void namesAndStatesUnionsAndIntersections(String expression, String objects) {
    assertThat(select(expression)).containsExactly(objects.split(";", -1));
  }

  @Test
  void aStateThatHoldsOfNothingInAnIntersectionIsNothing() {
    assertThat(select("missing,raw.*")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "+", "a,,b", "nothing", "tag:nothing", "raw", "features.win"})
  void whatNamesNothingIsRefused(String expression) {
    assertThatThrownBy(() -> select(expression))
        .isInstanceOf(MillraceException.class)
        .hasMessageStartingWith("Cannot select '" + expression + "': ")
        .extracting("category")
        .isEqualTo(ErrorCategory.DEFINITION);
  }
}
