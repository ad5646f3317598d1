package org.millrace.features.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.millrace.features.lake.DayTable.day;
import static org.millrace.features.lake.DayTable.note;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.TableVersion;

@Tag("slow")
final class TestFence {
  static final String LEASE = "lease/features.numbers/2013-01-01";
  private static final String OTHER = "lease/features.numbers/2013-01-02";

  private final ExecutorService thread = Executors.newSingleThreadExecutor();
  @TempDir Path folder;
  @TempDir Path signals;
  private DayTable table;

  @BeforeEach
  void open() {
    table = new DayTable(folder.toString());
    table.writer().append(table.rows(1, 1).union(table.rows(2, 2)), note("before"));
  }

  @AfterEach
  void stop() {
    thread.shutdownNow();
  }

  @Test
  void holderThatIsPausedWhileANewerOneCommitsPublishesNothing() throws Exception {
    Future<TableVersion> paused = paused(LEASE, 5, 1);
    write(LEASE, 6, 2, table.rows(2, 66)); // another day: the fence alone stops the older holder
    Pause.release(signals);
    assertBusy(paused::get, "another run committed under " + LEASE + " meanwhile");
    assertThat(table.content()).containsExactly("1:1", "2:66");
  }

  @Test
  void olderHolderThatStartsLaterPublishesNothing() {
    assertThat(table.writer().takeFence(fence(LEASE, 6), note("taken over")))
        .hasValueSatisfying(version -> assertThat(version.version()).isEqualTo(2));
    assertBusy(
        () -> write(LEASE, 5, 1, table.rows(1, 55)),
        "another run took over " + LEASE + ", fencing number 5 vs 6 in the table");
    assertThatThrownBy(() -> table.writer().takeFence(fence(LEASE, 5), note("late")))
        .hasMessageContaining("fencing number 5 vs 6");
    assertThat(table.log().newest()).hasValue(2);
    assertThat(table.content()).containsExactly("1:1", "2:2");
  }

  @Test
  void sameHolderCommitsAgain() {
    write(LEASE, 5, 1, table.rows(1, 50));
    write(LEASE, 5, 1, table.rows(1, 51));
    write(LEASE, 6, 1, table.rows(1, 60));
    assertThat(table.content()).containsExactly("1:60", "2:2");
  }

  @Test
  void otherDaysUnderOtherLeasesAreWrittenAtOnce() throws Exception {
    Future<TableVersion> paused = paused(LEASE, 5, 1);
    TableVersion other = write(OTHER, 1, 2, table.rows(2, 22));
    Pause.release(signals);
    assertThat(paused.get().version()).isEqualTo(other.version() + 1);
    assertThat(table.content()).containsExactly("1:5", "2:22");
    assertBusy(() -> write(OTHER, 0, 2, table.rows(2, 0)), "fencing number 0 vs 1");
  }

  @Test
  void sameDayUnderOtherLeasesIsWrittenOnce() throws Exception {
    Future<TableVersion> paused = paused(LEASE, 5, 1);
    write(OTHER, 1, 1, table.rows(1, 11));
    Pause.release(signals);
    assertBusy(paused::get, "another run changed the same rows first");
    assertThat(table.content()).containsExactly("1:11", "2:2");
  }

  @Test
  void appendAtIsFencedToo() {
    table.writer().takeFence(fence(LEASE, 6), note("taken over"));
    TableWriter old = table.writer().fencedBy(fence(LEASE, 5));
    assertBusy(() -> old.appendAt(table.rows(1, 3), 1, note("old")), "fencing number 5 vs 6");
    assertThat(table.content()).containsExactly("1:1", "2:2");
  }

  @Test
  void absentTableHasNothingToGuard() {
    TableWriter writer = new DayTable(folder + "/absent").writer();
    assertThat(writer.takeFence(fence(LEASE, 1), note("none"))).isEmpty();
  }

  @Test
  void numbersAreNotNegative() {
    assertThatThrownBy(() -> fence(LEASE, -1))
        .hasMessage("Cannot fence by '" + LEASE + "' with number -1: the lowest is 0");
  }

  private Future<TableVersion> paused(String lease, long number, int day) throws Exception {
    Dataset<Row> rows = Pause.rows(table.spark(), table.rows(day, number), signals);
    Future<TableVersion> paused = thread.submit(() -> write(lease, number, day, rows));
    Pause.awaitPaused(signals);
    return paused;
  }

  private TableVersion write(String lease, long number, int day, Dataset<Row> rows) {
    return table
        .writer()
        .fencedBy(fence(lease, number))
        .replaceDays(rows, DayRange.of(day(day)), note("number " + number));
  }

  private static Fence fence(String lease, long number) {
    return new Fence(Map.of(lease, number));
  }

  private static void assertBusy(Callable<?> write, String reason) {
    assertThatThrownBy(write::call)
        .satisfies(
            thrown -> {
              Throwable failure =
                  thrown instanceof java.util.concurrent.ExecutionException
                      ? thrown.getCause()
                      : thrown;
              assertThat(failure)
                  .isInstanceOf(MillraceException.class)
                  .hasMessageStartingWith("Cannot ")
                  .hasMessageContaining(reason)
                  .hasMessageContaining("nothing was written")
                  .extracting("category")
                  .isEqualTo(ErrorCategory.BUSY);
            });
  }
}
