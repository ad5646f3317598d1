package org.millrace.planning;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.millrace.contracts.Partition;
import org.millrace.contracts.definition.DefinitionSnapshot;
import org.millrace.contracts.ledger.LedgerEntry;

/** What catching up makes, and what it leaves as it is. */
class TestCatchUp extends PlannedPipeline {
  @Test
  void aCatchUpMakesWhatIsMissingOrReadsOtherRowsAndNothingThatADefinitionChanged()
      throws IOException {
    run(days(5, 7));
    view("look-back-days: 0\nttl: P2D\n");
    pipeline = load();
    scorer = new Scorer.Champion(new ChampionRef("m", "2", "b"), pipeline.views(), Set.of("v__x"));
    ledger.make("raw.events", day(8), "rows of 8", FILES);
    files.put("raw.events 2013-02-08", new SourceDays.Read("rows of 8"));
    PlanRequest request = PlanRequest.of(days(5, 8)).withoutTraining();

    Scope due = due(request);
    Plan plan = plan(request.within(due));

    assertThat(work(plan))
        .containsExactly(
            "features.v: MAKE 2013-02-08 because [was never made]",
            "predictions.m: MAKE 2013-02-08 because [was never made]",
            "monitoring.m_quality: MAKE 2013-02-07 because [was never made]");
    assertThat(CatchUp.runDays(plan, pipeline)).containsExactly(LocalDate.of(2013, 2, 8));
  }

  @Test
  void aCatchUpLeavesWhatReadsDaysThatADefinitionAloneMadeAnew() throws IOException {
    run(days(5, 7));
    view("look-back-days: 0\nttl: P2D\n");
    pipeline = load();
    scorer = new Scorer.Champion(FIRST, pipeline.views(), Set.of("v__x"));
    ledger.by(DefinitionSnapshot.of(pipeline));
    for (int made = 5; made <= 7; made++) { // filled back, as a person asked for
      LocalDate of = LocalDate.of(2013, 2, made);
      ledger.make("features.v", day(made), Recipes.viewDays(view()).apply(of));
    }
    PlanRequest request = PlanRequest.of(days(5, 7)).withoutTraining();
    assertThat(scored(plan(request)))
        .as("what a run of these days would do")
        .containsExactlyInAnyOrder(day(5), day(6), day(7));

    assertThat(scored(plan(request.within(due(request))))).isEmpty();

    ledger.make("raw.events", day(6), "late rows", FILES);
    files.put("raw.events 2013-02-06", new SourceDays.Read("late rows"));
    ledger.make("features.v", day(6), Recipes.viewDays(view()).apply(LocalDate.of(2013, 2, 6)));
    assertThat(scored(plan(request.within(due(request)))))
        .as("5 February does not see the 6th")
        .containsExactlyInAnyOrder(day(6), day(7));
  }

  @Test
  void anEditHidesNoRowsThatCameBeforeOrAfterIt() {
    NewRows newRows = new NewRows(pipeline, ledger, sources());
    ledger.make("raw.events", day(5), "1-a-one", FILES);
    ledger.make(
        "features.v",
        day(5),
        "v1",
        new Recipe("", List.of(new Recipe.Days("raw.events", days(5, 5)))));
    LedgerEntry entry = requireNonNull(ledger.partitions("features.v").get(day(5)), "absent");
    List<Reason> reasons =
        List.of(new Reason(Reason.Kind.INPUT_CHANGED, "raw.events", List.of(days(5, 5)), ""));

    ledger.make("raw.events", day(5), "1-b-two", FILES);
    assertThat(newRows.areNone(entry, reasons)).as("an edit").isTrue();
    ledger.make("raw.events", day(5), "1-b-three", FILES);
    assertThat(newRows.areNone(entry, reasons)).as("rows after it").isFalse();
    ledger.make("raw.events", day(5), "1-c-three", FILES);
    assertThat(newRows.areNone(entry, reasons)).as("and another edit").isFalse();
  }

  @Test
  void aCatchUpMakesWhatIsLostWhateverElseChanged() throws IOException {
    run(days(5, 7));
    view("look-back-days: 0\nttl: P2D\n");
    pipeline = load();
    isOfAnotherSource = true;
    ledger.changeOutside("raw.events", day(5));
    ledger.changeOutside("features.v", day(6));
    PlanRequest request = PlanRequest.of(days(5, 7)).withoutTraining();

    assertThat(plan(request.within(due(request))).partitions(work -> true))
        .containsEntry("raw.events", Set.of(day(5)))
        .hasEntrySatisfying(
            "features.v", made -> assertThat(made).contains(day(6)).doesNotContain(day(7)));
  }

  @Test
  void anotherDefinitionOfASourceMakesItsDaysAndCatchingUpLeavesThem() {
    run(days(5, 7));
    isOfAnotherSource = true;
    PlanRequest request = PlanRequest.of(days(5, 7)).withoutTraining();

    assertThat(work(plan(request)))
        .contains(
            "raw.events: MAKE 2013-02-05_2013-02-07 because [the definition of raw.events changed]");
    assertThat(work(plan(request.within(due(request))))).noneMatch(work -> work.contains(": MAKE"));
  }

  @Test
  void aCatchUpLeavesDaysOfAnotherVersionUnlessTheyAreLost() {
    run(days(5, 7));
    ledger.make("raw.events", day(6), "other rows", FILES);
    files.put("raw.events 2013-02-06", new SourceDays.Read("other rows"));
    ledger.remove("predictions.m", day(7));
    PlanRequest request = PlanRequest.of(days(5, 7)).withoutTraining();
    assertThat(scored(plan(request.within(due(request))))).contains(day(6), day(7));
    scorer = new Scorer.Champion(new ChampionRef("m", "2", "b"), pipeline.views(), Set.of("v__x"));

    assertThat(scored(plan(request.within(due(request))))).containsExactly(day(7));
  }

  private Scope due(PlanRequest request) {
    NewRows newRows = new NewRows(pipeline, ledger, sources());
    return CatchUp.scope(
        scope -> plan(request.within(scope)),
        (object, partition, reasons) -> {
          LedgerEntry entry = ledger.partitions(object).get(partition);
          return entry != null && newRows.areNone(entry, reasons);
        });
  }

  private static Set<Partition> scored(Plan plan) {
    return plan.partitions(work -> true).getOrDefault("predictions.m", Set.of());
  }
}
