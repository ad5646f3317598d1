package org.millrace.jobs.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.Outcome;
import org.millrace.contracts.Verb;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.contracts.definition.PlatformDefinition;
import org.millrace.contracts.definition.PlatformDefinition.WhenChanged;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.features.lake.LakeLogs;
import org.millrace.features.lake.LogStorage;
import org.millrace.features.ledger.LedgerIndex;
import org.millrace.features.testing.TestSpark;
import org.millrace.jobs.challenger.RolloutMove;
import org.millrace.jobs.challenger.RolloutMoves;
import org.millrace.jobs.model.ModelCache;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.testing.ScoringHouse;
import org.millrace.jobs.testing.TestRooms;
import org.millrace.planning.Plan;

/** A plan says beforehand, without a session, what the rooms then do. */
@Tag("slow")
class TestPlanAgreesWithRooms {
  private static final List<Verb> VERBS =
      List.of(Verb.INGEST, Verb.MATERIALIZE, Verb.VALIDATE, Verb.SCORE, Verb.PUBLISH, Verb.MONITOR);

  @TempDir Path directory;

  private ScoringHouse house;

  @BeforeEach
  void openHouse() {
    house = new ScoringHouse(directory);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 5, 8})
  void whateverWasChangedARunMakesWhatThePlanSays(int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 5; round++) {
      String change = change(random);
      int from = 1 + random.nextInt(3);
      DayRange days = ScoringHouse.days(from, from + random.nextInt(4 - from));
      Plan plan = plan(days);
      Map<String, SortedSet<String>> made = made(days, plan.isBlocked());

      Map<String, SortedSet<String>> planned = planned(plan);
      String when = "%s, %s, round %d".formatted(change, days, round);
      if (plan.isBlocked()) { // the rooms end where the plan is blocked
        made.forEach(
            (object, partitions) ->
                assertThat(planned.get(object)).as(when).containsAll(partitions));
      } else {
        assertThat(made).as(when).isEqualTo(planned);
        assertThat(plan(days).isIdle()).as(when).isTrue();
      }
    }
  }

  @Test
  void planningLeavesTheLakeAsItIs() throws IOException {
    house.score(ScoringHouse.day(1));
    house.publish(ScoringHouse.day(1));
    Map<String, String> before = files();

    Plan plan = plan(ScoringHouse.DAYS);

    assertThat(plan.isIdle()).isFalse();
    assertThat(files()).isEqualTo(before);
  }

  @Test
  void whatTheRoomsWillRefuseIsSaid() {
    house.score(ScoringHouse.day(1));
    house.publish(ScoringHouse.day(1));
    delete("features.v", "known_date", ScoringHouse.day(1).from().toString());

    assertThat(plan(ScoringHouse.day(1)).notes()).isEmpty();
    assertThat(plan(ScoringHouse.day(1), refusing(house.context().pipeline())).notes())
        .containsExactly(
            "'changed-outside: refuse' is set: the run ends with 65 at features.v, until its table"
                + " is brought back");
  }

  private static Pipeline refusing(Pipeline own) {
    PlatformDefinition platform = own.platform();
    return new Pipeline(
        own.name(),
        new PlatformDefinition(
            platform.lake(),
            platform.dayZone(),
            platform.registry(),
            platform.pipeline(),
            platform.sqlPort(),
            platform.spark(),
            platform.lease(),
            WhenChanged.REFUSE),
        own.sources(),
        own.views(),
        own.spine(),
        own.label(),
        own.training(),
        own.gate(),
        own.scoring(),
        own.monitoring(),
        own.rollout(),
        own.defined());
  }

  private String change(SplittableRandom random) {
    String day = ScoringHouse.day(1 + random.nextInt(3)).from().toString();
    return switch (random.nextInt(7)) {
      case 0 -> "nothing changed";
      case 1 -> {
        String version = random.nextBoolean() ? "1" : "2";
        house.champion(version);
        yield "champion " + version;
      }
      case 2 -> delete("features.v", "known_date", day);
      case 3 -> delete("raw.events", "day", day);
      case 4 -> delete("raw.asked", "day", day);
      case 5 -> rollOut(day);
      default -> delete(ScoringHouse.PREDICTIONS, "day", day);
    };
  }

  /** Begins a rollout, gives the challenger its share, or ends it: one after the other. */
  private String rollOut(String day) {
    RolloutMoves moves = house.moves();
    RolloutMoves.Cause cause = new RolloutMoves.Cause("ada", "to see");
    Optional<RolloutMove> current = moves.history().current();
    RolloutMove move =
        current.isEmpty()
            ? house.rollOut("2")
            : current.get().share() == 0
                ? moves.share(current.get(), 0.85, cause)
                : moves.end(
                    current.get(),
                    RolloutMove.Action.HALT,
                    Optional.of(LocalDate.parse(day)),
                    cause);
    return "rollout " + move.action() + " from " + move.fromDay();
  }

  private String delete(String table, String column, String day) {
    String path = house.context().lake().path(table);
    if (Files.isDirectory(Path.of(path))) {
      TestSpark.session()
          .sql("DELETE FROM delta.`" + path + "` WHERE " + column + " = DATE'" + day + "'");
    }

    return table + " of " + day + " deleted";
  }

  private Plan plan(DayRange days) {
    return plan(days, house.context().pipeline());
  }

  private Plan plan(DayRange days, Pipeline pipeline) {
    JobContext context = house.context();
    Path lake = Path.of(context.lake().root());
    LakeReading reading = LakeReading.open(lake.toString(), context.lake().dayZone(), Map.of());
    ModelCache cache = new ModelCache(lake.resolve("models"), (room, text) -> {});
    PlannedChampions champions =
        new PlannedChampions(pipeline, context.registry(), cache, reading.logs());
    PlanInputs inputs =
        new PlanInputs(reading.ledger(), reading.ledger().version(), reading.sources(), lake);
    return new PlanPipeline(pipeline, inputs, PlanOptions.NONE, champions).plan(Optional.of(days));
  }

  private static Map<String, SortedSet<String>> planned(Plan plan) {
    Map<String, SortedSet<String>> planned = new TreeMap<>();
    for (Plan.Step step : plan.steps()) {
      for (Plan.Work work : step.work()) {
        assertThat(work.reasons()).isNotEmpty();
        if (work.need() == Plan.Need.BLOCKED) {
          continue;
        }

        assertThat(work.need()).isEqualTo(Plan.Need.MAKE);
        String[] ends = work.partitions().split("_", -1);
        new DayRange(LocalDate.parse(ends[0]), LocalDate.parse(ends[ends.length - 1]))
            .days()
            .forEach(
                day ->
                    planned
                        .computeIfAbsent(step.object(), object -> new TreeSet<>())
                        .add(day.toString()));
      }
    }

    return planned;
  }

  /** Runs the rooms; what the ledger has of new. */
  private Map<String, SortedSet<String>> made(DayRange days, boolean isBlocked) {
    Map<String, Long> before = sequences();
    List<Outcome> outcomes = new ArrayList<>();
    for (Verb verb : VERBS) {
      if (!outcomes.contains(Outcome.FAILED)) {
        outcomes.add(TestRooms.job(house.context(), ScoringHouse.key(verb.word(), days)).outcome());
      }
    }

    assertThat(outcomes.contains(Outcome.FAILED)).as("%s", outcomes).isEqualTo(isBlocked);
    Map<String, SortedSet<String>> made = new TreeMap<>();
    sequences()
        .forEach(
            (partition, sequence) -> {
              boolean isPlanned = !partition.startsWith("challengers.");
              if (isPlanned && !sequence.equals(before.get(partition))) {
                String[] words = partition.split(" ", -1);
                made.computeIfAbsent(words[0], object -> new TreeSet<>()).add(words[1]);
              }
            });
    return made;
  }

  private Map<String, Long> sequences() {
    LakeLogs logs = new LakeLogs(house.context().lake().root(), LogStorage.of(new Configuration()));
    LedgerIndex ledger = LedgerIndex.open(logs, house.context().lake().dayZone());
    Map<String, Long> sequences = new HashMap<>();
    for (String object : ledger.objects()) {
      for (LedgerEntry entry : ledger.partitions(object).values()) {
        sequences.put(object + " " + entry.partition(), entry.sequence());
      }
    }

    return sequences;
  }

  /** Names, sizes and times of all files of the lake. */
  private Map<String, String> files() throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(directory)) {
      all.filter(Files::isRegularFile).forEach(file -> files.put(file.toString(), stamp(file)));
    }

    return files;
  }

  private static String stamp(Path file) {
    try {
      return Files.size(file) + " " + Files.getLastModifiedTime(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
