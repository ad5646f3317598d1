package org.millrace.planning;

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
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.Partition;
import org.millrace.contracts.definition.DefinitionSnapshot;
import org.millrace.contracts.definition.Definitions;
import org.millrace.contracts.definition.FeatureViewDefinition;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.contracts.definition.SourceDefinition;
import org.millrace.contracts.definition.SqlForm;

/** A pipeline of few definitions, a ledger in memory, and the plans of both, for tests. */
abstract class PlannedPipeline {
  static final DayRange DAYS = days(1, 5);
  static final ChampionRef FIRST = new ChampionRef("m", "1", "a");
  static final Recipe FILES = new Recipe("files", List.of());

  @TempDir Path home;

  final MemoryLedger ledger = new MemoryLedger();
  final Map<String, SourceDays.Known> files = new HashMap<>();
  boolean isOfAnotherSource;
  Scorer scorer;
  Pipeline pipeline;

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
    scorer = new Scorer.Champion(FIRST, pipeline.views(), Set.of("v__x"));
  }

  void source(String name, String more) throws IOException {
    write(
        "sources/" + name + ".yaml",
        "table: raw.%1$s\ndescription: D\ninputs: {%1$s: %1$s}\nsql: SELECT * FROM %1$s\n"
                .formatted(name)
            + more);
  }

  void view(String more) throws IOException {
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

  void write(String file, String yaml) throws IOException {
    Path path = home.resolve("conf").resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, yaml);
  }

  Pipeline load() {
    return Pipeline.of(Definitions.load(home.resolve("conf"), home, SqlForm.AS_WRITTEN), "m");
  }

  static DayRange days(int from, int to) {
    return new DayRange(LocalDate.of(2013, 2, from), LocalDate.of(2013, 2, to));
  }

  static Partition day(int day) {
    return Partition.of(LocalDate.of(2013, 2, day));
  }

  /** What a run of these days makes. */
  void run(DayRange days) {
    Recipes recipes = Recipes.feeding(pipeline, pipeline.views(), Set.of("v__x"));
    ledger.by(DefinitionSnapshot.of(pipeline));
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

  FeatureViewDefinition view() {
    return pipeline.views().get(0);
  }

  Plan plan(DayRange days) {
    return plan(days, Optional.empty());
  }

  Plan plan(DayRange days, Optional<LocalDate> firstScored) {
    return plan(PlanRequest.of(days).scoringFrom(firstScored));
  }

  Plan plan(PlanRequest request) {
    return new Planner(pipeline, ledger, sources(), Scorers.always(scorer), request).plan(7);
  }

  SourceDays sources() {
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
  static List<String> work(Plan plan) {
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
}
