package org.millrace.jobs.room;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.spark.SparkException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.millrace.contracts.Claim;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.FailureLog;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Outcome;
import org.millrace.contracts.RowCounts;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.Verb;
import org.millrace.features.lease.Lease;
import org.millrace.features.lease.Leases;
import org.millrace.features.testing.TestSpark;
import org.millrace.jobs.tables.RunsTable;
import org.millrace.jobs.testing.TestRooms;

/** Whatever a room does, its runner ends with a result, and leaves nothing held. */
@Tag("slow")
class TestRoomRunner {
  private static final RunKey KEY = TestRooms.key("score", "2013-12-01", "2013-12-02");

  @TempDir Path directory;

  private final List<String> said = new ArrayList<>();
  private JobContext context;
  private RoomRunner runner;
  private List<Claim> claims;

  @BeforeEach
  void aLakeWithoutAnything() {
    context = started();
    runner = new RoomRunner(context, Duration.ZERO, Optional.of(new FailureLog(directory)));
    claims = Claims.of(Verb.SCORE, context.pipeline(), KEY.days());
    TestSpark.session().sparkContext().setJobGroup("outer", "what was there before", false);
  }

  @AfterEach
  void noJobGroup() {
    TestSpark.session().sparkContext().clearJobGroup();
  }

  /** A newly started program. */
  private JobContext started() {
    JobContext plain = TestRooms.context(directory.resolve("lake"));
    return new JobContext(
        plain.spark(),
        plain.pipeline(),
        plain.lake(),
        plain.ledger(),
        plain.leases(),
        plain.registry(),
        plain.clock(),
        plain.home(),
        plain.attempt(),
        (room, text) -> said.add(room + ": " + text));
  }

  private record Said(boolean isIdle, RowCounts rows) implements RoomResult {
    @Override
    public String message() {
      return isIdle ? "Had all" : "Did it";
    }

    @Override
    public Map<String, Long> counts() {
      return Map.of("sessions", 2L);
    }
  }

  /** A room that does what a test wants. */
  private record FakeRoom(Function<Lease, Said> work) implements Room<Said> {
    @Override
    public Verb verb() {
      return Verb.SCORE;
    }

    @Override
    public Said run(Lease lease) {
      return work.apply(lease);
    }
  }

  private static FakeRoom failing(Throwable failure) {
    return new FakeRoom(
        lease -> {
          TestRoomRunner.<RuntimeException>sneaky(failure);
          return new Said(false, RowCounts.NONE);
        });
  }

  /** Throws checked exceptions too, as Scala does without declaring them. */
  @SuppressWarnings("unchecked") // erased: nothing is cast
  private static <E extends Throwable> void sneaky(Throwable failure) throws E {
    throw (E) failure;
  }

  private static String property(String name) {
    return TestSpark.session().sparkContext().getLocalProperty(name);
  }

  private void assertNothingIsHeld() {
    assertThat(context.leases().held()).isEmpty();
    assertThat(property("spark.jobGroup.id")).isEqualTo("outer");
    assertThat(property("spark.job.description")).isEqualTo("what was there before");
  }

  @Test
  void aRoomThatDidItsWorkHasAResultLine() {
    List<String> seen = new ArrayList<>();
    JobResult result =
        runner.run(
            new FakeRoom(
                lease -> {
                  seen.add(property("spark.jobGroup.id"));
                  seen.add(property("spark.job.description"));
                  seen.add(lease.claims().toString());
                  return new Said(false, new RowCounts(10, 5, 2, 2, 1));
                }),
            KEY,
            claims);

    assertThat(seen)
        .containsExactly(
            "late_flight.score.2013-12-01_2013-12-02",
            "score late_flight 2013-12-01_2013-12-02",
            "[predictions.late_flight of 2013-12-01_2013-12-02]");
    assertThat(result.outcome()).isEqualTo(Outcome.DONE);
    assertThat(result.runKey()).isEqualTo(KEY.toString());
    assertThat(result.attempt()).isEqualTo(context.attempt());
    assertThat(result.message()).isEqualTo("Did it");
    assertThat(result.counts())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "rows_in", 10L,
                "rows_out", 5L,
                "rows_quarantined", 2L,
                "rows_refused", 2L,
                "rows_later", 1L,
                "sessions", 2L));
    assertThat(said).isEmpty();
    assertNothingIsHeld();
  }

  @Test
  void aRoomThatHadAllSaysSo() {
    JobResult result =
        runner.run(new FakeRoom(lease -> new Said(true, RowCounts.NONE)), KEY, claims);

    assertThat(result.outcome()).isEqualTo(Outcome.NOTHING_TO_DO);
    assertThat(result.exitCode()).isZero();
    assertThat(said).containsExactly("score: Had all");
    assertNothingIsHeld();
  }

  static Stream<Arguments> endings() {
    return Stream.of(
        Arguments.of(
            new MillraceException(ErrorCategory.DATA_CONTRACT, "Cannot do it"),
            ErrorCategory.DATA_CONTRACT),
        Arguments.of(new MillraceException(ErrorCategory.BUSY, "Cannot do it"), ErrorCategory.BUSY),
        Arguments.of(new IOException("No space left on device"), ErrorCategory.EXTERNAL),
        Arguments.of(new SparkException("odd"), ErrorCategory.INTERNAL),
        Arguments.of(new IllegalStateException("odd"), ErrorCategory.INTERNAL),
        Arguments.of(new StackOverflowError(), null),
        Arguments.of(new OutOfMemoryError("Java heap space"), null),
        Arguments.of(new NoClassDefFoundError("org/x/Y"), ErrorCategory.INTERNAL));
  }

  @ParameterizedTest
  @MethodSource("endings")
  void everyEndingIsAResult(Throwable failure, @Nullable ErrorCategory category) {
    JobResult result = runner.run(failing(failure), KEY, claims);

    assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
    ErrorCategory ended = requireNonNull(result.category(), "no category");
    if (category != null) {
      assertThat(ended).isEqualTo(category);
    }
    assertThat(result.exitCode()).isEqualTo(ended.exitCode()).isNotZero();
    assertThat(result.message()).isNotBlank();
    assertThat(result.attempt()).isEqualTo(context.attempt());
    if (failure instanceof MillraceException) {
      assertThat(result.log()).isEmpty();
    } else {
      assertThat(Path.of(result.log())).content().contains(failure.getClass().getName());
    }
    assertNothingIsHeld();
  }

  @Test
  void aRoomWhoseDaysAnotherRunHoldsIsNotOpened() {
    JobContext other = started();
    List<String> opened = new ArrayList<>();
    try (Lease held =
        other
            .leases()
            .acquire(
                TestRooms.key("run", "2013-12-02", "2013-12-02"),
                other.attempt(),
                Claims.of(
                    Verb.PUBLISH,
                    other.pipeline(),
                    TestRooms.key("run", "2013-12-02", "2013-12-02").days()),
                Duration.ZERO)) {
      held.requireHeld();

      JobResult result =
          runner.run(
              new FakeRoom(
                  lease -> {
                    opened.add("opened");
                    return new Said(false, RowCounts.NONE);
                  }),
              KEY,
              claims);

      assertThat(opened).isEmpty();
      assertThat(result.category()).isEqualTo(ErrorCategory.BUSY);
      assertThat(result.exitCode()).isEqualTo(75);
      assertThat(result.message())
          .startsWith(
              "Cannot start late_flight.score.2013-12-01_2013-12-02: predictions.late_flight")
          .contains("is held by late_flight.run.2013-12-02 (process ");
      assertThat(result.log()).isEmpty();
    }

    assertNothingIsHeld();
  }

  @Test
  void aRoomThatFailsAfterItsLeaseWasLostIsBusyWhateverItsFailureSays() {
    SparkException cancelled =
        new SparkException("Job 7 cancelled as part of cancellation of all jobs");
    JobResult result =
        runner.run(
            new FakeRoom(
                lease -> {
                  takeOver();
                  TestRoomRunner.<RuntimeException>sneaky(cancelled);
                  return new Said(false, RowCounts.NONE);
                }),
            KEY,
            claims);

    assertThat(result.category()).isEqualTo(ErrorCategory.BUSY);
    assertThat(result.exitCode()).isEqualTo(75);
    assertThat(result.message())
        .startsWith(
            "Cannot go on with [predictions.late_flight of 2013-12-01_2013-12-02]: the lease")
        .contains("was taken over by another run")
        .doesNotContain("defect");
    assertThat(Path.of(result.log())).content().contains("Job 7 cancelled as part of");
  }

  /** Another run, whose clock is far ahead, takes what this one holds. */
  private void takeOver() {
    Clock ahead = Clock.offset(context.clock(), Duration.ofHours(1));
    try (Leases others = new Leases(context.lake(), ahead, Duration.ofHours(1), () -> {})) {
      others.acquire(KEY, "other", claims, Duration.ZERO).requireHeld();
    }
  }

  @Test
  void aLeaseThatCannotBeGivenBackChangesNoResult() {
    Path leases = directory.resolve("lake/ops/leases");
    JobResult result =
        runner.run(
            new FakeRoom(
                lease -> {
                  try {
                    Files.writeString(leases.resolve("09000000000000000000.json"), "{");
                  } catch (IOException e) {
                    throw new UncheckedIOException(e);
                  }
                  return new Said(false, RowCounts.NONE);
                }),
            KEY,
            claims);

    assertThat(result.outcome()).isEqualTo(Outcome.DONE);
    assertThat(result.message()).isEqualTo("Did it");
  }

  @Test
  void roomsUnderOneLeaseKeepItUntilTheEnd() {
    List<Integer> held = new ArrayList<>();
    JobResult whole =
        runner.holding(
            TestRooms.key("run", "2013-12-01", "2013-12-02"),
            claims,
            () -> {
              runner.run(failing(new IOException("No space left on device")), KEY, claims);
              held.add(context.leases().held().size());
              JobResult second =
                  runner.run(new FakeRoom(lease -> new Said(false, RowCounts.NONE)), KEY, claims);
              held.add(context.leases().held().size());
              return second;
            });

    assertThat(whole.outcome()).isEqualTo(Outcome.DONE);
    assertThat(held).containsExactly(1, 1);
    assertNothingIsHeld();
  }

  @Test
  void whatEndsSeveralRoomsIsAResultToo() {
    JobResult whole =
        runner.holding(
            KEY,
            claims,
            () -> {
              TestRoomRunner.<RuntimeException>sneaky(new SparkException("odd"));
              return JobResult.nothingToDo(KEY.toString(), "Had all", 0);
            });

    assertThat(whole.category()).isEqualTo(ErrorCategory.INTERNAL);
    assertNothingIsHeld();
  }

  @Test
  void resultsAreKeptWithTheirPlaces() {
    JobResult first = JobResult.done("late_flight.score.2013-12-01", "A", Map.of(), Map.of(), 1);
    JobResult second = JobResult.nothingToDo("late_flight.publish.2013-12-01", "B", 2);

    String attempt = context.attempt();
    runner.keep(KEY, List.of(first.withAttempt(attempt), second.withAttempt(attempt)));

    assertThat(new RunsTable(context.lake()).newest("late_flight"))
        .extracting(RunsTable.Entry::verb)
        .containsExactly("score", "publish");
    assertThat(said).isEmpty();
  }

  @Test
  void resultsThatCannotBeKeptAreSaidAndChangeNothing() throws IOException {
    Files.createDirectories(directory.resolve("lake"));
    Files.writeString(directory.resolve("lake/warehouse"), "a file in the way");

    runner.keep(KEY, List.of(JobResult.nothingToDo(KEY.toString(), "Had all", 1)));

    assertThat(said)
        .singleElement()
        .asString()
        .startsWith("score: what was done is not in ops.runs: ");
  }
}
