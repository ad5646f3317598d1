package org.millrace.planning;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.Json;
import org.millrace.planning.Plan.Need;

/** What is planned after each kind of change, and the reason that is given. */
class TestPlanner extends PlannedPipeline {
  @Test
  void ofAnEmptyLakeEverythingIsMissing() {
    scorer = new Scorer.NoVersion("no version has the alias champion");
    Plan plan = plan(DAYS);

    assertThat(plan.trains()).isTrue();
    assertThat(work(plan))
        .containsExactly(
            "raw.events: MAKE 2013-02-01_2013-02-05 because [was never made]",
            "raw.planes: MAKE whole because [was never made]",
            "features.v: MAKE 2013-02-01_2013-02-05 because [was never made]",
            "training.m: MAKE whole because [was never made]",
            "model.m: MAKE whole because [was never made]",
            "gate.m: MAKE whole because [was never made]",
            "predictions.m: MAKE 2013-02-05 because [was never made]");
    assertThat(plan.notes()).hasSize(1).first().asString().contains("if the candidate passes");
  }

  @Test
  void whatIsDoneIsNotPlanned() {
    run(days(5, 9));

    Plan plan = plan(days(5, 9));

    assertThat(work(plan)).isEmpty();
    assertThat(plan.isIdle()).isTrue();
    assertThat(plan.isBlocked()).isFalse();
  }

  @Test
  void daysBeforeTheFirstThatIsScoredAreNotScored() {
    run(days(5, 9));
    ledger.remove("predictions.m", day(5));
    ledger.remove("predictions.m", day(8));

    assertThat(work(plan(days(5, 9), Optional.of(LocalDate.of(2013, 2, 6)))))
        .containsExactly("predictions.m: MAKE 2013-02-08 because [was never made]");
  }

  @Test
  void aHoleIsPlannedAlone() {
    run(days(5, 9));
    ledger.remove("predictions.m", day(7));

    assertThat(work(plan(days(5, 9))))
        .containsExactly("predictions.m: MAKE 2013-02-07 because [was never made]");
  }

  @Test
  void aRawDayMadeAnewIsFollowedByWhatReadIt() {
    run(days(5, 9));
    ledger.make("raw.events", day(7), "other rows", FILES);
    files.put("raw.events 2013-02-07", new SourceDays.Read("other rows"));

    List<String> work = work(plan(days(5, 9)));

    assertThat(work.get(0))
        .isEqualTo(
            "features.v: MAKE 2013-02-07_2013-02-08 because"
                + " [raw.events of 2013-02-07 changed after it was read: v5 -> v6]");
    // sees two days back: the 8th its own features and those of the 7th, the 9th both of them
    assertThat(work.get(1))
        .isEqualTo(
            "predictions.m: MAKE 2013-02-07_2013-02-09 because"
                + " [features.v of 2013-02-07 to 2013-02-08 is to be made first]");
    assertThat(work.get(2)).startsWith("monitoring.m_quality: MAKE 2013-02-07_2013-02-08 because");
  }

  @Test
  void rowsOfFilesThatChangedAreMadeAnew() {
    run(days(5, 6));
    files.put("raw.events 2013-02-06", new SourceDays.Read("other rows"));

    assertThat(work(plan(days(5, 6))).get(0))
        .isEqualTo("raw.events: MAKE 2013-02-06 because [rows of the source's files changed]");
  }

  @Test
  void filesThatWereNotReadSinceAreComparedAndNothingFollowsYet() {
    run(days(5, 6));
    files.remove("raw.events 2013-02-06");

    assertThat(work(plan(days(5, 6))))
        .containsExactly(
            "raw.events: COMPARE 2013-02-06 because"
                + " [files of the source changed: the day is compared first]");
  }

  @Test
  void anotherDefinitionOfAViewMakesItAndWhatReadsIt() throws IOException {
    run(days(5, 6));
    view("look-back-days: 0\nttl: P2D\n");
    pipeline = load();
    scorer = new Scorer.Champion(FIRST, pipeline.views(), Set.of("v__x"));

    assertThat(work(plan(days(5, 6))).get(0))
        .isEqualTo(
            "features.v: MAKE 2013-02-05_2013-02-06 because [the definition of view v changed]");
  }

  @Test
  void anotherLookupMakesPredictionsAlone() throws IOException {
    run(days(5, 6));
    view("look-back-days: 1\nttl: P3D\n");
    pipeline = load();
    scorer = new Scorer.Champion(FIRST, pipeline.views(), Set.of("v__x"));

    assertThat(work(plan(days(6, 6))))
        .hasSize(1)
        .first()
        .asString()
        .startsWith("predictions.m: MAKE 2013-02-06 because [a definition of scoring");
  }

  @Test
  void anotherChampionMakesPredictions() {
    run(days(5, 6));
    scorer = new Scorer.Champion(new ChampionRef("m", "2", "b"), pipeline.views(), Set.of("v__x"));

    assertThat(work(plan(days(6, 6))))
        .contains(
            "predictions.m: MAKE 2013-02-06 because [another version scores now: m/1 -> m/2]");
  }

  @Test
  void whatWasChangedOutsideIsMadeAgain() {
    run(days(5, 6));
    ledger.changeOutside("features.v", day(6));

    // it will be as it was: what reads it stays
    assertThat(work(plan(days(6, 6))))
        .containsExactly(
            "features.v: MAKE 2013-02-06 because [was changed outside: its rows are gone]");
  }

  @Test
  void whatIsReadAndNotAskedForBlocks() {
    run(days(5, 6));
    ledger.changeOutside("features.v", day(5));
    ledger.remove("predictions.m", day(6));

    assertThat(work(plan(days(6, 6))))
        .contains(
            "predictions.m: BLOCKED 2013-02-06 because"
                + " [features.v of 2013-02-05 was changed outside: its rows are gone]");
    assertThat(plan(days(6, 6)).isBlocked()).isTrue();
  }

  @Test
  void aDayBetweenBlocksUntilItIsAskedFor() {
    run(days(5, 6));
    files.put("raw.events 2013-02-09", new SourceDays.Read("rows"));

    List<String> work = work(plan(days(9, 9)));

    assertThat(work)
        .contains("raw.events: MAKE 2013-02-09 because [was never made]")
        .contains(
            "features.v: BLOCKED 2013-02-09 because"
                + " [raw.events of 2013-02-08 was not made, and is not asked for]");
  }

  @Test
  void withoutChampionNothingIsScored() {
    run(days(5, 6));
    scorer = new Scorer.NoVersion("no version has the alias champion");
    ledger.remove("predictions.m", day(6));

    assertThat(work(plan(days(6, 6))))
        .startsWith(
            "predictions.m: BLOCKED 2013-02-06 because"
                + " [no champion: no version has the alias champion]");
  }

  @Test
  void aSourceWithoutFilesBlocksWhatReadsIt() {
    files.put("raw.planes", new SourceDays.NoFiles("planes is empty"));

    assertThat(work(plan(days(6, 6))))
        .contains("raw.planes: BLOCKED whole because [the source cannot be read: planes is empty]")
        .anyMatch(line -> line.startsWith("features.v: BLOCKED 2013-02-06"));
  }

  @Test
  void aPlanIsReadBackAsItWasWritten() {
    run(days(5, 6));
    ledger.changeOutside("features.v", day(6));
    Plan plan = plan(days(5, 9));

    assertThat(Json.read(Json.write(plan), Plan.class)).isEqualTo(plan);
    assertThat(plan.steps().get(0).work().get(0).need()).isEqualTo(Need.MAKE);
    assertThat(plan.steps().get(0).work().get(0).rows()).isEqualTo(30);
  }

  @Test
  void whatIsMadeAgainIsFollowedByAllThatReadsItOnLaterDaysToo() {
    run(days(5, 9));
    PlanRequest request = restating("raw.events", days(6, 6));

    List<String> work = work(plan(request));

    assertThat(work)
        .containsExactly(
            "raw.events: MAKE 2013-02-06 because [is made again, as asked]",
            "features.v: MAKE 2013-02-06_2013-02-07 because [raw.events of 2013-02-06 is made again]",
            "predictions.m: MAKE 2013-02-06 because"
                + " [raw.events of 2013-02-06 is made again,"
                + " features.v of 2013-02-06 is made again]",
            "predictions.m: MAKE 2013-02-07_2013-02-09 because"
                + " [features.v of 2013-02-06 to 2013-02-07 is made again]",
            "monitoring.m_quality: MAKE 2013-02-06 because"
                + " [predictions.m of 2013-02-06 is made again,"
                + " raw.events of 2013-02-06 is made again]",
            "monitoring.m_quality: MAKE 2013-02-07_2013-02-08 because"
                + " [predictions.m of 2013-02-07 to 2013-02-08 is made again]");
    assertThat(plan(request).notes())
        .anyMatch(note -> note.startsWith("features.v is made again up to 2013-02-07, after"));
  }

  @Test
  void whatWasMadeAgainSinceIsNotMadeAgainOnceMore() {
    run(days(5, 7));
    PlanRequest request = restating("features.v", days(6, 6));
    ledger.make("features.v", day(6), Recipes.viewDays(view()).apply(LocalDate.of(2013, 2, 6)));

    assertThat(work(plan(request)).get(0)).startsWith("predictions.m: MAKE 2013-02-06");
    ledger.make(
        "predictions.m",
        day(6),
        Recipes.feeding(pipeline, pipeline.views(), Set.of("v__x"))
            .predictions(LocalDate.of(2013, 2, 6), FIRST));
    assertThat(work(plan(request)).get(0)).startsWith("predictions.m: MAKE 2013-02-07");
  }

  @Test
  void whatIsOutOfScopeStaysAsItIsForWhatReadsIt() {
    run(days(5, 6));
    files.put("raw.events 2013-02-06", new SourceDays.Read("other rows"));
    ledger.remove("predictions.m", day(6));

    assertThat(work(plan(PlanRequest.of(days(6, 6)).within(Scope.of(List.of("predictions.m"))))))
        .containsExactly("predictions.m: MAKE 2013-02-06 because [was never made]");
  }

  @Test
  void eachDayIsPlannedWithItsOwnScorer() {
    run(days(5, 6));
    Scorers scorers = day -> day.getDayOfMonth() == 5 ? new Scorer.NoVersion("none then") : scorer;
    Plan plan =
        new Planner(
                pipeline,
                ledger,
                (source, day) -> new SourceDays.Read("rows of " + day.orElse(LocalDate.EPOCH)),
                scorers,
                PlanRequest.of(days(5, 6)).within(Scope.of(List.of("predictions.m"))))
            .plan(7);

    assertThat(work(plan))
        .containsExactly("predictions.m: BLOCKED 2013-02-05 because [no champion: none then]");
  }

  @Test
  void daysOfAnOlderDefinitionAreTold() throws IOException {
    run(days(5, 7));
    DayRange all = new DayRange(LocalDate.EPOCH, days(7, 7).to());
    assertThat(OlderDefinitions.days(ledger, view(), all)).isEmpty();

    ledger.make("raw.events", day(7), "other rows", FILES);
    assertThat(OlderDefinitions.days(ledger, view(), all)).as("its input changed").isEmpty();

    view("look-back-days: 0\nttl: P2D\n");
    pipeline = load();
    ledger.make("features.v", day(6), Recipes.viewDays(view()).apply(LocalDate.of(2013, 2, 6)));
    ledger.changeOutside("raw.events", day(5));
    assertThat(OlderDefinitions.days(ledger, view(), all))
        .containsExactly(LocalDate.of(2013, 2, 5));
    assertThat(OlderDefinitions.days(ledger, view(), days(6, 7))).isEmpty();
  }

  private PlanRequest restating(String object, DayRange days) {
    return PlanRequest.of(days)
        .withoutTraining()
        .restating(Optional.of(new Restatement(List.of(object), days, ledger.newest())));
  }
}
