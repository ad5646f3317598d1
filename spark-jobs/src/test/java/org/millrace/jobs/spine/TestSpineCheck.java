package org.millrace.jobs.spine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.Definitions;
import org.millrace.contracts.definition.SpineDefinition;
import org.millrace.features.lake.Lake;
import org.millrace.features.testing.TestSpark;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.testing.TestRooms;

/** What a spine must show before anything is joined to it. Its day zone is New York's. */
@Tag("slow")
class TestSpineCheck {
  private static final LocalDate FIRST = LocalDate.parse("2013-03-09");
  private static final LocalDate SECOND = LocalDate.parse("2013-03-10");

  @TempDir Path home;

  private NavigableMap<LocalDate, Long> check(String... rows) {
    JobContext context = TestRooms.context(home.resolve("lake"));
    Lake lake = context.lake();
    SpineDefinition spine =
        Definitions.named(new PipelineDirectory(home).definitions().spines(), "spine", "s");
    Dataset<Row> asked =
        TestSpark.session()
            .sql(
                "SELECT id, CAST(as_of AS TIMESTAMP) AS as_of, CAST(day AS DATE) AS day FROM VALUES "
                    + String.join(", ", rows)
                    + " AS t(id, as_of, day)");
    return SpineCheck.requireSound(lake, spine, asked, List.of(FIRST, SECOND));
  }

  private void assertRefused(ErrorCategory category, String message, String... rows) {
    assertThatThrownBy(() -> check(rows))
        .isInstanceOfSatisfying(
            MillraceException.class, e -> assertThat(e.category()).isEqualTo(category))
        .hasMessageContaining(message);
  }

  @Test
  void soundRowsAreCountedByDay() {
    assertThat(
            check(
                "(1, '2013-03-09T12:00:00Z', '2013-03-09')",
                "(2, '2013-03-10T04:59:59Z', '2013-03-09')",
                "(3, '2013-03-10T05:00:00Z', '2013-03-10')"))
        .isEqualTo(Map.of(FIRST, 2L, SECOND, 1L));
  }

  @Test
  void anIdTwiceOnADayIsRefused() {
    assertRefused(
        ErrorCategory.DATA_CONTRACT,
        "Cannot use spine s of 2013-03-10: 2 rows have only 1 distinct [id]",
        "(1, '2013-03-09T12:00:00Z', '2013-03-09')",
        "(2, '2013-03-10T12:00:00Z', '2013-03-10')",
        "(2, '2013-03-10T13:00:00Z', '2013-03-10')");
  }

  @Test
  void anIdThatIsNullIsRefused() {
    assertRefused(
        ErrorCategory.DATA_CONTRACT,
        "Cannot use spine s of 2013-03-09: 1 rows have only 0 distinct [id]",
        "(CAST(null AS INT), '2013-03-09T12:00:00Z', '2013-03-09')",
        "(2, '2013-03-10T12:00:00Z', '2013-03-10')");
  }

  @Test
  void anAsOfOnAnotherDayOrNoneIsRefused() {
    assertRefused(
        ErrorCategory.DATA_CONTRACT,
        "Cannot use spine s of 2013-03-09: 2 rows have an as_of that is null or on another day",
        "(1, '2013-03-10T05:00:00Z', '2013-03-09')",
        "(2, null, '2013-03-09')",
        "(3, '2013-03-10T12:00:00Z', '2013-03-10')");
  }

  @Test
  void aDayWithoutRowsIsNotThereYet() {
    assertRefused(
        ErrorCategory.INPUT_MISSING,
        "Cannot use spine s of 2013-03-10: it has no rows; ingest that day first",
        "(1, '2013-03-09T12:00:00Z', '2013-03-09')");
  }
}
