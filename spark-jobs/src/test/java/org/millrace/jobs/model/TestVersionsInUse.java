package org.millrace.jobs.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.millrace.jobs.testing.VersionsHouse.days;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.Outcome;
import org.millrace.contracts.Verb;
import org.millrace.contracts.definition.FeatureViewDefinition;
import org.millrace.contracts.registry.ModelContract;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.testing.VersionsHouse;

/** Versions of different columns and views, trained, gated, scored and judged beside each other. */
@Tag("slow")
class TestVersionsInUse {
  @TempDir static Path original;

  private static VersionsHouse championOfOneView;

  @TempDir Path home;

  private VersionsHouse house;

  @BeforeAll
  static void trainTheChampion() {
    championOfOneView = new VersionsHouse(original);
    championOfOneView.trainOn("v", "v__x, b");
    assertDone(championOfOneView.features(days(1, 5)));
    assertDone(championOfOneView.train());
  }

  @BeforeEach
  void copyIt() {
    house = new VersionsHouse(championOfOneView, home.resolve("home"));
  }

  private String champion() {
    return house.store.aliases.getOrDefault("late_flight@champion", "none");
  }

  private static void assertDone(JobResult result) {
    assertThat(result.outcome()).as(result.message()).isEqualTo(Outcome.DONE);
  }

  private List<String> madeViews() {
    return house.context().pipeline().views().stream().map(FeatureViewDefinition::name).toList();
  }

  @Test
  void aColumnAndAViewAreAddedWhileTheChampionScoresOn() {
    house.trainOn("v, w", "b, w__z, v__x");

    // tonight's scoring comes before any training, and before the new view was made
    assertDone(house.run(days(5, 5), Verb.SCORE, Verb.PUBLISH));
    assertThat(house.inForce()).containsExactly("2013-01-05 1");

    assertDone(house.features(days(1, 6)));
    JobResult gated = house.train();
    assertThat(gated.values()).as(gated.message()).containsEntry("verdict", "PASS");
    assertDone(house.run(days(6, 6), Verb.SCORE, Verb.PUBLISH));
    assertThat(house.inForce()).containsExactly("2013-01-05 1", "2013-01-06 2");

    ModelContract first = house.contract("1");
    ModelContract second = house.contract("2");
    assertThat(first.columns()).containsExactly("v__x", "b");
    assertThat(first.views()).extracting(ModelContract.View::name).containsExactly("v");
    assertThat(second.columns()).containsExactly("b", "w__z", "v__x");
    assertThat(second.views()).extracting(ModelContract.View::name).containsExactly("v", "w");
    assertThat(second.trainingSet()).isNotEqualTo(first.trainingSet());
    assertThat(second.trainingSet().orElseThrow()).startsWith("training.late_flight@v");
    assertThat(second.golden()).hasSize(50);

    // each version is judged by its own columns, and what cannot be judged is counted
    house.spine("WHERE id % 40 <> 7");
    JobResult judged = house.run(days(6, 7), Verb.MONITOR);
    assertThat(judged.counts()).as(judged.message()).containsEntry("days", 2L);
    assertThat(judged.message()).isEqualTo("Judged 2013-01-05; Judged 2013-01-06");
    assertThat(judged.counts()).containsEntry("rows_in", 80L).containsEntry("rows_refused", 2L);
    assertThat(house.said)
        .anyMatch(line -> line.contains("2013-01-05: 1 of 40 published rows are not judged"));
    house.spine("");
    assertDone(house.run(days(6, 6), Verb.REPORT));

    // the same night with the version before
    house.store.aliases.put("late_flight@champion", "1");
    assertDone(house.run(days(6, 6), Verb.SCORE, Verb.PUBLISH));
    assertThat(house.inForce()).containsExactly("2013-01-05 1", "2013-01-06 1");
  }

  @Test
  void aViewAndAColumnAreTakenAwayAndTheNightsMakeThemAsLongAsTheChampionNeedsThem() {
    house.trainOn("w", "w__z");
    assertThat(madeViews()).containsExactly("w", "v");

    assertDone(house.features(days(1, 6)));
    assertDone(house.run(days(6, 6), Verb.SCORE, Verb.PUBLISH));
    assertThat(house.inForce()).containsExactly("2013-01-06 1");

    JobResult gated = house.train();
    assertThat(gated.values()).as(gated.message()).containsEntry("verdict", "PASS");
    assertThat(champion()).isEqualTo("2");
    assertThat(house.contract("2").views())
        .extracting(ModelContract.View::name)
        .containsExactly("w");
    assertThat(madeViews()).as("no version needs v any more").containsExactly("w");
    assertThat(house.run(VersionsHouse.TRAINING, Verb.TRAINING_SET).outcome())
        .as("a set that holds more than is wanted is up to date")
        .isEqualTo(Outcome.NOTHING_TO_DO);
    assertThat(house.run(VersionsHouse.TRAINING, Verb.TRAIN, Verb.GATE).outcome())
        .isEqualTo(Outcome.NOTHING_TO_DO);
    assertDone(house.run(days(5, 5), Verb.SCORE, Verb.PUBLISH));
    assertThat(house.inForce()).containsExactly("2013-01-05 2", "2013-01-06 1");

    // what only the version before needs is taken out of the definitions, and its days judged
    house.view("v", "z");
    JobResult judged = house.run(days(6, 7), Verb.MONITOR);
    assertDone(judged);
    assertThat(judged.message()).isEqualTo("Judged 2013-01-05; Judged 2013-01-06 without drift");
    assertThat(judged.counts()).containsEntry("days", 2L);
    assertThat(house.run(days(6, 7), Verb.MONITOR).outcome()).isEqualTo(Outcome.NOTHING_TO_DO);
  }

  @Test
  void aNightAppliesNoEditToDaysThatAreDone() {
    assertDone(house.run(days(5, 5), Verb.SCORE, Verb.PUBLISH));
    house.source("events", "*, 1 AS one");
    house.view("v", "x", "x * 1", "double");

    assertDone(house.catchUp(days(5, 6)));
    assertThat(daysOf("raw.events", "one = 1")).containsExactly("2013-01-06");
    assertThat(daysOf("predictions.late_flight", "superseded_at IS NOT NULL")).isEmpty();
    assertThat(house.inForce()).containsExactly("2013-01-05 1", "2013-01-06 1");

    // filled back by a person
    assertDone(house.features(days(1, 6)));
    assertThat(daysOf("raw.events", "one = 1")).hasSize(6);
    assertThat(house.catchUp(days(5, 6)).outcome()).isEqualTo(Outcome.NOTHING_TO_DO);
    assertThat(daysOf("predictions.late_flight", "superseded_at IS NOT NULL")).isEmpty();

    assertDone(house.run(days(5, 5), Verb.SCORE, Verb.PUBLISH));
    assertThat(daysOf("predictions.late_flight", "superseded_at IS NOT NULL"))
        .containsExactly("2013-01-05");
  }

  @Test
  void aColumnThatTheChampionDoesNotReadScoresNothingAgain() {
    assertDone(house.run(days(5, 5), Verb.SCORE, Verb.PUBLISH));
    house.view("v", Map.of("x", "x", "more", "x + 1"), "double");

    assertDone(house.features(days(1, 5)));
    assertThat(daysOf("features.v", "more > 1")).hasSize(5);
    assertThat(house.run(days(5, 5), Verb.SCORE, Verb.PUBLISH).outcome())
        .as("what it reads is as it was")
        .isEqualTo(Outcome.NOTHING_TO_DO);

    house.view("v", Map.of("x", "x", "more", "x + 2"), "double");
    assertDone(house.features(days(1, 5)));
    house.view("v", "x");
    assertDone(house.features(days(1, 5)));
    assertThat(house.run(days(5, 5), Verb.SCORE, Verb.PUBLISH).outcome())
        .as("the column was changed and taken away again")
        .isEqualTo(Outcome.NOTHING_TO_DO);

    house.view("v", Map.of("x", "x * 1", "more", "x"), "double");
    assertDone(house.features(days(1, 5)));
    assertDone(house.run(days(5, 5), Verb.SCORE, Verb.PUBLISH));
    assertThat(daysOf("predictions.late_flight", "superseded_at IS NOT NULL"))
        .containsExactly("2013-01-05");
  }

  @Test
  void aColumnIsRenamedBesideTheOldOneWhichGoesWithTheVersionThatReadIt() {
    house.view("v", Map.of("x", "x", "better_name", "x"), "double");
    house.trainOn("v", "v__better_name, b");
    assertDone(house.features(days(1, 6)));
    assertDone(house.run(days(6, 6), Verb.SCORE, Verb.PUBLISH));
    assertThat(house.inForce()).as("before any training").containsExactly("2013-01-06 1");
    JobResult gated = house.train();
    assertThat(gated.values()).as(gated.message()).containsEntry("verdict", "PASS");

    house.view("v", "better_name", "x", "double");
    assertDone(house.features(days(7, 7)));
    assertDone(house.run(days(5, 7), Verb.SCORE, Verb.PUBLISH));

    assertThat(house.inForce()).containsExactly("2013-01-05 2", "2013-01-06 2", "2013-01-07 2");
    assertThat(daysOf("features.v", "better_name IS NULL")).isEmpty();
  }

  @Test
  void aColumnGetsAWiderTypeUnderTheVersionThatReadsIt() {
    house.view("v", "x", "CAST(x * 100 AS INT)", "int");
    assertDone(house.features(days(1, 6)));
    assertDone(house.train());
    assertThat(champion()).isEqualTo("2");
    assertDone(house.run(days(5, 5), Verb.SCORE, Verb.PUBLISH));

    house.view("v", "x", "floor(x * 1000) / 10", "double");
    assertDone(house.features(days(6, 6)));
    assertDone(house.run(days(6, 6), Verb.SCORE, Verb.PUBLISH));

    assertThat(house.inForce()).containsExactly("2013-01-05 2", "2013-01-06 2");
    assertThat(daysOf("features.v", "x <> floor(x)")).containsExactly("2013-01-06");
    assertThat(daysOf("predictions.late_flight", "superseded_at IS NOT NULL"))
        .as("days that were only cast are no news for who reads them")
        .isEmpty();
  }

  private List<String> daysOf(String table, String condition) {
    String day = table.startsWith("features.") ? "known_date" : "day";
    JobContext context = house.context();
    return context
        .lake()
        .read(context.lake().require(table, "run"))
        .where(condition)
        .selectExpr("CAST(" + day + " AS STRING)")
        .distinct()
        .collectAsList()
        .stream()
        .map(row -> row.getString(0))
        .sorted()
        .toList();
  }

  @Test
  void aRegistryThatIsDownLeavesTheContractInTheCache() {
    assertDone(house.run(days(4, 4), Verb.SCORE));
    house.trainOn("w", "w__z");
    house.store.up = false;

    JobResult scored = house.run(days(5, 5), Verb.SCORE);

    assertDone(scored);
    assertThat(scored.message()).contains("named by the cache");
  }

  @Test
  void aRenamedColumnOfAViewStopsTheChampionWithOneSentence() {
    house.view("v", "z");
    house.trainOn("v", "v__z");

    JobResult scored = house.run(days(5, 5), Verb.SCORE);

    assertThat(scored.category()).isEqualTo(ErrorCategory.DEFINITION);
    assertThat(scored.message())
        .contains("Cannot feed late_flight/1: view v has no column x any more, it has z; define");
  }

  @Test
  void daysOfAnOlderDefinitionAreJoinedAndCounted() {
    house.view("v", "x", "x * 1", "double");
    assertDone(house.features(days(6, 6)));

    JobResult scored = house.run(days(6, 6), Verb.SCORE);

    assertDone(scored);
    assertThat(scored.counts()).containsEntry("older_days.v", 5L).doesNotContainKey("older_days.w");
    assertThat(house.said)
        .anyMatch(
            line ->
                line.contains(
                    "note: 5 days of features.v, from 2013-01-01 to 2013-01-05, are of an older"
                        + " definition; `millrace plan` lists them"));

    assertDone(house.features(days(1, 1)));
    JobResult built = house.run(VersionsHouse.TRAINING, Verb.TRAINING_SET);
    assertDone(built);
    assertThat(built.counts()).containsEntry("older_days.v", 3L);
    assertDone(house.features(days(1, 5)));
    assertThat(house.run(VersionsHouse.TRAINING, Verb.TRAINING_SET).counts())
        .doesNotContainKey("older_days.v");
  }

  @Test
  void aColumnThatBecomesTextStopsTheVersionThatTakesNumbersWithOneSentence() {
    house.view("v", "x", "CAST(x AS STRING)", "string");
    house.trainOn("w", "w__z");
    assertDone(house.features(days(6, 6)));

    JobResult scored = house.run(days(6, 6), Verb.SCORE);

    assertThat(scored.message()).contains("v__x").contains("STRING").doesNotContain("Exception");
    assertThat(scored.category()).isEqualTo(ErrorCategory.DATA_CONTRACT);
  }

  @Test
  void aVersionWithoutTagsAndContractScores() {
    house.store.versions.computeIfPresent(
        "late_flight",
        (name, versions) ->
            versions.stream()
                .map(
                    tagged ->
                        new ModelVersion(name, tagged.version(), tagged.runId(), "", "", Map.of()))
                .collect(Collectors.toCollection(ArrayList::new)));

    assertDone(house.run(days(5, 5), Verb.SCORE, Verb.PUBLISH));

    assertThat(house.inForce()).containsExactly("2013-01-05 1");
    house.store.up = false;
    assertThat(house.run(days(5, 5), Verb.SCORE).outcome()).isEqualTo(Outcome.NOTHING_TO_DO);
  }
}
