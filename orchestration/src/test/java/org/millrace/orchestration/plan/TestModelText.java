package org.millrace.orchestration.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.Json;
import org.millrace.planning.ModelOverview;
import org.millrace.planning.ModelOverview.Kind;
import org.millrace.planning.ModelOverview.Move;
import org.millrace.planning.ModelOverview.Publication;
import org.millrace.planning.ModelOverview.Verdict;
import org.millrace.planning.ModelOverview.Version;

class TestModelText {
  private static final Verdict FIRST =
      new Verdict(
          1,
          "BOOTSTRAP",
          Optional.empty(),
          Optional.empty(),
          at(10),
          List.of("auc 0.7 is at least 0.6"));
  private static final Verdict SECOND =
      new Verdict(
          2,
          "PASS",
          Optional.of("9"),
          Optional.of("ada"),
          at(20),
          List.of("approved by ada: as good as the champion"));
  private static final Version OLD =
      new Version(
          "9",
          "1.0.3",
          "gradient-boosted trees",
          "t@v3",
          Optional.of(at(5)),
          List.of(FIRST),
          31,
          "2013-12-01",
          "2013-12-31",
          List.of(days("2013-12-01", "2013-12-31")),
          26_000,
          true);
  private static final Version NEW =
      new Version(
          "10",
          "",
          "from outside",
          "",
          Optional.empty(),
          List.of(SECOND),
          1,
          "2014-01-01",
          "2014-01-01",
          List.of(days("2014-01-01", "2014-01-01")),
          842,
          true);
  private static final Version UNTRIED =
      new Version(
          "11",
          "",
          "registered by ada",
          "",
          Optional.empty(),
          List.of(),
          0,
          "",
          "",
          List.of(),
          0,
          true);

  private static Instant at(int second) {
    return Instant.parse("2014-01-02T12:00:00.123Z").plusSeconds(second);
  }

  private static DayRange days(String from, String to) {
    return new DayRange(LocalDate.parse(from), LocalDate.parse(to));
  }

  private static Publication publication(
      Kind kind, String version, String shown, DayRange days, String why, int at) {
    return new Publication(
        kind,
        Optional.of(version),
        Optional.of(shown).filter(text -> !text.isEmpty()),
        List.of(days),
        days.size(),
        1000L * days.size(),
        why.isEmpty() ? "" : "ada",
        why,
        at(at),
        "key");
  }

  private static Move move(String kind, String from, String to, String who, String why, int at) {
    return new Move(
        kind,
        Optional.of(from).filter(version -> !version.isEmpty()),
        Optional.of(to),
        who,
        why,
        why.startsWith("rolled back"),
        at(at),
        "key");
  }

  private static ModelOverview overview(
      List<Version> versions, List<Move> moves, Publication... publications) {
    return new ModelOverview(
        "late_flight",
        "champion",
        "http://m",
        "Europe/Berlin",
        Optional.of("10"),
        versions,
        moves,
        List.of(publications),
        List.of(),
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
  void allEventsAreOneTimelineInTheTimesOfTheDayZone() {
    List<Move> moves =
        List.of(
            move("INTENDED", "", "9", "gate", "verdict 1: auc", 11),
            move("MOVED", "", "9", "gate", "verdict 1: auc", 12),
            move("FOUND", "9", "10", "outside", "found at key", 30),
            move("MOVED", "10", "9", "ada", "rolled back: alarms", 40),
            move("INTENDED", "9", "10", "ada", "rolled back", 60));

    assertThat(
            HistoryText.lines(
                overview(
                    List.of(NEW, OLD),
                    moves,
                    publication(Kind.PUBLISHED, "9", "9", days("2013-12-01", "2013-12-30"), "", 13),
                    publication(Kind.PUBLISHED, "9", "9", days("2013-12-31", "2013-12-31"), "", 14),
                    publication(
                        Kind.PUBLISHED, "10", "10", days("2013-12-31", "2014-01-01"), "", 35),
                    publication(
                        Kind.TAKEN_BACK, "10", "9", days("2013-12-31", "2013-12-31"), "alarms", 41),
                    publication(
                        Kind.RESTORED, "10", "10", days("2014-01-01", "2014-01-01"), "", 50))))
        .containsExactly(
            "late_flight in http://m; version 10 is champion; times and days are of Europe/Berlin",
            "  2014-01-02 13:00:05  version 9   registered 1.0.3  gradient-boosted trees, from t@v3",
            "  2014-01-02 13:00:10  version 9   judged            BOOTSTRAP (verdict 1)",
            "                                                     auc 0.7 is at least 0.6",
            "  2014-01-02 13:00:12  version 9   champion          moved from none by gate: verdict 1",
            "  2014-01-02 13:00:14  version 9   published         31 days, 2013-12-01 to 2013-12-31,"
                + " 31,000 rows",
            "  2014-01-02 13:00:20  version 10  approved          PASS, beside version 9 (verdict 2)",
            "                                                     approved by ada: as good as the"
                + " champion",
            "  2014-01-02 13:00:30  version 10  champion          was found moved from version 9 by"
                + " outside: found at key",
            "  2014-01-02 13:00:35  version 10  published         2 days, 2013-12-31 to 2014-01-01,"
                + " 2,000 rows",
            "  2014-01-02 13:00:40  version 9   champion          was given back from version 10 by"
                + " ada: rolled back: alarms",
            "  2014-01-02 13:00:41  version 10  taken back        2013-12-31; readers see version 9"
                + " again; by ada: alarms",
            "  2014-01-02 13:00:50  version 10  shown again       2014-01-01, 1,000 rows",
            "  2014-01-02 13:01:00  version 10  champion          was about to be moved from version"
                + " 9 by ada: rolled back",
            "not known here: when version 10 was registered",
            "readers see version 10 on 2014-01-01, 842 rows",
            "readers see version 9 on 31 days, 2013-12-01 to 2013-12-31, 26,000 rows",
            "a note");
  }

  @Test
  void aModelOfWhichNothingIsKnownHasAnEmptyTimeline() {
    assertThat(HistoryText.lines(overview(List.of(), List.of())))
        .contains("  nothing happened yet: no version is dated, judged or used");
  }

  @Test
  void itIsReadBackFromItsJson() {
    ModelOverview overview =
        overview(
            List.of(NEW),
            List.of(move("MOVED", "9", "10", "gate", "verdict 2: x", 21)),
            publication(Kind.TAKEN_BACK, "10", "9", days("2014-01-01", "2014-01-01"), "a", 22));

    assertThat(Json.read(Json.write(overview), ModelOverview.class)).isEqualTo(overview);
  }
}
