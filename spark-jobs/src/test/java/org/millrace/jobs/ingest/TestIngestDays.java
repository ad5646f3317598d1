package org.millrace.jobs.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.spark.SparkContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.Claim;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.Outcome;
import org.millrace.contracts.Output;
import org.millrace.contracts.RowCounts;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.contracts.ledger.PartitionNote;
import org.millrace.features.lease.Lease;
import org.millrace.features.testing.TestSpark;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.room.RoomRunner;
import org.millrace.jobs.testing.TestRooms;

/** Which days INGEST does again if files of a source change, and which it leaves alone. */
@Tag("slow")
class TestIngestDays {
  @TempDir Path home;

  @Test
  void daysBeforeTheStartOfASourceNeedNoRows() {
    SourceDirectory sources = new SourceDirectory(home);
    sources.source("t", "start: 2024-01-03");
    sources.file("t", "f", "('2024-01-03', 1, 1.0)");

    assertThat(sources.ingest("2024-01-01", "2024-01-03").outcome()).isEqualTo(Outcome.DONE);

    sources.source("t", "start: 2024-01-02");
    assertThatThrownBy(() -> sources.ingest("2024-01-01", "2024-01-03"))
        .hasMessageContaining("its source has no rows of 2024-01-02;");
  }

  @Test
  void aLateFileOfAnOldDayIsToldAndChangesThatDayAlone() {
    SourceDirectory sources = twoDays();
    String second = entry(sources, "2024-01-02").fingerprint();
    sources.file("t", "late", "('2024-01-01', 9, 9.0)", "('2024-01-03', 3, 3.0)");

    JobResult night = sources.ingest("2024-01-03", "2024-01-03");

    assertThat(night.outcome()).isEqualTo(Outcome.DONE);
    assertThat(night.rows()).containsEntry("raw.t", 1L);
    assertThat(night.counts()).containsEntry("rows_in", 1L).containsEntry("days_changed_since", 1L);
    assertThat(night.message())
        .isEqualTo(
            "Filled 1 raw table; 1 day of raw.t changed since it was filled (2024-01-01):"
                + " `millrace ingest --date 2024-01-01` takes it up");
    assertThat(sources.rows("raw.t", "k")).containsExactly("1", "2", "3");

    JobResult again = sources.ingest("2024-01-03", "2024-01-03");
    assertThat(again.outcome()).isEqualTo(Outcome.NOTHING_TO_DO);
    assertThat(again.counts()).containsEntry("days_changed_since", 1L);

    JobResult all = sources.ingest("2024-01-01", "2024-01-03");
    assertThat(all.rows()).containsEntry("raw.t", 2L);
    assertThat(all.counts()).doesNotContainKey("days_changed_since");
    assertThat(sources.rows("raw.t", "k")).containsExactly("1", "2", "3", "9");
    assertThat(entry(sources, "2024-01-02").fingerprint()).isEqualTo(second);
  }

  @Test
  void aDayWhoseDataFileIsLostIsFilledAgain() throws IOException {
    SourceDirectory sources = twoDays();
    Path table = Path.of(sources.context().lake().path("raw.t"));
    try (Stream<Path> files = Files.walk(table)) {
      Files.delete(
          files
              .filter(path -> path.toString().contains("=2024-01-01/"))
              .filter(path -> path.toString().endsWith(".parquet"))
              .findFirst()
              .orElseThrow());
    }

    JobResult result = sources.ingest("2024-01-01", "2024-01-02");

    assertThat(result.outcome()).isEqualTo(Outcome.DONE);
    assertThat(result.rows()).containsEntry("raw.t", 1L);
    assertThat(sources.rows("raw.t", "k")).containsExactly("1", "2");
    assertThat(sources.ingest("2024-01-01", "2024-01-02").outcome())
        .isEqualTo(Outcome.NOTHING_TO_DO);
  }

  @Test
  void rowsOfAnOldDayThatAreGoneAreToldToo() throws IOException {
    SourceDirectory sources = twoDays();
    Files.delete(sources.path("t", "2024-01-01"));

    JobResult result = sources.ingest("2024-01-02", "2024-01-02");

    assertThat(result.outcome()).isEqualTo(Outcome.NOTHING_TO_DO);
    assertThat(result.message()).contains("1 day of raw.t changed since", "--date 2024-01-01");
  }

  @Test
  void unchangedFilesAreNotReadAgainAndTouchedOnesChangeNothing()
      throws IOException, TimeoutException {
    SourceDirectory sources = twoDays();
    long version = version(sources);
    assertThat(jobsOfIngest(sources)).isZero();

    Files.setLastModifiedTime(
        sources.path("t", "2024-01-01"), FileTime.from(Instant.parse("2024-02-01T00:00:00Z")));
    assertThat(jobsOfIngest(sources)).as("read").isPositive();
    assertThat(version(sources)).isEqualTo(version);
    assertThat(jobsOfIngest(sources)).as("read once").isZero();
  }

  @Test
  void aDamagedNoteOfWhatWasReadIsReadAnew() throws IOException, TimeoutException {
    SourceDirectory sources = twoDays();
    Path note = home.resolve("lake/ingest/raw.t.json");
    assertThat(note).content().contains("2024-01-01");
    Files.writeString(note, "{\"definition\":");

    assertThat(jobsOfIngest(sources)).isPositive();
    assertThat(jobsOfIngest(sources)).isZero();
  }

  @Test
  void aNoteDoesNotMakeADayDoneThatTheLedgerDoesNotHave() {
    SourceDirectory sources = twoDays();
    JobContext context = sources.context();
    LedgerEntry first = entry(sources, "2024-01-01");
    PartitionNote rows =
        new PartitionNote("1-0123456789abcdef-other", RowCounts.NONE, PartitionNote.UNJUDGED);
    LedgerEntry other =
        LedgerEntry.of("raw.t", first.partition())
            .made(context.note(key(), "", List.of()), rows)
            .output(new Output.Table(first.tableVersion().orElseThrow()))
            .finishedAt(first.finishedAt());
    context.ledger().append(List.of(other), context.note(key(), "", List.of()));

    assertThat(sources.ingest("2024-01-01", "2024-01-02").rows()).containsEntry("raw.t", 1L);
  }

  @Test
  void aColumnThatALaterFileAddsIsKeptAndLeavesEarlierDaysDone() {
    SourceDirectory sources = twoDays();
    sources.query("t", "2024-01-03", "SELECT 'why' AS y, 3.0D AS x, 3 AS k, DATE'2024-01-03' AS d");

    JobResult result = sources.ingest("2024-01-01", "2024-01-03");

    assertThat(result.rows()).containsEntry("raw.t", 1L);
    assertThat(sources.rows("raw.t", "k", "y")).containsExactly("1null", "2null", "3why");
  }

  @Test
  void onlyUndoneDaysAreWrittenNeverThoseBetween() {
    SourceDirectory sources = new SourceDirectory(home);
    sources.source("t");
    sources.day("t", "2024-01-02", 1);
    sources.ingest("2024-01-02", "2024-01-02");
    LedgerEntry between = entry(sources, "2024-01-02");
    long version = version(sources);
    sources.day("t", "2024-01-01", 1);
    sources.day("t", "2024-01-03", 1);

    JobResult result = sources.ingest("2024-01-01", "2024-01-03");

    assertThat(result.rows()).containsEntry("raw.t", 2L);
    assertThat(entry(sources, "2024-01-02")).isEqualTo(between);
    assertThat(version(sources)).as("a commit for each run of days").isEqualTo(version + 2);
    assertThat(sources.rows("raw.t", "d"))
        .containsExactly("2024-01-01", "2024-01-02", "2024-01-03");
  }

  @Test
  void aTableWithoutDaysIsWaitedForAsTheDaysAre() throws Exception {
    SourceDirectory sources = new SourceDirectory(home);
    sources.whole("w");
    sources.file("w", "all", "('2024-01-01', 1, 1.0)");
    JobContext context = sources.context();
    RoomRunner patient = new RoomRunner(context, Duration.ofMinutes(2), Optional.empty());
    Lease other = // of an attempt that ends in a while
        context.leases().acquire(key(), "other", List.of(Claim.whole("raw.w")), Duration.ZERO);
    assertThatThrownBy(() -> sources.ingest("2024-01-01", "2024-01-02"))
        .hasMessageContaining("raw.w is held by");

    CompletableFuture<JobResult> waiting =
        CompletableFuture.supplyAsync(
            () -> patient.run(new IngestSources(context, key()), key(), List.of()));
    assertThatThrownBy(() -> waiting.get(3, TimeUnit.SECONDS)).isInstanceOf(TimeoutException.class);
    other.close();

    JobResult result = waiting.get(2, TimeUnit.MINUTES);
    assertThat(result.outcome()).as(result.message()).isEqualTo(Outcome.DONE);
    assertThat(result.rows()).containsEntry("raw.w", 1L);
  }

  private SourceDirectory twoDays() {
    SourceDirectory sources = new SourceDirectory(home);
    sources.source("t");
    sources.file("t", "2024-01-01", "('2024-01-01', 1, 1.0)");
    sources.file("t", "2024-01-02", "('2024-01-02', 2, 2.0)");
    JobResult result = sources.ingest("2024-01-01", "2024-01-02");
    assertThat(result.rows()).containsEntry("raw.t", 2L);
    return sources;
  }

  private static RunKey key() {
    return TestRooms.key("ingest", "2024-01-01", "2024-01-02");
  }

  /** Spark jobs of INGEST over the two days, which finds nothing to do. */
  private static int jobsOfIngest(SourceDirectory sources) throws TimeoutException {
    JobContext context = sources.context();
    SparkContext spark = TestSpark.session().sparkContext();
    String group = "ingest " + System.nanoTime();
    spark.setJobGroup(group, group, false);
    try {
      JobResult result = TestRooms.line(context, key(), IngestSources::new);
      assertThat(result.outcome()).isEqualTo(Outcome.NOTHING_TO_DO);
    } finally {
      spark.clearJobGroup();
    }

    spark.listenerBus().waitUntilEmpty();
    return spark.statusTracker().getJobIdsForGroup(group).length;
  }

  private static LedgerEntry entry(SourceDirectory sources, String day) {
    return sources.context().ledger().entry("raw.t", LocalDate.parse(day)).orElseThrow();
  }

  private static long version(SourceDirectory sources) {
    return sources.context().lake().require("raw.t", "ingest").version();
  }
}
