package org.millrace.jobs.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.delta.tables.DeltaTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.millrace.contracts.ArmedFault;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.Outcome;
import org.millrace.contracts.Partition;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.features.testing.TestSpark;
import org.millrace.jobs.room.JobContext;

/** What once gave wrong rows without a word, each as it happened. */
@Tag("slow")
class TestFindings {
  private static final String PREDICTIONS = "lake/warehouse/predictions.db/m";
  private static final String FEATURES = "lake/warehouse/features.db/e";

  private static FaultBase base;

  @BeforeAll
  static void build() {
    base = FaultBase.shared();
  }

  /** 1d: the older manifest stood for rows that it had not counted. */
  @Test
  void keepsOneRunsRowsWhenScoringIsKilledOverAnOlderBatch() {
    FaultLake lake = base.copy("older-batch");
    FaultRooms.run(lake, ofNewDay("ingest", "materialize", "validate", "score"));
    promote(lake);

    assertThat(
            ArmedFault.halts(
                "AFTER_STAGING_WRITE:predictions.m", () -> FaultRooms.run(lake, ofNewDay("score"))))
        .isTrue();
    assertSound(lake);

    assertThat(command(lake, "publish").exitCode()).isEqualTo(75);
    FaultRooms.run(lake, ofNewDay("score", "publish"));
    assertThat(modelsInForce(lake, FaultBase.NEW)).containsExactly("2");
    assertWhole(lake);
  }

  /** 2g: a batch of the champion before overtook the new one's. */
  @Test
  void keepsOneRunsRowsWhenABatchOfTheChampionBeforeIsStillStaged() {
    FaultLake lake = base.copy("stale-batch");
    FaultRooms.run(lake, ofNewDay("ingest", "materialize", "validate", "score"));
    promote(lake);
    String both = "/" + FaultBase.DONE + "/" + FaultBase.NEW;

    FaultRooms.run(lake, "score" + both, "publish" + both);

    assertThat(modelsInForce(lake, FaultBase.DONE)).containsExactly("2");
    assertThat(modelsInForce(lake, FaultBase.NEW)).containsExactly("2");
    assertThat(lake.staged()).isEmpty();
    assertWhole(lake);
  }

  /** What is published is what was audited: other files are refused, though as many rows. */
  @Test
  void keepsOneRunsRowsWhenStagedFilesChangeAfterTheirSeal() {
    FaultLake lake = base.copy("changed-files");
    FaultRooms.run(lake, ofNewDay("ingest", "materialize", "validate", "score"));
    String batch = lake.home().resolve(lake.staged().get(0)).toString();
    TestSpark.session()
        .read()
        .parquet(batch)
        .withColumn("score", functions.lit(0.5))
        .coalesce(1)
        .write()
        .parquet(batch + "/changed");
    replaceRows(Path.of(batch));
    assertThat(lake.check().problems()).as("the checker sees it").isNotEmpty();

    JobResult refused = command(lake, "publish");

    assertThat(refused.exitCode()).as(refused.message()).isEqualTo(65);
    assertThat(lake.contents().get("predictions.m")).hasSize(20);
  }

  private static void replaceRows(Path batch) {
    try (Stream<Path> files = Files.list(batch);
        Stream<Path> changed = Files.list(batch.resolve("changed"))) {
      for (Path file : files.filter(path -> path.toString().endsWith(".parquet")).toList()) {
        Files.delete(file);
      }

      for (Path file : changed.filter(path -> path.toString().endsWith(".parquet")).toList()) {
        Files.move(file, batch.resolve(file.getFileName()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** 2d: two builders wrote into one directory, and each row was there twice. */
  @Test
  void keepsOneRunsRowsWhenTwoBuildTheTrainingSetAtOnce() {
    FaultLake lake = base.copy("two-builders");
    base.define(lake, "B");
    String all = "/2013-01-01/2013-01-04";
    FaultRooms.run(lake, "ingest" + all, "materialize" + all, "validate" + all);
    String build = "training-set/2013-01-01/2013-01-03";
    JobContext early = lake.context();
    JobContext late = lake.context(Clock.offset(Clock.systemUTC(), Duration.ofHours(1)));

    List<JobResult> first = new ArrayList<>();
    ArmedFault.during(
        "AFTER_STAGING_WRITE:training.late_flight",
        () -> {
          // at this moment a second one is refused, and one that takes the lease over builds
          assertThat(beside(lake.context(), build).exitCode()).isEqualTo(75);
          assertThat(beside(late, build).exitCode()).isZero();
        },
        () -> first.add(FaultRooms.command(early, build)));

    assertThat(first).extracting(JobResult::outcome).containsExactly(Outcome.FAILED);
    assertThat(lake.contents().get("training.late_flight")).hasSize(60);
    assertWhole(lake);
  }

  /** What is in the table decides: a run that lost its lease just before its commit has none. */
  @Test
  void keepsOneRunsRowsWhenTheLeaseIsTakenOverJustBeforeTheCommit() {
    FaultLake lake = base.copy("taken-over");
    FaultRooms.run(lake, ofNewDay("ingest", "materialize", "validate", "score"));
    JobContext late = lake.context(Clock.offset(Clock.systemUTC(), Duration.ofHours(1)));

    List<JobResult> first = new ArrayList<>();
    ArmedFault.during(
        "BEFORE_COMMIT:predictions.m",
        () -> {
          JobResult second = beside(late, ofNewDay("publish")[0]);
          assertThat(second.exitCode()).as(second.message()).isZero();
        },
        () -> first.add(command(lake, "publish")));

    assertThat(first).extracting(JobResult::exitCode).containsExactly(75);
    assertThat(
            new DeltaFolder(lake.home().resolve(PREDICTIONS))
                .commits().stream().filter(commit -> commit.of(FaultBase.NEW).isPresent()))
        .as("commits that made the day")
        .hasSize(1);
    assertWhole(lake);
  }

  /** 3d: an entry from a clock ahead won for years. */
  @Test
  void keepsOneRunsRowsWhenAnEntryComesFromTheFuture() {
    FaultLake lake = base.copy("future");
    JobContext ahead = lake.context(Clock.offset(Clock.systemUTC(), Duration.ofDays(1500)));
    base.define(lake, "B");
    JobContext aheadB = lake.context(ahead.clock());
    FaultRooms.run(aheadB, "ingest/2013-01-04/2013-01-04");
    base.define(lake, "A");

    assertThat(FaultRooms.command(lake.context(), "ingest/2013-01-04/2013-01-04").outcome())
        .isEqualTo(Outcome.DONE);
    assertThat(FaultRooms.command(lake.context(), "ingest/2013-01-04/2013-01-04").outcome())
        .isEqualTo(Outcome.NOTHING_TO_DO);
    assertThat(lake.contents()).isEqualTo(base.copy("future-undisturbed").contents());
    assertWhole(lake);
  }

  /** 7a: a deleted day was called done, and was scored with nulls. */
  @Test
  void keepsOneRunsRowsWhenAFeatureDayWasDeleted() {
    FaultLake lake = base.copy("deleted");
    Map<String, List<String>> before = new TreeMap<>(lake.contents());
    DeltaTable.forPath(TestSpark.session(), lake.home().resolve(FEATURES).toString())
        .delete("known_date = DATE'2013-01-04'");
    assertThat(lake.check().problems()).as("the checker sees it").isNotEmpty();

    assertRefusedAndMadeAgain(lake, before);
  }

  /** 7d: the newest file of a log was lost, and with it a day. */
  @Test
  void keepsOneRunsRowsWhenTheNewestLogFileIsLost() throws IOException {
    FaultLake lake = base.copy("lost-log");
    FaultRooms.run(lake, ofNewDay("ingest", "materialize", "validate"));
    Map<String, List<String>> before = new TreeMap<>(lake.contents());
    Path log = lake.home().resolve(FEATURES + "/_delta_log");
    long newest = new DeltaFolder(lake.home().resolve(FEATURES)).newest();
    Files.delete(log.resolve("%020d.json".formatted(newest)));
    Files.deleteIfExists(log.resolve("%020d.crc".formatted(newest)));
    FaultLake found =
        lake.copy(lake.home().resolveSibling("lost-log-found")); // Delta remembers what it read

    assertThat(found.check().problems()).as("the checker sees it").isNotEmpty();
    JobResult score = FaultRooms.command(found.context(), ofNewDay("score")[0]);
    assertThat(score.exitCode()).as(score.message()).isEqualTo(65);
    FaultRooms.run(found, ofNewDay("materialize", "validate"));
    assertThat(found.contents()).isEqualTo(before);
    assertWhole(found);
  }

  private static void assertRefusedAndMadeAgain(
      FaultLake lake, Map<String, List<String>> expected) {
    String day = "/" + FaultBase.DONE + "/" + FaultBase.DONE;
    JobResult score = FaultRooms.command(lake.context(), "score" + day);
    assertThat(score.exitCode()).as(score.message()).isEqualTo(65);

    FaultRooms.run(lake, "materialize" + day, "validate" + day);
    assertThat(FaultRooms.command(lake.context(), "score" + day).outcome())
        .isEqualTo(Outcome.NOTHING_TO_DO);
    assertThat(lake.contents()).isEqualTo(expected);
    assertWhole(lake);
  }

  /** The entry of the ledger is compared with the table whether or not anything was written. */
  @Test
  void aSoundLakeHasNoDifference() {
    JobContext context = base.copy("sound").context();
    LedgerEntry entry =
        context.ledger().entry("features.e", Partition.parse("2013-01-04")).orElseThrow();

    assertThat(context.ledger().difference(entry)).isEmpty();
  }

  private static void promote(FaultLake lake) {
    FaultRooms.candidate(lake, 2);
    FaultRooms.run(lake, "gate/2013-01-01/2013-01-03");
  }

  private static String[] ofNewDay(String... rooms) {
    return Arrays.stream(rooms)
        .map(room -> room + "/" + FaultBase.NEW + "/" + FaultBase.NEW)
        .toArray(String[]::new);
  }

  private static JobResult beside(JobContext context, String step) {
    List<JobResult> results = new ArrayList<>();
    TwoAtOnce.beside(() -> results.add(FaultRooms.command(context, step)));
    return results.get(0);
  }

  private static JobResult command(FaultLake lake, String room) {
    return FaultRooms.command(lake.context(), ofNewDay(room)[0]);
  }

  private static Set<String> modelsInForce(FaultLake lake, String day) {
    DeltaFolder table = new DeltaFolder(lake.home().resolve(PREDICTIONS));
    return table
        .rows(table.files().stream().filter(file -> file.partition().equals(day)).toList())
        .stream()
        .filter(row -> !row.containsKey("superseded_at"))
        .map(row -> row.getOrDefault("model_version", ""))
        .collect(Collectors.toSet());
  }

  private static void assertSound(FaultLake lake) {
    assertThat(lake.check().problems()).isEmpty();
  }

  private static void assertWhole(FaultLake lake) {
    assertSound(lake);
    assertThat(lake.check().unfinished()).isEmpty();
  }
}
