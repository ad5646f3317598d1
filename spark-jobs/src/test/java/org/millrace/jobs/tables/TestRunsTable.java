package org.millrace.jobs.tables;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.RowCounts;
import org.millrace.contracts.ledger.CommitNote;
import org.millrace.features.lake.Lake;
import org.millrace.jobs.testing.TestRooms;

/** What the report reads of the rooms of the newest start. */
class TestRunsTable {
  private static final Instant NOW = Instant.parse("2014-01-02T12:00:00Z");

  @TempDir Path directory;

  private static JobResult step(String key, String attempt, long in, long out) {
    RowCounts rows = new RowCounts(in, out, in - out, 0, 0);
    return JobResult.done(
            key,
            "Did " + key,
            Map.of("rows_in", rows.in(), "rows_out", rows.accepted()),
            Map.of("raw.t", "7"),
            2.5)
        .withAttempt(attempt);
  }

  private static CommitNote note(String key, String attempt) {
    return new CommitNote(key, attempt, "", List.of());
  }

  @Test
  void theRoomsOfTheNewestStartAreInTheirOrder() {
    Lake lake = TestRooms.context(directory.resolve("lake")).lake();
    RunsTable runs = new RunsTable(lake);
    assertThat(runs.newest("m")).isEmpty();

    runs.append(
        List.of(step("m.score.2013-12-01", "first", 5, 5)),
        note("m.score.2013-12-01", "first"),
        NOW.plus(Duration.ofDays(1500))); // by a clock that was ahead
    JobResult failed =
        JobResult.failed("m.publish.2013-12-02", ErrorCategory.DATA_CONTRACT, "Cannot", 1)
            .withAttempt("second");
    runs.append(
        List.of(
            step("m.ingest.2013-12-02", "second", 9, 8),
            step("m.score.2013-12-02", "second", 8, 8),
            failed),
        note("m.run.2013-12-02", "second"),
        NOW.plusSeconds(60));
    runs.append(
        List.of(step("other.ingest.2013-12-03", "third", 1, 1)),
        note("other.ingest.2013-12-03", "third"),
        NOW.plusSeconds(90));
    runs.append(
        List.of(
            JobResult.failed("m.run.2013-12-02", ErrorCategory.BUSY, "Cannot", 1)
                .withAttempt("fourth")),
        note("m.run.2013-12-02", "fourth"),
        NOW.plusSeconds(95));

    assertThat(runs.newest("m"))
        .containsExactly(
            new RunsTable.Entry("ingest", 9, 8, 2.5),
            new RunsTable.Entry("score", 8, 8, 2.5),
            new RunsTable.Entry("publish", 0, 0, 1));
    Row row = lake.read(lake.current("ops.runs").orElseThrow()).where("verb = 'publish'").head();
    assertThat(row.<String>getAs("result")).isEqualTo(failed.toJsonLine());
    assertThat(row.<Integer>getAs("exit_code")).isEqualTo(65);
    assertThat(row.<Object>getAs("from_day")).hasToString("2013-12-02");
    assertThat(row.<String>getAs("category")).isEqualTo("DATA_CONTRACT");
  }

  @Test
  void aStartWhoseInputWasMissingIsTheNewestAndAReportAloneIsNot() {
    Lake lake = TestRooms.context(directory.resolve("lake")).lake();
    RunsTable runs = new RunsTable(lake);
    runs.append(
        List.of(step("m.score.2013-12-01", "first", 5, 5)),
        note("m.score.2013-12-01", "first"),
        NOW);
    JobResult missing =
        JobResult.failed("m.ingest.2013-12-02", ErrorCategory.INPUT_MISSING, "Cannot", 1)
            .withAttempt("second");
    assertThat(missing.exitCode()).isEqualTo(ErrorCategory.BUSY.exitCode());
    runs.append(List.of(missing), note("m.run.2013-12-02", "second"), NOW);
    runs.append(
        List.of(step("m.report.2013-12-02", "second", 0, 0)),
        note("m.run.2013-12-02", "second"),
        NOW);
    runs.append(
        List.of(step("m.report.2013-12-02", "third", 0, 0)),
        note("m.report.2013-12-02", "third"),
        NOW);

    assertThat(runs.newest("m")).containsExactly(new RunsTable.Entry("ingest", 0, 0, 1));
  }
}
