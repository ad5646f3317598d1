package org.millrace.jobs.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.millrace.jobs.testing.ScoringHouse.DAYS;
import static org.millrace.jobs.testing.ScoringHouse.day;
import static org.millrace.jobs.testing.ScoringHouse.days;

import io.delta.tables.DeltaTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.GateDecision.Verdict;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Outcome;
import org.millrace.contracts.ledger.LedgerObjects;
import org.millrace.jobs.model.ModelFiles;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.testing.ScoringHouse;
import org.millrace.jobs.testing.TestRooms;

/** What is said of the version that scores, by the rooms and the report. */
@Tag("slow")
class TestWriteReport {
  @TempDir Path directory;

  private ScoringHouse house;

  @BeforeEach
  void featuresOfThreeDays() {
    house = new ScoringHouse(directory);
  }

  private String page() throws IOException {
    JobResult written = house.report();
    assertThat(written.outcome()).isEqualTo(Outcome.DONE);
    return Files.readString(Path.of(Objects.requireNonNull(written.values().get("report"))));
  }

  @Test
  void aFailIsSaidByWhoeverUsesTheVersionAndByTheReport() throws IOException {
    house.judge("1", Verdict.FAIL, "auc 0.4 is below the minimum 0.5");

    List<JobResult> results = List.of(house.score(DAYS), house.publish(DAYS), house.monitor(DAYS));

    assertThat(results)
        .allSatisfy(
            result ->
                assertThat(result.values())
                    .hasEntrySatisfying(
                        "warning",
                        text ->
                            assertThat(text)
                                .startsWith("the newest verdict on late_flight/1 is FAIL, given")
                                .endsWith(": auc 0.4 is below the minimum 0.5")));
    assertThat(house.said).filteredOn(line -> line.startsWith("warning: the newest")).hasSize(3);
    assertThat(page())
        .contains("late_flight 1 did not pass its gate", "auc 0.4 is below the minimum 0.5");

    house.judge("1", Verdict.SAME, "it kept its ranges");
    assertThat(house.publish(DAYS).values()).doesNotContainKey("warning");
  }

  @Test
  void theReportAsksNoRegistryAndInventsNoVerdict() throws IOException {
    assertThatThrownBy(house::report)
        .isInstanceOfSatisfying(
            MillraceException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.INPUT_MISSING))
        .hasMessageContaining("Cannot report on late_flight@champion: this lake knows no version");
    house.score(DAYS);
    house.registryIsUp(false);

    assertThat(page())
        .contains("late_flight 1 has no verdict in this lake", "NO VERDICT", "of_trees")
        .doesNotContain("NO_BASELINE");
  }

  @Test
  void aDayWhoseQualityWasChangedOutsideIsLeftOutAndSaid() {
    house.score(DAYS);
    house.publish(DAYS);
    house.monitor(DAYS);
    JobContext context = house.context();
    String quality = LedgerObjects.quality("late_flight");
    DeltaTable.forPath(context.spark(), context.lake().path(quality))
        .updateExpr("day = DATE'2013-02-02'", Map.of("auc", "0.99D"));

    assertThat(new GatherReport(house.context(), "late_flight").gather().days())
        .extracting(ReportData.DayQuality::day)
        .containsExactly(LocalDate.parse("2013-02-01"), LocalDate.parse("2013-02-03"));
    assertThat(TestRooms.job(house.context(), ScoringHouse.key("report", DAYS)).outcome())
        .isEqualTo(Outcome.DONE);
    assertThat(house.said)
        .anyMatch(line -> line.startsWith(quality + " of 2013-02-02 was changed outside"));
  }

  @Test
  void withoutFilesOfTheModelTheReportNamesTheLastHolderOfTheAlias() throws IOException {
    house.score(DAYS);
    Path models = directory.resolve("lake/models");
    Files.writeString(models.resolve("late_flight.champion.json"), "{");
    assertThat(page())
        .contains("late_flight 1 has no verdict in this lake")
        .doesNotContain("of_trees");

    FileUtils.deleteDirectory(models.toFile());
    assertThat(page())
        .contains("late_flight 1 has no verdict in this lake")
        .doesNotContain("of_trees");
  }

  @Test
  void scoresThatNothingHasJudgedYetAreShown() throws IOException {
    house.score(DAYS);
    assertThat(page()).contains("This version has scored no rows yet.");
    house.publish(DAYS);

    assertThat(new GatherReport(house.context(), "late_flight").gather().scores())
        .extracting(ReportData.ScoreBin::rows)
        .satisfies(rows -> assertThat(rows.stream().mapToLong(n -> n).sum()).isEqualTo(30));
    assertThat(page()).contains("30 rows scored").doesNotContain("has scored no rows yet");
  }

  @Test
  void speaksOfTheVersionThatItShows() throws IOException {
    house.score(days(1, 2));
    house.publish(days(1, 2));
    house.monitor(days(1, 2));
    house.champion("2");
    house.score(day(3));
    house.publish(day(3));
    house.monitor(day(3));

    ReportData data = new GatherReport(house.context(), "late_flight").gather();

    assertThat(data.days()).extracting(ReportData.DayQuality::day).containsExactly(day(3).from());
    assertThat(data.otherDays()).isEqualTo(2);
    assertThat(data.driftOf()).contains("2013-02-03").doesNotContain("2013-02-01");
    assertThat(page()).contains("2 more days were scored by other versions.");
  }

  @Test
  void importancesThatTheRegistryLostDoNotStopANight() {
    house.lose(ModelFiles.IMPORTANCES);

    assertThat(house.score(DAYS).outcome()).isEqualTo(Outcome.DONE);
    assertThat(house.said)
        .anyMatch(line -> line.startsWith("the report has no importances of late_flight/1: "));
  }

  @Test
  void aVersionThatWasReplacedWarnsNobody() {
    house.score(DAYS);
    house.publish(DAYS);
    house.judge("1", Verdict.FAIL, "auc 0.4 is below the minimum 0.5");
    house.champion("2");
    house.score(day(1));

    assertThat(house.monitor(days(2, 3)).values()).doesNotContainKey("warning");
  }
}
