package org.millrace.jobs.init;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.Outcome;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.definition.DefinitionLines;
import org.millrace.contracts.definition.Definitions;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.features.sql.CanonicalSql;
import org.millrace.features.testing.TestSpark;
import org.millrace.jobs.check.CheckDefinitions;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.testing.TestRooms;
import org.millrace.registry.testing.InMemoryRegistry;

/**
 * A pipeline as {@code init} writes it, run over days of which Sundays have no rows, with labels
 * that come up to five days later and some that never do: held against what the files say.
 */
@Tag("slow")
final class TestLatePipeline {
  private static final SparkSession SPARK = TestSpark.session();
  private static final LocalDate FIRST = LocalDate.parse("2024-03-01");
  private static final int DAYS = 45;
  private static final PrintStream SILENT =
      new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);

  @TempDir private Path home;
  private final InMemoryRegistry registry = new InMemoryRegistry(new InMemoryRegistry.Store());

  /** What the files say of a loan. */
  private record Loan(LocalDate day, Optional<LocalDateTime> knownAt, int came) {}

  private final Map<Long, Loan> loans = new HashMap<>();

  private void writeFiles() throws IOException {
    home = home.toRealPath();
    Random random = new Random(5);
    StringBuilder rows = new StringBuilder("Loan ID,customer,applied at,amount\n");
    StringBuilder outcomes = new StringBuilder("Loan ID,came,known at\n");
    for (int day = 0; day < DAYS; day++) {
      LocalDate date = FIRST.plusDays(day);
      if (date.getDayOfWeek() == DayOfWeek.SUNDAY) {
        continue;
      }

      for (int of = 0; of < 8; of++) {
        long id = 100L * day + of;
        int amount = random.nextInt(1000);
        int came = random.nextInt(1000) < amount ? 1 : 0;
        LocalDateTime asked = date.atTime(9 + of, 0);
        rows.append("%d,c%d,%s,%d\n".formatted(id, id % 9, text(asked), amount));
        LocalDateTime known = asked.plusMinutes(random.nextInt(5 * 24 * 60));
        boolean comes =
            random.nextInt(10) > 0 && known.isBefore(FIRST.plusDays(DAYS).atStartOfDay());
        if (comes) {
          outcomes.append("%d,%d,%s\n".formatted(id, came, text(known)));
        }

        loans.put(id, new Loan(date, comes ? Optional.of(known) : Optional.empty(), came));
      }
    }

    Files.createDirectories(home.resolve("loans"));
    Files.writeString(home.resolve("loans/all.csv"), rows);
    Files.writeString(home.resolve("outcomes.csv"), outcomes);
  }

  private static String text(LocalDateTime time) {
    return time.toString().replace('T', ' ') + (time.getSecond() == 0 ? ":00" : "");
  }

  @Test
  void trainsOnWhatWasKnownScoresEachDayAndJudgesWhatHasMatured() throws IOException {
    writeFiles();
    init();
    Definitions definitions = Definitions.load(home.resolve("mine"), home, new CanonicalSql());
    Pipeline pipeline = Pipeline.of(definitions, "loans");
    JobContext context = TestRooms.context(home.resolve("lake"), pipeline, () -> registry);
    DayRange all = new DayRange(FIRST, FIRST.plusDays(DAYS - 1L));

    JobResult run = TestRooms.job(context, new RunKey("loans", "run", all));

    assertThat(run.exitCode()).as("%s", run.toJsonLine()).isZero();
    assertTrainedOnWhatWasKnown(context, pipeline);
    LocalDate firstScored = pipeline.gate().days().to().plusDays(1);
    assertThat(context.ledger().entries("predictions.loans").firstKey()).isEqualTo(firstScored);
    assertThat(context.ledger().entries("predictions.loans").lastKey()).isEqualTo(all.to());
    assertThat(context.ledger().entries("monitoring.loans_quality").keySet())
        .as("days whose horizon has ended, but those on which nothing was asked")
        .containsExactlyElementsOf(
            new DayRange(firstScored, all.to().minusDays(5))
                .days().stream().filter(day -> day.getDayOfWeek() != DayOfWeek.SUNDAY).toList());

    JobContext again = TestRooms.context(home.resolve("lake"), pipeline, () -> registry);
    assertThat(TestRooms.job(again, new RunKey("loans", "run", all)).outcome())
        .isEqualTo(Outcome.NOTHING_TO_DO);
  }

  private void assertTrainedOnWhatWasKnown(JobContext context, Pipeline pipeline) {
    LocalDate cut = pipeline.gate().days().from();
    DayRange trained = pipeline.trainedDays();
    assertThat(trained.to()).isEqualTo(cut.minusDays(6));
    Dataset<Row> set = context.lake().read(context.lake().current("training.loans").orElseThrow());
    Map<Long, Row> found = new HashMap<>();
    set.collectAsList().forEach(row -> found.put(row.getAs("loan_id"), row));
    long expected = 0;
    for (Map.Entry<Long, Loan> loan : loans.entrySet()) {
      LocalDate day = loan.getValue().day();
      boolean isAsked =
          !day.isAfter(trained.to())
              || (!day.isBefore(cut) && !day.isAfter(pipeline.gate().days().to()));
      boolean isKnown =
          loan.getValue()
              .knownAt()
              .filter(at -> !at.toLocalDate().isAfter(day.plusDays(5)))
              .isPresent();
      if (isAsked && isKnown) {
        expected++;
        assertThat(found).containsKey(loan.getKey());
        Row row = requireNonNull(found.get(loan.getKey()));
        assertThat((Integer) row.getAs("came")).isEqualTo(loan.getValue().came());
        Instant known = row.getAs("came_known_at");
        assertThat(known)
            .isEqualTo(loan.getValue().knownAt().get().atZone(TypedAnswers.ZONE).toInstant());
        if (day.isBefore(cut)) {
          assertThat(known).isBefore(cut.atStartOfDay(TypedAnswers.ZONE).toInstant());
        }
      }
    }

    assertThat(found).hasSize((int) expected);
  }

  private void init() {
    InitRequest request =
        CompleteAnswers.complete(
            new TypedAnswers("loans").labelAfter("5d").in(home),
            SPARK,
            new BufferedReader(new StringReader("")),
            SILENT);
    InitPipeline.Check check =
        (lake, definitions) ->
            new CheckDefinitions(
                    lake, definitions, DefinitionLines.of(definitions.conf(), home), SILENT, 0)
                .check();
    JobResult result = new InitPipeline(SPARK, request, check, (room, text) -> {}, SILENT).write();
    assertThat(result.exitCode()).as(result.message()).isZero();
  }
}
