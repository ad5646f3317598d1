package org.millrace.jobs.doctor;

import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delta.tables.DeltaTable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.Claim;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Outcome;
import org.millrace.contracts.Partition;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.features.lease.Lease;
import org.millrace.features.ledger.Ledger;
import org.millrace.features.staging.StagedManifest;
import org.millrace.features.staging.StagingArea;
import org.millrace.features.testing.TestSpark;
import org.millrace.jobs.room.JobContext;

/** What an examination finds in a lake, and what it mends. */
@Tag("slow")
class TestDoctorLake {
  private static final String EVENTS = "features.e";
  private static final String FACTS = "features.f";
  private static final String DAY = "2013-03-10";
  private static final String LAST = "2013-03-13";

  @TempDir static Path home;
  private static ExaminedLake filled;

  @TempDir Path other;
  private ExaminedLake lake;

  @BeforeAll
  static void fillTheLake() {
    filled = ExaminedLake.fill(home);
  }

  @BeforeEach
  void copyTheLake() {
    lake = filled.copyTo(other.resolve("lake"));
  }

  @Test
  void findsNothingInALakeThatAgrees() {
    JobResult result = lake.examine();

    assertThat(result.message()).startsWith("nothing differs: the ledger's ").endsWith(" tables");
    assertThat(result.exitCode()).isZero();
    assertThat(result.outcome()).isEqualTo(Outcome.DONE);
    assertThat(result.counts()).containsEntry("findings", 0L).containsEntry("entries", 37L);
    assertThat(result.values()).isEmpty();
    assertThat(result.runKey()).isEqualTo("doctor");
  }

  @Test
  void findsADeletedDayAndSaysWhatToType() {
    deleteDay(EVENTS);

    JobResult result = lake.examine();

    assertThat(result.exitCode()).isEqualTo(65);
    assertThat(result.category()).isEqualTo(ErrorCategory.DATA_CONTRACT);
    assertThat(result.counts()).containsEntry("findings", 1L).containsEntry("changed_outside", 1L);
    assertThat(result.message())
        .startsWith("1 findings: features.e of 2013-03-10: its newest commit is v")
        .contains(" by another program, the ledger has v")
        .endsWith(
            "type `millrace materialize late_flight --date 2013-03-10`, then `millrace validate"
                + " late_flight --date 2013-03-10`");
    assertThat(lake.said()).containsExactly("changed_outside: " + result.values().get("finding.1"));
  }

  @Test
  void findsRowsOfADayThatNoRunWrote() {
    JobContext context = lake.context();
    context
        .lake()
        .read(context.lake().require(EVENTS, "validate"))
        .limit(2)
        .withColumn("known_date", lit("2013-04-01").cast("date"))
        .write()
        .format("delta")
        .mode("append")
        .save(context.lake().path(EVENTS));

    JobResult result = lake.examine();

    assertThat(result.counts()).containsEntry("findings", 1L).containsEntry("not_in_ledger", 1L);
    assertThat(result.message())
        .contains("features.e of 2013-04-01: v")
        .contains(" by another program wrote rows, and the ledger has no entry");
  }

  @Test
  void findsCommitsPastTheLedgerAndEntersThem() throws IOException {
    ExaminedLake.delete(lake.directory(Ledger.TABLE));
    ExaminedLake.copy(home.resolve("ledger-before"), lake.directory(Ledger.TABLE));

    JobResult before = lake.examine();

    assertThat(before.exitCode()).isEqualTo(65);
    assertThat(before.counts()).containsEntry("findings", 3L).containsEntry("not_in_ledger", 3L);
    assertThat(before.values().values())
        .anySatisfy(
            finding ->
                assertThat(finding)
                    .startsWith("features.e of 2013-03-13: v")
                    .contains(
                        " by late_flight.validate.2013-03-13 wrote it, and the ledger has no entry")
                    .endsWith(", or `millrace doctor --lake --rebuild-ledger`"))
        .anySatisfy(finding -> assertThat(finding).startsWith("training.late_flight: v"));

    JobResult after = lake.rebuild();

    assertThat(after.message()).startsWith("nothing differs");
    assertThat(after.counts()).containsEntry("rebuilt", 3L);
    assertThat(entries(lake)).isEqualTo(entries(filled));
    assertThat(lake.rebuild().counts()).as("once is enough").containsEntry("rebuilt", 0L);
  }

  @Test
  void rebuildsALostLedgerSoThatNothingIsDoneAgain() throws IOException {
    ExaminedLake.delete(lake.directory(Ledger.TABLE));

    JobResult result = lake.rebuild();

    assertThat(result.message()).startsWith("nothing differs");
    assertThat(result.counts()).containsEntry("rebuilt", 37L).containsEntry("out_of_reach", 2L);
    assertThat(entries(lake)).hasSize(37).isEqualTo(entries(filled));
    assertThat(result.values().values())
        .anySatisfy(
            finding ->
                assertThat(finding)
                    .startsWith("model.late_flight: has no entry")
                    .endsWith(
                        "type `millrace train late_flight --from 2013-03-09 --to 2013-03-13`"));
    for (RunKey key : ExaminedLake.KEYS) {
      assertThat(lake.run(key).outcome()).as(key.toString()).isEqualTo(Outcome.NOTHING_TO_DO);
    }
  }

  @Test
  void aZoneOfOtherDaysIsTheDefinitionsFaultAndRebuildsNoLedger() throws IOException {
    ZoneId other = ZoneId.of("Asia/Tokyo");

    assertRefused(() -> lake.rebuildIn(other));
    ExaminedLake.delete(lake.directory(Ledger.TABLE));
    assertRefused(() -> lake.rebuildIn(other));

    assertThat(lake.rebuild().counts()).containsEntry("rebuilt", 37L);
  }

  private static void assertRefused(ThrowingCallable rebuild) {
    assertThatThrownBy(rebuild)
        .isInstanceOfSatisfying(
            MillraceException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.DEFINITION))
        .hasMessageStartingWith("Cannot use this lake with 'day-zone: Asia/Tokyo': its days are");
  }

  @Test
  void keepsAnEntryThatAnnouncesWork() {
    JobContext context = lake.context();
    LedgerEntry pending =
        LedgerEntry.of(EVENTS, Partition.of(LocalDate.parse(DAY)))
            .pending()
            .finishedAt(context.clock().instant());
    context
        .ledger()
        .append(List.of(pending), context.note(ExaminedLake.KEYS.get(2), "", List.of()));

    JobResult result = lake.rebuild();

    assertThat(result.counts())
        .containsEntry("rebuilt", 0L)
        .containsEntry("pending", 1L)
        .containsEntry("findings", 1L);
  }

  @Test
  void findsALostNewestCommit() throws IOException {
    long newest = lake.context().lake().require(FACTS, "validate").version();
    Files.delete(lake.commit(FACTS, newest));

    JobResult result = lake.examine();

    assertThat(result.values().get("finding.1"))
        .startsWith(
            "features.f of 2013-03-13: the ledger has it in v"
                + newest
                + ", and the table ends at v"
                + (newest - 1));
    assertThat(result.counts()).containsEntry("changed_outside", 1L).containsEntry("pin_gone", 1L);
  }

  @Test
  void aTableWithAHoleInItsLogIsOneFindingAmongOthers() throws IOException {
    Files.delete(lake.commit(FACTS, 1));
    deleteDay(EVENTS);

    JobResult result = lake.examine();

    assertThat(result.counts())
        .containsEntry("changed_outside", 1L)
        .containsEntry("unreadable", 1L);
    assertThat(result.values().values())
        .anySatisfy(
            finding ->
                assertThat(finding)
                    .startsWith("features.f: Cannot read the log ")
                    .contains("00000000000000000001.json is missing"))
        .anySatisfy(
            finding ->
                assertThat(finding)
                    .startsWith("training.late_flight: was made from features.f@v")
                    .contains("that pin is gone: Cannot read the log "));
  }

  @Test
  void findsDataFilesThatWereDeleted() throws IOException {
    long pinned = lake.context().lake().require(EVENTS, "validate").version();
    deleteDay(EVENTS);
    for (Path file : dataFiles(lake.directory(EVENTS).resolve("known_date=" + DAY))) {
      Files.delete(file);
    }
    List<Path> ofFacts = dataFiles(lake.directory(FACTS).resolve("known_date=" + DAY));
    Files.delete(ofFacts.get(0));

    JobResult result = lake.examine();

    assertThat(result.values().values())
        .anySatisfy(
            finding ->
                assertThat(finding)
                    .startsWith("features.f of 2013-03-10: ")
                    .contains("a data file is lost, known_date=2013-03-10/part-")
                    .contains("type `millrace materialize late_flight --date 2013-03-10`"))
        .anySatisfy(
            finding ->
                assertThat(finding)
                    .startsWith("training.late_flight: was made from features.e@v" + pinned)
                    .contains("data files are lost, the first is ")
                    .contains(", which was deleted"));
  }

  @Test
  void findsDataFilesOfAnotherLength() throws IOException {
    Path first = dataFiles(lake.directory(FACTS).resolve("known_date=" + DAY)).get(0);
    long length = Files.size(first);
    try (FileChannel file = FileChannel.open(first, StandardOpenOption.WRITE)) {
      file.truncate(length - 1);
    }
    Path swapped = dataFiles(lake.directory(EVENTS).resolve("known_date=" + LAST)).get(0);
    Files.copy(first, swapped, StandardCopyOption.REPLACE_EXISTING);

    JobResult result = lake.examine();

    assertThat(result.category()).isEqualTo(ErrorCategory.DATA_CONTRACT);
    assertThat(result.values().values())
        .anySatisfy(
            finding ->
                assertThat(finding)
                    .startsWith("features.f of " + DAY + ": ")
                    .contains(
                        "a data file is lost, known_date=" + DAY + "/part-",
                        ", which has %,d bytes, but %,d according to the log"
                            .formatted(length - 1, length)))
        .anySatisfy(
            finding ->
                assertThat(finding)
                    .startsWith("features.e of " + LAST + ": ")
                    .contains("a data file is lost, known_date=" + LAST + "/part-"));
  }

  @Test
  void listsWhatLiesBesideTheTablesWithoutCallingItADifference() throws IOException {
    Files.createDirectories(lake.root().resolve("staging/features.e/2013-03-13.killed"));
    JobContext context = lake.context();
    StagingArea.Draft draft =
        new StagingArea(context.lake(), FACTS).draft(ExaminedLake.day(LAST), "a1");
    draft.write(TestSpark.session().range(3).toDF("id"));
    draft.seal(
        new StagedManifest(
            FACTS,
            ExaminedLake.day(LAST),
            "late_flight.materialize.2013-03-13",
            "a1",
            new TreeMap<>(),
            new TreeMap<>(),
            "",
            List.of(),
            StagedManifest.noFacts()));
    Files.createDirectories(lake.root().resolve("outbox"));
    Files.writeString(lake.root().resolve("outbox/000-x.json"), "{}");

    JobResult result = lake.examine();

    assertThat(result.exitCode()).isZero();
    assertThat(result.counts())
        .containsEntry("findings", 0L)
        .containsEntry("staged", 1L)
        .containsEntry("staged_unfinished", 1L)
        .containsEntry("outbox", 1L);
    assertThat(result.values().values())
        .anySatisfy(
            finding ->
                assertThat(finding)
                    .startsWith("features.f of 2013-03-13: staged by late_flight.materialize")
                    .contains(" bytes in "))
        .anySatisfy(finding -> assertThat(finding).startsWith("features.e of 2013-03-13.killed: "))
        .anySatisfy(finding -> assertThat(finding).startsWith("outbox: 1 run records wait"));
  }

  @Test
  void whatARunIsAtWorkOnIsNoDifference() {
    deleteDay(EVENTS);
    JobContext context = lake.context();
    RunKey key = ExaminedLake.key("validate", DAY, DAY);
    try (Lease lease =
        context
            .leases()
            .acquire(
                key, "at work", List.of(new Claim(EVENTS, ExaminedLake.day(DAY))), Duration.ZERO)) {
      JobResult result = lake.examine();

      assertThat(lease.claims()).hasSize(1);
      assertThat(result.counts())
          .containsEntry("findings", 0L)
          .containsEntry("at_work", 1L)
          .containsEntry("lease", 1L);
      assertThat(result.values().values())
          .anySatisfy(
              finding ->
                  assertThat(finding)
                      .startsWith("features.e of 2013-03-10: is being written by " + key));
    }
  }

  @Test
  void anUnreadableLedgerIsAFindingAndNotTheEnd() throws IOException {
    Files.delete(lake.commit(Ledger.TABLE, 1));

    JobResult result = lake.examine();

    assertThat(result.exitCode()).isEqualTo(65);
    assertThat(result.values().get("finding.1"))
        .startsWith("ops.ledger: ")
        .contains("move it away and type `millrace doctor --lake --rebuild-ledger`");
  }

  @Test
  void saysWhichCommitsOfARunTookEffect() throws IOException {
    String key = ExaminedLake.KEYS.get(4).toString();
    String attempt = entry(EVENTS, LAST).attempt();

    JobResult found = lake.publication(key, Optional.of(attempt));

    assertThat(found.exitCode()).isZero();
    assertThat(found.values().values())
        .anySatisfy(
            text ->
                assertThat(text)
                    .matches(
                        "features\\.e: committed as v\\d+ \\(2013-03-13, \\d+ rows; "
                            + key
                            + ", attempt "
                            + attempt
                            + "\\), in the ledger"))
        .anySatisfy(text -> assertThat(text).startsWith("features.f: committed as v"));

    ExaminedLake.delete(lake.directory(Ledger.TABLE));
    assertThat(lake.publication(key, Optional.empty()).message()).contains("not in the ledger: ");
  }

  @Test
  void saysThatARunCommittedNothing() {
    JobResult none = lake.publication("late_flight.publish.2013-03-13", Optional.empty());

    assertThat(none.exitCode()).isZero();
    assertThat(none.message())
        .isEqualTo(
            "late_flight.publish.2013-03-13 committed nothing: no table has a commit of it; it is"
                + " safe to run it again");
    assertThat(
            lake.publication(ExaminedLake.KEYS.get(4).toString(), Optional.of("another")).message())
        .contains("committed nothing");
  }

  @Test
  void theCommitThatOnlyMakesATableIsNoPublication() throws IOException {
    RunKey first = ExaminedLake.KEYS.get(2);
    long oldest = entry(FACTS, DAY).tableVersion().orElseThrow();
    for (long version = oldest; Files.exists(lake.commit(FACTS, version)); version++) {
      Files.delete(lake.commit(FACTS, version));
    }

    JobResult result = lake.publication(first.toString(), Optional.empty());

    assertThat(oldest).as("a commit made the table before").isEqualTo(1);
    assertThat(result.values().values())
        .anySatisfy(text -> assertThat(text).startsWith(EVENTS))
        .noneSatisfy(text -> assertThat(text).startsWith(FACTS));
  }

  @Test
  void saysThatARunCannotBeJudgedByAnUnreadableTable() throws IOException {
    Files.delete(lake.commit(FACTS, 1));

    assertThatThrownBy(() -> lake.publication("late_flight.publish.2013-03-13", Optional.empty()))
        .isInstanceOfSatisfying(
            MillraceException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.DATA_CONTRACT))
        .hasMessageContaining(
            "Cannot determine what became of late_flight.publish.2013-03-13: 1 tables")
        .hasMessageContaining("00000000000000000001.json is missing");
  }

  private void deleteDay(String table) {
    DeltaTable.forPath(TestSpark.session(), lake.context().lake().path(table))
        .delete("known_date = DATE'" + DAY + "'");
  }

  private static List<Path> dataFiles(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(".parquet")).toList();
    }
  }

  private LedgerEntry entry(String object, String day) {
    return lake.context().ledger().entry(object, LocalDate.parse(day)).orElseThrow();
  }

  /** All that a rebuilt ledger must have of the old one. */
  private static Map<String, String> entries(ExaminedLake of) {
    Ledger ledger = of.context().ledger();
    Map<String, String> entries = new TreeMap<>();
    for (String object : ledger.objects()) {
      List<LedgerEntry> all = new ArrayList<>(ledger.partitions(object).values());
      for (LedgerEntry entry : all) {
        entries.put(
            object + " " + entry.partition(),
            String.join(
                " ",
                entry.status().name(),
                entry.fingerprint(),
                entry.output().toString(),
                entry.rows().toString(),
                entry.outputRows().toString(),
                entry.runKey(),
                entry.attempt(),
                entry.inputVersions(),
                entry.verdict()));
      }
    }

    return entries;
  }
}
