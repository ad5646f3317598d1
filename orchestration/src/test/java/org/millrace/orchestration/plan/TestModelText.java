package org.millrace.orchestration.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.millrace.contracts.Json;
import org.millrace.planning.ModelOverview;
import org.millrace.planning.ModelOverview.Move;
import org.millrace.planning.ModelOverview.Verdict;
import org.millrace.planning.ModelOverview.Version;

class TestModelText {
  private static final Verdict FIRST =
      new Verdict(1, "BOOTSTRAP", Optional.empty(), at(10), List.of("auc 0.7 is at least 0.6"));
  private static final Verdict SECOND =
      new Verdict(2, "PASS", Optional.of("9"), at(20), List.of("not worse than the champion: auc"));
  private static final Version OLD =
      new Version(
          "9",
          "1.0.3",
          "gradient-boosted trees",
          "t@v3",
          List.of(FIRST),
          31,
          "2013-12-01",
          "2013-12-31",
          true);
  private static final Version NEW =
      new Version(
          "10", "", "from outside", "", List.of(SECOND), 1, "2014-01-01", "2014-01-01", true);
  private static final Version UNTRIED =
      new Version("11", "", "registered by ada", "", List.of(), 0, "", "", true);

  private static Instant at(int second) {
    return Instant.parse("2014-01-02T12:00:00.123Z").plusSeconds(second);
  }

  private static Move move(String kind, String from, String to, String who, String why, int at) {
    return new Move(
        kind,
        Optional.of(from).filter(version -> !version.isEmpty()),
        Optional.of(to),
        who,
        why,
        at(at),
        "key");
  }

  private static ModelOverview overview(List<Version> versions, List<Move> moves) {
    return new ModelOverview(
        "late_flight",
        "champion",
        "http://m",
        Optional.of("10"),
        versions,
        moves,
        List.of("a note"));
  }

  @Test
  void eachVersionIsALine() {
    assertThat(ModelText.versions(overview(List.of(UNTRIED, NEW, OLD), List.of())))
        .containsExactly(
            "late_flight in http://m; version 10 is champion",
            "    11           registered by ada       not judged         no days",
            "    10           from outside            PASS               2014-01-01  <- champion",
            "     9  1.0.3    gradient-boosted trees  BOOTSTRAP          31 days, 2013-12-01 to"
                + " 2013-12-31",
            "a note");
    assertThat(ModelText.versions(overview(List.of(), List.of())))
        .contains("  no versions: run `millrace train`, or `millrace register` one of yours");
  }

  @Test
  void verdictsAndMovesAreInTheOrderOfTime() {
    List<Move> moves =
        List.of(
            move("INTENDED", "", "9", "gate", "verdict 1: auc", 11),
            move("MOVED", "", "9", "gate", "verdict 1: auc", 12),
            move("FOUND", "9", "10", "outside", "found at key", 30),
            move("INTENDED", "10", "9", "ada", "rolled back: alarms", 40));

    assertThat(ModelText.history(overview(List.of(NEW, OLD), moves)))
        .containsExactly(
            "late_flight in http://m; version 10 is champion",
            "  2014-01-02T12:00:10Z  verdict 1 on version 9: BOOTSTRAP",
            "      auc 0.7 is at least 0.6",
            "  2014-01-02T12:00:12Z  champion moved from none to version 9 by gate",
            "      verdict 1",
            "  2014-01-02T12:00:20Z  verdict 2 on version 10, beside version 9: PASS",
            "      not worse than the champion: auc",
            "  2014-01-02T12:00:30Z  champion was found moved from version 9 to version 10 by"
                + " outside",
            "      found at key",
            "  2014-01-02T12:00:40Z  champion was about to be moved from version 10 to version 9 by"
                + " ada",
            "      rolled back: alarms",
            "  version 10: 2014-01-01",
            "  version 9: 31 days, 2013-12-01 to 2013-12-31",
            "a note");
  }

  @Test
  void itIsReadBackFromItsJson() {
    ModelOverview overview =
        overview(List.of(NEW), List.of(move("MOVED", "9", "10", "gate", "verdict 2: x", 21)));

    assertThat(Json.read(Json.write(overview), ModelOverview.class)).isEqualTo(overview);
  }
}
