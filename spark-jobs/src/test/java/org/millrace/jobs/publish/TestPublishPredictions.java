package org.millrace.jobs.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.millrace.jobs.testing.ScoringHouse.DAYS;
import static org.millrace.jobs.testing.ScoringHouse.PREDICTIONS;
import static org.millrace.jobs.testing.ScoringHouse.day;
import static org.millrace.jobs.testing.ScoringHouse.days;

import io.delta.tables.DeltaTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Outcome;
import org.millrace.features.staging.StagedRows;
import org.millrace.features.staging.StagingArea;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.testing.ScoringHouse;
import org.millrace.jobs.testing.TestRooms;

/**
 * What SCORE stages and PUBLISH makes visible: only what the current champion and definitions would
 * stage, each day once.
 */
@Tag("slow")
class TestPublishPredictions {
  @TempDir Path directory;

  private ScoringHouse house;

  @BeforeEach
  void featuresOfThreeDays() {
    house = new ScoringHouse(directory);
  }

  private void assertRefused(ErrorCategory category, String message, ScoringHouse refusing) {
    assertThatThrownBy(() -> refusing.publish(DAYS))
        .isInstanceOfSatisfying(
            MillraceException.class, e -> assertThat(e.category()).isEqualTo(category))
        .hasMessageContaining(message);
  }

  @Test
  void whatIsScoredIsPublishedOnce() {
    assertRefused(
        ErrorCategory.INPUT_MISSING,
        "Cannot publish late_flight of 2013-02-01_2013-02-03: it is not scored with late_flight/1"
            + " from the current definitions and inputs; run `millrace score late_flight --from"
            + " 2013-02-01 --to 2013-02-03` first",
        house);

    JobResult scored = house.score(DAYS);
    assertThat(scored.outcome()).isEqualTo(Outcome.DONE);
    assertThat(scored.counts()).containsEntry("rows_in", 30L).containsEntry("rows_out", 30L);
    assertThat(scored.versions()).containsEntry("model.late_flight", "1");
    assertThat(house.predictions()).isEmpty();
    assertThat(house.score(DAYS).outcome()).isEqualTo(Outcome.NOTHING_TO_DO);

    JobResult published = house.publish(DAYS);
    assertThat(published.outcome()).isEqualTo(Outcome.DONE);
    assertThat(published.rows()).containsEntry(PREDICTIONS, 30L);
    assertThat(published.counts()).containsEntry("days", 3L).containsEntry("rows_in", 30L);
    assertThat(house.predictions())
        .containsExactly(
            "2013-02-01 1 in-force 10", "2013-02-02 1 in-force 10", "2013-02-03 1 in-force 10");
    assertThat(house.staged().whole()).isEmpty();

    assertThat(house.score(DAYS).message())
        .isEqualTo("2013-02-01_2013-02-03 was scored before with late_flight/1");
    assertThat(house.publish(DAYS).outcome()).isEqualTo(Outcome.NOTHING_TO_DO);
  }

  @Test
  void aBatchOfAnEarlierChampionIsSweptAndNeverPublished() {
    house.score(day(3)); // waits, for whatever reason
    house.champion("2");
    JobResult scored = house.score(days(2, 3));

    assertThat(scored.counts()).containsEntry("rows_out", 20L);
    assertThat(house.said)
        .anyMatch(text -> text.startsWith("removed the stale staged predictions 2013-02-03."));
    house.publish(days(2, 3));

    assertThat(house.predictions())
        .containsExactly("2013-02-02 2 in-force 10", "2013-02-03 2 in-force 10");
  }

  @Test
  void publishDoesNotTakeWhatTheChampionBeforeScored() {
    house.score(DAYS);
    house.champion("2");
    // the new champion's batch, of a program that was killed before it was whole
    StagedRows first = house.staged().whole().get(0);
    house.staged().draft(DAYS, "killed").write(first.rows());

    assertRefused(ErrorCategory.INPUT_MISSING, "it is not scored with late_flight/2", house);

    assertThat(house.predictions()).isEmpty();
    assertThat(house.staged().whole()).isEmpty();
    assertThat(house.said).filteredOn(text -> text.startsWith("removed the stale")).hasSize(2);
    house.champion("1");
    assertThat(house.score(DAYS).outcome()).isEqualTo(Outcome.DONE);
    house.publish(DAYS);
    assertThat(house.predictions()).hasSize(3).allMatch(text -> text.contains(" 1 in-force 10"));
  }

  @Test
  void theChampionScoresOnWhateverTheNextCandidateIsTrainedOn() {
    house.score(day(1));
    house.publish(day(1));

    house.trainOn("noise");
    JobResult scored = house.score(days(1, 2));
    house.publish(days(1, 2));
    house.trainOn("noise", "v__x", "y");
    house.score(day(3));
    house.publish(day(3));

    assertThat(scored.counts()).as("the first day stands").containsEntry("rows_out", 10L);
    assertThat(house.predictions())
        .containsExactly(
            "2013-02-01 1 in-force 10", "2013-02-02 1 in-force 10", "2013-02-03 1 in-force 10");
  }

  @Test
  void aDayWhoseFileIsLostIsPublishedAgainAndTheLossIsSaid() throws IOException {
    house.score(DAYS);
    house.publish(DAYS);
    deleteDataFiles("2013-02-02");

    JobResult scored = house.score(DAYS);
    JobResult published = house.publish(DAYS);

    assertThat(scored.counts()).containsEntry("rows_out", 10L);
    assertThat(published.counts()).containsEntry("days", 1L);
    assertThat(house.predictions())
        .containsExactly(
            "2013-02-01 1 in-force 10", "2013-02-02 1 in-force 10", "2013-02-03 1 in-force 10");
    assertThat(house.said)
        .anyMatch(
            text ->
                text.startsWith(
                        "predictions of 2013-02-02 before this run are lost with day=2013-02-02/")
                    && text.endsWith(", which was deleted"));
    assertThat(house.publish(DAYS).outcome()).isEqualTo(Outcome.NOTHING_TO_DO);
  }

  @Test
  void aDayBeforeThatIsNotAsTheLedgerHasItIsNoMeasureAndStopsNothing() throws IOException {
    house.score(day(1));
    house.publish(day(1));
    deleteDataFiles("2013-02-01");
    house.score(day(2));

    JobResult published = TestRooms.job(house.context(), ScoringHouse.key("publish", day(2)));

    assertThat(published.outcome()).isEqualTo(Outcome.DONE);
    assertThat(house.said)
        .anyMatch(line -> line.startsWith(PREDICTIONS + " of 2013-02-01 was changed outside"));
  }

  private void deleteDataFiles(String day) throws IOException {
    JobContext context = house.context();
    Path table = Path.of(context.lake().path(PREDICTIONS));
    try (Stream<Path> files = Files.walk(table)) {
      for (Path file :
          files
              .filter(path -> path.toString().contains("=" + day + "/"))
              .filter(path -> path.toString().endsWith(".parquet"))
              .toList()) {
        Files.delete(file);
      }
    }
  }

  @Test
  void aBatchWhoseFilesChangedIsRefusedAndRemoved() throws IOException {
    house.score(DAYS);
    Path batch = Path.of(house.staged().whole().get(0).directory().replaceFirst("^file:", ""));
    try (Stream<Path> files = Files.walk(batch)) {
      Files.delete(files.filter(file -> file.toString().endsWith(".parquet")).findFirst().get());
    }

    assertRefused(
        ErrorCategory.DATA_CONTRACT,
        "the staged files changed since they were sealed. Nothing was made visible, and the staged"
            + " rows were removed; run `millrace score late_flight --from 2013-02-01 --to"
            + " 2013-02-03`, then `millrace publish late_flight",
        house);

    assertThat(house.predictions()).isEmpty();
    assertScoredAndPublished();
  }

  @Test
  void aBatchWithARowTooFewOrTwiceIsRefusedAndRemoved() {
    stage(rows -> rows.where("id <> 3").union(rows.where("id = 17")));

    assertThatThrownBy(() -> house.publish(DAYS))
        .isInstanceOfSatisfying(
            MillraceException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.DATA_CONTRACT))
        .hasMessageContaining("2013-02-01: 9 rows, expected 10, as many as")
        .hasMessageContaining("2013-02-02: 1 rows repeat an id");
    assertThat(house.predictions()).isEmpty();
    assertScoredAndPublished();
  }

  @Test
  void aBatchOfOddScoresStaysUntilItIsRemoved() throws IOException {
    stage(rows -> rows.withColumn("score", functions.expr("if(id = 3, 1.5, score)")));
    StagedRows odd = house.staged().whole().get(0);

    assertRefused(
        ErrorCategory.DATA_CONTRACT,
        "1 scores lie outside [0, 1], allowed 0. Nothing was made visible; the staged rows are in "
            + odd.directory()
            + ". If such scores are right, set wider 'bounds' in the scoring definition; else",
        house);

    assertThat(house.predictions()).isEmpty();
    assertThat(house.staged().whole()).hasSize(1);
    odd.discard();
    assertScoredAndPublished();
  }

  private void stage(UnaryOperator<Dataset<Row>> change) {
    house.score(DAYS);
    StagedRows sound = house.staged().whole().get(0);
    StagingArea.Draft draft = house.staged().draft(DAYS, "odd");
    draft.write(change.apply(sound.rows()));
    draft.seal(sound.manifest());
    sound.discard();
  }

  private void assertScoredAndPublished() {
    assertThat(house.score(DAYS).outcome()).isEqualTo(Outcome.DONE);
    assertThat(house.publish(DAYS).outcome()).isEqualTo(Outcome.DONE);
    assertThat(house.predictions()).hasSize(3).allMatch(text -> text.endsWith(" 1 in-force 10"));
  }

  @Test
  void aDayThatIsDoneBetweenOthersIsLeftAlone() {
    house.score(day(2));
    house.publish(day(2));
    long made = version(2);

    JobResult scored = house.score(DAYS);
    assertThat(scored.counts()).containsEntry("rows_out", 20L);
    assertThat(house.staged().whole())
        .extracting(staged -> staged.manifest().days())
        .containsExactly(day(1), day(3));
    JobResult published = house.publish(DAYS);

    assertThat(published.versions())
        .containsExactly(Map.entry(PREDICTIONS, version(1) + "," + version(3)));
    assertThat(version(2)).isEqualTo(made);
    assertThat(version(3)).isEqualTo(version(1) + 1); // a commit for each batch
    assertThat(house.predictions()).hasSize(3).allMatch(text -> text.endsWith(" 1 in-force 10"));
  }

  private long version(int day) {
    JobContext context = house.context();
    return context
        .ledger()
        .entry(PREDICTIONS, day(day).from())
        .orElseThrow()
        .tableVersion()
        .orElseThrow();
  }

  @Test
  void ofTwoBatchesOfOneRangeOneIsPublished() {
    house.score(DAYS);
    StagedRows first = house.staged().whole().get(0);
    StagingArea.Draft second = house.staged().draft(DAYS, "second");
    second.write(first.rows());
    second.seal(first.manifest());

    assertThat(house.publish(DAYS).counts()).containsEntry("rows_out", 30L);

    assertThat(house.predictions()).hasSize(3).allMatch(text -> text.endsWith(" 1 in-force 10"));
    assertThat(house.publish(DAYS).outcome()).isEqualTo(Outcome.NOTHING_TO_DO);
    assertThat(house.staged().whole()).isEmpty();
  }

  @Test
  void whatWasInForceIsKeptAsSuperseded() {
    for (String champion : new String[] {"1", "2", "1"}) {
      house.champion(champion);
      house.score(day(1));
      house.publish(day(1));
    }

    assertThat(house.predictions())
        .containsExactly(
            "2013-02-01 1 in-force 10", "2013-02-01 1 superseded 10", "2013-02-01 2 superseded 10");
    assertThat(
            house.context().ledger().entry(PREDICTIONS, day(1).from()).orElseThrow().outputRows())
        .hasValue(30);
    assertThat(house.score(day(1)).outcome()).isEqualTo(Outcome.NOTHING_TO_DO);
  }

  @Test
  void aDayThatWasDeletedInTheTableIsMadeAgain() {
    house.score(DAYS);
    house.publish(DAYS);
    JobContext context = house.context();
    DeltaTable.forPath(context.spark(), context.lake().path(PREDICTIONS))
        .delete("day = DATE'2013-02-02' AND id > 15");
    assertThat(house.predictions()).contains("2013-02-02 1 in-force 6");

    assertThat(house.score(DAYS).counts()).containsEntry("rows_out", 10L);
    JobResult published = house.publish(DAYS);

    assertThat(published.counts()).containsEntry("days", 1L).containsEntry("rows_in", 10L);
    assertThat(house.predictions()).hasSize(3).allMatch(text -> text.endsWith(" 1 in-force 10"));
  }
}
