package org.millrace.planning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.millrace.contracts.Json;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Partition;
import org.millrace.contracts.definition.ChangeCategory;
import org.millrace.contracts.definition.DefinitionKind;
import org.millrace.contracts.definition.DefinitionSnapshot;
import org.millrace.contracts.definition.ViewReading;

/** What a plan says of changed definitions, and what it leaves because of what is read of them. */
class TestDefinitionChanges extends PlannedPipeline {
  @BeforeEach
  void writeAView() throws IOException {
    canonical("`x`", "");
    pipeline = load();
    run(days(4, 7));
  }

  /** As the parser of Spark would bring it into its form. */
  private void canonical(String features, String described) throws IOException {
    write(
        "features/v.yaml",
        """
        view: v
        description: V
        entity: {name: e, keys: {k: string}}
        reads: [raw.events, raw.planes]
        look-back-days: 1
        ttl: P2D
        sql: SELECT `k` , `event_timestamp` , `known_at` , %s FROM `events` JOIN `planes` USING ( `k` )
        features:
          x: {type: double, description: X}
        %svalidation: v.dqdl
        """
            .formatted(features, described));
  }

  private void addAColumn() throws IOException {
    canonical("`x` , `y`", "  y: {type: double, description: Y}\n");
    pipeline = load();
    championOf("v__x");
  }

  private void championOf(String column) {
    scorer = new Scorer.Champion(FIRST, pipeline.views(), Set.of(column));
  }

  private void fillBack(int from, int to) {
    ledger.by(DefinitionSnapshot.of(pipeline));
    for (LocalDate of : days(from, to).days()) {
      ledger.make("features.v", Partition.of(of), Recipes.viewDays(view()).apply(of));
    }
  }

  @Test
  void whoReadsNoneOfWhatWasAddedStands() throws IOException {
    addAColumn();

    assertThat(work(plan(days(4, 7))))
        .filteredOn(line -> !line.startsWith("training.") && !line.contains(".m: MAKE whole"))
        .containsExactly(
            "features.v: MAKE 2013-02-04_2013-02-07 because [the definition of view v changed]");

    fillBack(4, 7);
    assertThat(work(plan(PlanRequest.of(days(4, 7)).withoutTraining()))).isEmpty();
  }

  @Test
  void whoReadsWhatWasAddedIsMadeAgain() throws IOException {
    addAColumn();
    championOf("v__y");
    fillBack(4, 7);

    assertThat(work(plan(PlanRequest.of(days(6, 6)).withoutTraining())))
        .singleElement()
        .asString()
        .startsWith("predictions.m: MAKE 2013-02-06 because [features.v of 2013-02-0");
  }

  @Test
  void rowsThatCameBesideItAreFollowed() throws IOException {
    addAColumn();
    ledger.make("raw.events", day(6), "late rows", FILES);
    files.put("raw.events 2013-02-06", new SourceDays.Read("late rows"));
    fillBack(4, 7);

    assertThat(work(plan(PlanRequest.of(days(4, 7)).withoutTraining())))
        .as("of the 6th: 4 and 5 February do not see it")
        .containsExactly(
            "predictions.m: MAKE 2013-02-06 because [raw.events of 2013-02-06 changed after it was"
                + " read: v4 -> v5, features.v of 2013-02-06 changed after it was read: v4 -> v7]",
            "predictions.m: MAKE 2013-02-07 because [features.v of 2013-02-06 to 2013-02-07 changed"
                + " after it was read: v4 -> v8]",
            "monitoring.m_quality: MAKE 2013-02-06 because [predictions.m of 2013-02-06 is to be"
                + " made first]");
  }

  /** Windows of 1 and, if asked for, of 3 days; the champion reads the first. */
  private void windowed(String more) throws IOException {
    write(
        "training/m.yaml",
        """
        model: m
        spine: s
        views: [v]
        numeric: [v__a]
        days: {from: 2013-02-01, to: 2013-02-02}
        major-minor: "1.0"
        """);
    write(
        "features/v.yaml",
        """
        view: v
        description: V
        entity: {name: e, keys: {k: string}}
        reads: [raw.events, raw.planes]
        sql: SELECT `k` , `event_timestamp` , `known_at` , `x` , `Delay` FROM `events` JOIN `planes` USING ( `k` )
        features:
          x: {type: double, description: X}
          Delay: {type: double, description: D}
        aggregates:
          a: {of: avg(x) over 1d where DELAY > 5, type: double, description: A}
        %svalidation: v.dqdl
        """
            .formatted(more));
    pipeline = load();
    championOf("v__a");
  }

  @Test
  void aLongerWindowConcernsNoReaderOfAShorterOne() throws IOException {
    windowed("");
    ledger.by(DefinitionSnapshot.of(pipeline));
    Recipes recipes = Recipes.feeding(pipeline, pipeline.views(), Set.of("v__a"));
    for (LocalDate of : days(4, 7).days()) {
      ledger.make("features.v", Partition.of(of), Recipes.viewDays(view()).apply(of));
      ledger.make("predictions.m", Partition.of(of), recipes.predictions(of, FIRST));
    }
    windowed("  b: {of: max(x) over 3d, type: double, description: B}\n");

    Plan plan = plan(PlanRequest.of(days(7, 7)).withoutTraining());

    assertThat(work(plan)).noneMatch(line -> line.startsWith("predictions.m"));
    assertThat(plan.changes())
        .filteredOn(change -> change.definition().kind() == DefinitionKind.VIEW)
        .extracting(DefinitionChange::category)
        .containsExactly(ChangeCategory.ADDITIVE);
  }

  @Test
  void aColumnOfAConditionIsReadWhateverItsCase() throws IOException {
    windowed("");

    assertThat(ViewReading.of(view(), Set.of("a")).columns()).containsExactly("Delay", "x");
  }

  @Test
  void aPlanOfAnEarlierReleaseHasNoChanges() {
    Plan plan = plan(days(5, 6));
    ObjectNode tree = Json.MAPPER.valueToTree(plan);
    tree.remove(List.of("changes", "due"));

    Plan read = Plan.parse(tree.toString(), "a file");

    assertThat(read.changes()).isEmpty();
    assertThat(read.isAs(plan)).isTrue();
  }

  @Test
  void treatmentsOfSeveralObjectsHoldTogether() throws IOException {
    canonical("`x` + 1 AS `x`", "");
    pipeline = load();
    championOf("v__x");
    ledger.make("raw.planes", Partition.whole(), "other planes", FILES);
    files.put("raw.planes", new SourceDays.Read("other planes"));
    PlanRequest request = PlanRequest.of(days(5, 7)).withoutTraining();

    assertThat(work(plan(request)).get(0)).startsWith("features.v: MAKE 2013-02-05_2013-02-07");
    Scope scope =
        new TreatedChanges(
                Map.of(
                    "raw.planes", Treatment.As.ADDITIVE, "features.v", Treatment.As.FORWARD_ONLY),
                ledger,
                new NewRows(pipeline, ledger, sources()))
            .scope(of -> plan(request.within(of)));
    assertThat(work(plan(request.within(scope))))
        .as("planes have new rows, which no treatment of an edit hides")
        .isNotEmpty();
  }

  @Test
  void aChangeIsShownWithItsCategoryAndWhatFollows() throws IOException {
    addAColumn();

    DefinitionChange change = plan(days(5, 6)).changes().get(0);

    assertThat(change.definition()).hasToString("view v");
    assertThat(change.category()).isEqualTo(ChangeCategory.ADDITIVE);
    assertThat(change.differences())
        .containsExactly(
            "+ features.y.type: double", "~ sql: with , y", "+ features.y.description: Y");
    assertThat(change.days()).containsExactly(days(5, 7)); // the newest day too
    assertThat(change.directly()).containsExactly("features.v");
    assertThat(change.downstream())
        .containsExactly(
            "training.m", "model.m", "gate.m", "predictions.m", "monitoring.m_quality");

    fillBack(5, 6);
    assertThat(plan(days(5, 6)).changes()).as("days 4 and 7 are not looked at").isEmpty();
    assertThat(plan(days(5, 7)).changes())
        .singleElement()
        .satisfies(left -> assertThat(left.days()).containsExactly(days(7, 7)));
  }

  @Test
  void anotherDescriptionIsShownUntilADayIsMadeWithIt() throws IOException {
    write(
        "sources/events.yaml",
        "table: raw.events\ndescription: Other\ninputs: {events: events}\nsql: SELECT * FROM events\nday: day\n");
    pipeline = load();

    assertThat(plan(days(5, 6)).changes())
        .singleElement()
        .satisfies(
            change -> {
              assertThat(change.category()).isEqualTo(ChangeCategory.METADATA_ONLY);
              assertThat(change.downstream()).isEmpty();
            });

    ledger.by(DefinitionSnapshot.of(pipeline));
    ledger.make("raw.events", day(8), "rows of 8", FILES);
    assertThat(plan(days(5, 6)).changes()).isEmpty();
  }

  @Test
  void forwardOnlyLeavesOlderDaysAndWhatReadsThem() throws IOException {
    canonical("`x` + 1 AS `x`", "");
    pipeline = load();
    championOf("v__x");
    PlanRequest request = PlanRequest.of(days(5, 8)).withoutTraining();
    ledger.make("raw.events", day(8), "rows of 8", FILES);
    files.put("raw.events 2013-02-08", new SourceDays.Read("rows of 8"));
    assertThat(work(plan(request)).get(0)).startsWith("features.v: MAKE 2013-02-05_2013-02-07");

    Plan plan = plan(request.within(treated(request, Treatment.As.FORWARD_ONLY)));

    assertThat(work(plan))
        .containsExactly(
            "features.v: MAKE 2013-02-08 because [was never made]",
            "predictions.m: MAKE 2013-02-08 because [was never made]",
            "monitoring.m_quality: MAKE 2013-02-07 because [was never made]");
  }

  @Test
  void additiveMakesTheDaysAgainAndLeavesWhatReadsThem() throws IOException {
    canonical("`x` + 0 AS `x`", "");
    pipeline = load();
    championOf("v__x");
    PlanRequest request = PlanRequest.of(days(5, 7)).withoutTraining();
    assertThat(plan(request).changes().get(0).category()).isEqualTo(ChangeCategory.BREAKING);
    assertThat(work(plan(request))).hasSize(3);

    Plan plan = plan(request.within(treated(request, Treatment.As.ADDITIVE)));
    assertThat(work(plan))
        .containsExactly(
            "features.v: MAKE 2013-02-05_2013-02-07 because [the definition of view v changed]");

    fillBack(5, 7);
    assertThat(work(plan(request.within(treated(request, Treatment.As.ADDITIVE))))).isEmpty();

    ledger.make("raw.events", day(7), "late rows", FILES);
    files.put("raw.events 2013-02-07", new SourceDays.Read("late rows"));
    assertThat(work(plan(request.within(treated(request, Treatment.As.ADDITIVE)))))
        .as("late rows are followed")
        .anyMatch(line -> line.startsWith("predictions.m: MAKE 2013-02-07"));
  }

  private Scope treated(PlanRequest request, Treatment.As as) {
    return new TreatedChanges(
            Map.of("features.v", as), ledger, new NewRows(pipeline, ledger, sources()))
        .scope(scope -> plan(request.within(scope)));
  }

  @Test
  void aTreatmentIsWrittenAsObjectAndHow() {
    assertThat(Treatment.parse("features.*=forward-only"))
        .isEqualTo(new Treatment("features.*", Treatment.As.FORWARD_ONLY));
    for (String wrong : List.of("features.v", "features.v=", "=additive", "features.v=breaking")) {
      assertThatThrownBy(() -> Treatment.parse(wrong))
          .isInstanceOf(MillraceException.class)
          .hasMessageContaining("'" + wrong + "'")
          .hasMessageContaining("OBJECT=forward-only or OBJECT=additive")
          .hasMessageContaining("--restate");
    }
  }
}
