package org.millrace.planning;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.Json;
import org.millrace.contracts.Partition;
import org.millrace.contracts.definition.Definitions;
import org.millrace.contracts.definition.FeatureViewDefinition;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.contracts.definition.SourceDefinition;
import org.millrace.contracts.definition.SqlForm;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.planning.Plan.Need;

/** What is planned after each kind of change, and the reason that is given. */
class TestPlanner {
  private static final DayRange DAYS = days(1, 5);
  private static final ChampionRef FIRST = new ChampionRef("m", "1", "a");
  private static final Recipe FILES = new Recipe("files", List.of());

  @TempDir Path home;

  private final MemoryLedger ledger = new MemoryLedger();
  private final Map<String, SourceDays.Known> files = new HashMap<>();
  private boolean isOfAnotherSource;
  private Scorer scorer;
  private Pipeline pipeline;

  @BeforeEach
  void writeDefinitions() throws IOException {
    write("millrace.yaml", "lake: lake\nday-zone: UTC\n");
    source("events", "day: day\n");
    source("planes", "");
    view("look-back-days: 1\nttl: P2D\n");
    write("validation/v.dqdl", "Rules = [IsComplete \"known_at\"]\n");
    write(
        "spines/s.yaml",
        """
        spine: s
        description: S
        reads: [raw.events]
        sql: SELECT id, k, as_of, day, y, t FROM events
        id: [id]
        columns: [k]
        day: day
        label: y
        label-known-at: t
        """);
    write(
        "training/m.yaml",
        """
        model: m
        spine: s
        views: [v]
        numeric: [v__x]
        days: {from: 2013-02-01, to: 2013-02-02}
        major-minor: "1.0"
        """);
    write(
        "gate/m.yaml",
        "model: m\ndays: {from: 2013-02-03, to: 2013-02-04}\nranges: {auc: {min: 0.5}}\n");
    write("scoring/m.yaml", "model: m\npredictions: predictions.m\n");
    write("monitoring/m.yaml", "model: m\nlabel-days: 1\n");
    pipeline = load();
    scorer = new Scorer.Champion(FIRST, pipeline.views());
  }

  private void source(String name, String more) throws IOException {
    write(
        "sources/" + name + ".yaml",
        "table: raw.%1$s\ndescription: D\ninputs: {%1$s: %1$s}\nsql: SELECT * FROM %1$s\n"
                .formatted(name)
            + more);
  }

  private void view(String more) throws IOException {
    write(
        "features/v.yaml",
        """
        view: v
        description: V
        entity: {name: e, keys: {k: string}}
        reads: [raw.events, raw.planes]
        sql: SELECT k, event_timestamp, known_at, x FROM events JOIN planes USING (k)
        features:
          x: {type: double, description: X}
        validation: v.dqdl
        """
            + more);
  }

  private void write(String file, String yaml) throws IOException {
    Path path = home.resolve("conf").resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, yaml);
  }

  private Pipeline load() {
    return Pipeline.of(Definitions.load(home.resolve("conf"), home, SqlForm.AS_WRITTEN), "m");
  }

  private static DayRange days(int from, int to) {
    return new DayRange(LocalDate.of(2013, 2, from), LocalDate.of(2013, 2, to));
  }

  private static Partition day(int day) {
    return Partition.of(LocalDate.of(2013, 2, day));
  }

  /** What a run of these days makes. */
  private void run(DayRange days) {
    Recipes recipes = new Recipes(pipeline);
    ledger.make("raw.planes", Partition.whole(), "planes", FILES);
    for (LocalDate day : days.days()) {
      ledger.make("raw.events", Partition.of(day), "rows of " + day, FILES);
      files.put("raw.events " + day, new SourceDays.Read("rows of " + day));
    }
    files.put("raw.planes", new SourceDays.Read("planes"));
    for (LocalDate day : days.days()) {
      ledger.make("features.v", Partition.of(day), Recipes.viewDays(view()).apply(day));
    }
    for (LocalDate day : days.days()) {
      ledger.make("predictions.m", Partition.of(day), recipes.predictions(day, FIRST));
    }
    for (LocalDate day : days.days().subList(0, days.size() - 1)) {
      ledger.make("monitoring.m_quality", Partition.of(day), recipes.quality(day));
    }
  }

  private FeatureViewDefinition view() {
    return pipeline.views().get(0);
  }

  private Plan plan(DayRange days) {
    return plan(days, Optional.empty());
  }

  private Plan plan(DayRange days, Optional<LocalDate> firstScored) {
    return plan(PlanRequest.of(days).scoringFrom(firstScored));
  }

  private Plan plan(PlanRequest request) {
    return new Planner(pipeline, ledger, sources(), Scorers.always(scorer), request).plan(7);
  }

  private SourceDays sources() {
    return new SourceDays() {
      @Override
      public Known of(SourceDefinition source, Optional<LocalDate> day) {
        return files.getOrDefault(
            source.table() + day.map(of -> " " + of).orElse(""), new SourceDays.Unread());
      }

      @Override
      public boolean isOfNewRows(String before, String now) {
        boolean isOfTwoDefinitions =
            before.startsWith("1-") && now.startsWith("1-") && before.charAt(2) != now.charAt(2);
        return !before.equals(now) && !isOfTwoDefinitions;
      }

      @Override
      public boolean isOfAnotherDefinition(SourceDefinition source, String fingerprint) {
        return isOfAnotherSource;
      }
    };
  }

  /** {@code object: need partitions because reasons}, of all work. */
  private static List<String> work(Plan plan) {
    return plan.steps().stream()
        .flatMap(
            step ->
                step.work().stream()
                    .map(
                        work ->
                            step.object()
                                + ": "
                                + work.need()
                                + " "
                                + work.partitions()
                                + " because "
                                + work.reasons()))
        .toList();
  }

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
    scorer = new Scorer.Champion(FIRST, pipeline.views());

    assertThat(work(plan(days(5, 6))).get(0))
        .isEqualTo(
            "features.v: MAKE 2013-02-05_2013-02-06 because [the definition of view v changed]");
  }

  @Test
  void anotherLookupMakesPredictionsAlone() throws IOException {
    run(days(5, 6));
    view("look-back-days: 1\nttl: P3D\n");
    pipeline = load();
    scorer = new Scorer.Champion(FIRST, pipeline.views());

    assertThat(work(plan(days(6, 6))))
        .hasSize(1)
        .first()
        .asString()
        .startsWith("predictions.m: MAKE 2013-02-06 because [a definition of scoring");
  }

  @Test
  void anotherChampionMakesPredictions() {
    run(days(5, 6));
    scorer = new Scorer.Champion(new ChampionRef("m", "2", "b"), pipeline.views());

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

  private PlanRequest restating(String object, DayRange days) {
    return PlanRequest.of(days)
        .withoutTraining()
        .restating(Optional.of(new Restatement(List.of(object), days, ledger.newest())));
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
        new Recipes(pipeline).predictions(LocalDate.of(2013, 2, 6), FIRST));
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
  void aCatchUpMakesWhatIsMissingOrReadsOtherRowsAndNothingThatADefinitionChanged()
      throws IOException {
    run(days(5, 7));
    view("look-back-days: 0\nttl: P2D\n");
    pipeline = load();
    scorer = new Scorer.Champion(new ChampionRef("m", "2", "b"), pipeline.views());
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

  private Scope due(PlanRequest request) {
    NewRows newRows = new NewRows(pipeline, ledger, sources());
    return CatchUp.scope(
        scope -> plan(request.within(scope)),
        (object, partition, reasons) -> {
          LedgerEntry entry = ledger.partitions(object).get(partition);
          return entry != null && newRows.areNone(entry, reasons);
        });
  }

  @Test
  void aCatchUpLeavesWhatReadsDaysThatADefinitionAloneMadeAnew() throws IOException {
    run(days(5, 7));
    view("look-back-days: 0\nttl: P2D\n");
    pipeline = load();
    scorer = new Scorer.Champion(FIRST, pipeline.views());
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

  private static Set<Partition> scored(Plan plan) {
    return plan.partitions(work -> true).getOrDefault("predictions.m", Set.of());
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
  void aCatchUpLeavesDaysOfAnotherVersionUnlessTheyAreLost() {
    run(days(5, 7));
    ledger.make("raw.events", day(6), "other rows", FILES);
    files.put("raw.events 2013-02-06", new SourceDays.Read("other rows"));
    ledger.remove("predictions.m", day(7));
    PlanRequest request = PlanRequest.of(days(5, 7)).withoutTraining();
    assertThat(scored(plan(request.within(due(request))))).contains(day(6), day(7));
    scorer = new Scorer.Champion(new ChampionRef("m", "2", "b"), pipeline.views());

    assertThat(scored(plan(request.within(due(request))))).containsExactly(day(7));
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
}
