package org.millrace.features.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileUtil;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.Claim;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.ledger.CommitNote;
import org.millrace.features.lake.Fence;
import org.millrace.features.lake.Lake;
import org.millrace.features.lake.TableWriter;
import org.millrace.features.testing.TestSpark;

/** Who works on what, and what becomes of those who stop. */
@Tag("slow")
class TestLeases {
  static final DayRange DAYS =
      new DayRange(LocalDate.parse("2013-12-01"), LocalDate.parse("2013-12-03"));
  static final String TABLE = "features.v";
  static final List<Claim> CLAIMS = List.of(new Claim(TABLE, DAYS), new Claim("raw.t", DAYS));
  static final RunKey KEY = new RunKey("m", "run", DAYS);
  private static final Instant NOW = Instant.parse("2014-01-02T12:00:00Z");
  private static final Duration DURATION = Duration.ofMinutes(5);

  @TempDir Path home;
  @TempDir Path signals;

  private Lake lake;

  @BeforeEach
  void noLeasesYet() {
    lake = new Lake(TestSpark.session(), home.toString(), ZoneOffset.UTC);
  }

  private Leases at(Instant now) {
    return new Leases(lake, Clock.fixed(now, ZoneOffset.UTC), DURATION, () -> {});
  }

  private static Lease acquire(Leases leases, String attempt, Claim... claims) {
    return leases.acquire(KEY, attempt, List.of(claims), Duration.ZERO);
  }

  private static void assertBusy(ThrowingCallable work, String message) {
    assertThatThrownBy(work)
        .isInstanceOfSatisfying(
            MillraceException.class, e -> assertThat(e.category()).isEqualTo(ErrorCategory.BUSY))
        .hasMessageContaining(message);
  }

  private static Claim day(String date) {
    return new Claim(TABLE, DayRange.of(LocalDate.parse(date)));
  }

  @Test
  void aSecondRunOfTheSameDaysIsRefusedAndToldWhoHoldsThem() {
    Lease held = acquire(at(NOW), "first", CLAIMS.toArray(Claim[]::new));

    assertBusy(
        () -> acquire(at(NOW.plusSeconds(60)), "second", day("2013-12-03"), Claim.whole("raw.t")),
        "Cannot start m.run.2013-12-01_2013-12-03: features.v of 2013-12-03 and 1 more is held by"
            + " m.run.2013-12-01_2013-12-03 (process "
            + ProcessHandle.current().pid()
            + " on "
            + Holder.self("", "").host()
            + ") since 2014-01-02T12:00:00Z; run again when it has ended, or give --wait");
    assertThat(ErrorCategory.BUSY.exitCode()).isEqualTo(75);

    held.close();
    assertThatCode(() -> acquire(at(NOW), "second", day("2013-12-03"))).doesNotThrowAnyException();
  }

  @Test
  void otherDaysAndOtherObjectsAreFree() {
    Leases leases = at(NOW);
    acquire(leases, "first", day("2013-12-01"));
    acquire(leases, "second", day("2013-12-02"), Claim.whole("model.m"));

    assertThat(leases.held())
        .extracting(held -> held.holder().attempt(), Leases.Held::isOver)
        .containsExactly(tuple("first", false), tuple("second", false));
  }

  @Test
  void whatAnAttemptHoldsIsNotTakenTwice() {
    Leases leases = at(NOW);
    Lease run = acquire(leases, "one", CLAIMS.get(0));

    Lease room = acquire(leases, "one", day("2013-12-02"));
    assertThat(room.fence(TABLE, List.of(LocalDate.parse("2013-12-02"))))
        .isEqualTo(run.fence(TABLE, List.of(LocalDate.parse("2013-12-02"))));
    room.close();

    run.requireHeld();
    assertBusy(() -> acquire(leases, "two", day("2013-12-02")), "is held by");
    assertThatThrownBy(() -> run.fence("raw.t", List.of(LocalDate.parse("2013-12-02"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Cannot write raw.t of 2013-12-02: the lease covers only");
  }

  @Test
  void whoWaitsGetsItWhenItIsGivenBack() throws Exception {
    Lease held = acquire(at(NOW), "first", CLAIMS.get(0));
    CompletableFuture<Lease> waiting =
        CompletableFuture.supplyAsync(
            () -> at(NOW).acquire(KEY, "second", CLAIMS, Duration.ofSeconds(60)));
    Thread.sleep(300);
    assertThat(waiting).isNotDone();

    held.close();

    waiting.get(20, TimeUnit.SECONDS).requireHeld();
  }

  @Test
  void whoWaitsInVainIsRefused() {
    acquire(at(NOW), "first", CLAIMS.get(0));
    long start = System.nanoTime();

    assertBusy(() -> at(NOW).acquire(KEY, "second", CLAIMS, Duration.ofMillis(600)), "is held by");

    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .isBetween(Duration.ofMillis(600), Duration.ofSeconds(30));
  }

  @Test
  void theLeaseOfAKilledProcessIsFreeAtOnce() throws Exception {
    try (OtherJvm other = OtherJvm.start("hold", home, signals, "held")) {
      assertBusy(
          () -> acquire(at(Instant.now()), "me", CLAIMS.get(0)), "(process " + other.pid() + " on");

      other.kill();

      Leases leases = at(Instant.now());
      assertThat(leases.held()).singleElement().matches(Leases.Held::isOver);
      acquire(leases, "me", CLAIMS.get(0)).requireHeld();
    }
  }

  @Test
  void whoDoesNotRenewLosesItAndPublishesNothing() {
    TableWriter writer = new TableWriter(lake, TABLE, "V", Map.of(), Optional.of("day"));
    CommitNote note = new CommitNote("k", "a", "f", List.of());
    writer.replaceDays(rows(1), DAYS, note);
    Lease paused = acquire(at(NOW), "paused", CLAIMS.toArray(Claim[]::new));
    var fence = paused.fence(TABLE, DAYS.days());
    assertBusy(() -> acquire(at(NOW.plus(DURATION)), "next", day("2013-12-02")), "is held by");

    Lease next = acquire(at(NOW.plus(DURATION).plusMillis(1)), "next", day("2013-12-02"));

    assertBusy(
        () -> writer.fencedBy(fence).replaceDays(rows(2), DAYS, note),
        "another run took over lease/features.v/2013-12-01, fencing number");
    assertBusy(paused::requireHeld, "the lease was taken over by another run");
    assertBusy(() -> paused.fence(TABLE, DAYS.days()), "nothing more is published here");
    next.requireHeld();
    writer
        .fencedBy(next.fence(TABLE, List.of(LocalDate.parse("2013-12-02"))))
        .replaceDays(rows(3), DayRange.of(LocalDate.parse("2013-12-02")), note);
    paused.close(); // gives back nothing of the new holder's
    next.requireHeld();
  }

  @Test
  void alsoTheClaimsThatTheNextHolderDoesNotWantAreFencedOffForTheirNextOne() {
    TableWriter writer = new TableWriter(lake, TABLE, "V", Map.of(), Optional.of("day"));
    CommitNote note = new CommitNote("k", "a", "f", List.of());
    writer.replaceDays(rows(1), DAYS, note);
    Lease paused = acquire(at(NOW), "paused", CLAIMS.get(0));
    var fence = paused.fence(TABLE, DAYS.days());
    Instant later = NOW.plus(DURATION).plusSeconds(1);

    acquire(at(later), "second", day("2013-12-02"));
    acquire(at(later), "third", day("2013-12-03"));

    LocalDate third = LocalDate.parse("2013-12-03");
    var ofThird =
        new Fence(
            Map.of(
                "lease/features.v/2013-12-03", fence.numbers().get("lease/features.v/2013-12-03")));
    assertBusy(
        () -> writer.fencedBy(ofThird).replaceDays(rows(0), DayRange.of(third), note),
        "another run took over lease/features.v/2013-12-03");
  }

  private static Dataset<Row> rows(long number) {
    StructType schema = StructType.fromDDL("day DATE, number BIGINT");
    List<Row> rows =
        number == 0 ? List.of() : List.of(RowFactory.create(LocalDate.parse("2013-12-02"), number));
    return TestSpark.session().createDataFrame(rows, schema);
  }

  @Test
  void numbersGrowAlsoWhenTheDirectoryIsLost() {
    LocalDate first = DAYS.from();
    long last = 0;
    for (int i = 0; i < 4; i++) {
      if (i == 2) {
        assertThat(FileUtil.fullyDelete(home.resolve("ops/leases").toFile())).isTrue();
      }

      try (Lease lease = acquire(at(NOW.plusSeconds(i)), "attempt " + i, CLAIMS.get(0))) {
        long number = lease.fence(TABLE, List.of(first)).numbers().values().iterator().next();
        assertThat(number).isGreaterThan(last);
        last = number;
      }
    }
  }

  @Test
  void twoProcessesNeverHoldItBoth() throws Exception {
    try (OtherJvm other = OtherJvm.start("race", home, signals, "ready")) {
      Files.createFile(signals.resolve("go"));
      assertThat(OtherHolder.race(lake, signals, "mine")).isZero();
      assertThat(other.lastLine()).isEqualTo("clashes 0");
    }

    assertThat(at(NOW).held()).isEmpty();
  }

  @Test
  void whoStartsTheLogTogetherWithAnotherHoldsNothing() {
    List<Lease> other = new ArrayList<>();
    Leases second =
        new Leases(
            lake,
            new InstantSource() {
              @Override
              public Instant instant() { // asked for between finding no log and starting it
                if (other.isEmpty()) {
                  other.add(acquire(at(NOW), "first", CLAIMS.get(0)));
                }

                return NOW.plusMillis(3);
              }
            }.withZone(ZoneOffset.UTC),
            DURATION,
            () -> {});

    assertBusy(() -> acquire(second, "second", CLAIMS.get(0)), "is held by");

    other.get(0).requireHeld();
  }

  @Test
  void whoSleepsWhileItsNumberComesAndGoesHoldsNothing() {
    Leases others = at(NOW);
    acquire(others, "before", day("2013-12-09")).close();
    List<Lease> other = new ArrayList<>();
    Leases sleeper =
        new Leases(
            lake,
            new InstantSource() {
              @Override
              public Instant instant() { // asked for between reading the log and writing to it
                if (other.isEmpty()) {
                  other.add(acquire(others, "other", CLAIMS.get(0)));
                  for (int i = 0; i < 15; i++) {
                    acquire(others, "passing " + i, day("2013-12-09")).close();
                  }
                }

                return NOW;
              }
            }.withZone(ZoneOffset.UTC),
            DURATION,
            () -> {});

    assertBusy(() -> acquire(sleeper, "sleeper", CLAIMS.get(0)), "is held by");

    other.get(0).requireHeld();
    assertThat(others.held()).hasSize(1);
  }

  @Test
  void oldFilesAreRemoved() throws IOException {
    Leases leases = at(NOW);
    for (int i = 0; i < 30; i++) {
      acquire(leases, "one", CLAIMS.get(0)).close();
    }

    try (Stream<Path> files = Files.list(home.resolve("ops/leases"))) {
      assertThat(files.filter(file -> file.toString().endsWith(".json"))).hasSize(20);
    }
  }

  @Test
  void whatCannotBeTidiedAwayTakesNoLeaseBack() throws IOException {
    Path old = home.resolve("ops/leases/00000000000000000001.json");
    Leases leases = at(NOW);
    acquire(leases, "before", CLAIMS.get(0)).close();
    Files.createDirectories(old);
    Files.createFile(old.resolve("a file in the way"));

    for (int i = 0; i < 25; i++) {
      try (Lease lease = acquire(leases, "attempt " + i, CLAIMS.get(0))) {
        lease.requireHeld();
      }
    }

    assertThat(old).isNotEmptyDirectory();
    assertThat(leases.held()).isEmpty();
  }

  @Test
  void aLeaseThatCannotBeGivenBackFailsNoWorkAndEndsWithItsDuration() throws IOException {
    Path unreadable = home.resolve("ops/leases/09000000000000000000.json");
    try (Lease lease = acquire(at(NOW), "first", CLAIMS.get(0))) {
      lease.requireHeld();
      Files.writeString(unreadable, "{");
    }

    Files.delete(unreadable);
    assertBusy(() -> acquire(at(NOW), "second", CLAIMS.get(0)), "is held by");
    acquire(at(NOW.plus(DURATION).plusMillis(1)), "second", CLAIMS.get(0)).requireHeld();
  }

  @Test
  void workThatFailsIsOfALostLeaseOnlyIfItWasLost() {
    IllegalStateException failure = new IllegalStateException("Job 7 cancelled");
    Lease lease = acquire(at(NOW), "mine", CLAIMS.get(0));
    assertThat(lease.<String>during(() -> "done")).isEqualTo("done");
    assertThatThrownBy(() -> fail(lease, failure)).isSameAs(failure);

    acquire(at(NOW.plus(DURATION).plusSeconds(1)), "next", CLAIMS.get(0));

    assertBusy(() -> fail(lease, failure), "the lease was taken over by another run");
    assertThatThrownBy(() -> fail(lease, failure)).hasCause(failure);
    assertThat(lease.<String>during(() -> "done before")).isEqualTo("done before");
  }

  private static void fail(Lease lease, RuntimeException failure) {
    lease.during(
        () -> {
          throw failure;
        });
  }

  @Test
  void moreIsWaitedForAsLongAsTheFirst() throws Exception {
    Claim whole = Claim.whole("raw.t");
    Lease other = acquire(at(NOW), "other", whole);
    Lease impatient = acquire(at(NOW), "impatient", day("2013-12-01"));
    Lease patient =
        at(NOW).acquire(KEY, "patient", List.of(day("2013-12-02")), Duration.ofSeconds(60));
    assertBusy(() -> impatient.also(List.of(whole)), "is held by");
    CompletableFuture<Lease> more =
        CompletableFuture.supplyAsync(() -> patient.also(List.of(whole)));
    Thread.sleep(300);
    assertThat(more).isNotDone();
    assertBusy(() -> patient.alsoAtOnce(List.of(whole)), "run again when it has ended");

    other.close();

    more.get(20, TimeUnit.SECONDS).requireHeld();
    patient.requireHeld();
  }

  @Test
  void anAttemptIsAtWorkOnWhatItHoldsAsLongAsItLives() {
    Leases leases = at(NOW);
    Lease lease = acquire(leases, "one", CLAIMS.get(0));

    assertThat(leases.isAtWork("one", day("2013-12-02"))).isTrue();
    assertThat(leases.isAtWork("two", day("2013-12-02"))).isFalse();
    assertThat(leases.isAtWork("one", day("2013-12-04"))).isFalse();
    assertThat(leases.isAtWork("one", Claim.whole(TABLE))).isFalse();
    assertThat(at(NOW.plus(DURATION).plusMillis(1)).isAtWork("one", day("2013-12-02"))).isFalse();

    lease.close();
    assertThat(leases.isAtWork("one", day("2013-12-02"))).isFalse();
  }

  @Test
  void aHolderThatLivesRenewsAndIsToldWhenItIsLost() throws Exception {
    AtomicInteger lost = new AtomicInteger();
    Duration brief = Duration.ofSeconds(2);
    try (Leases mine = new Leases(lake, Clock.systemUTC(), brief, lost::incrementAndGet)) {
      Lease lease = acquire(mine, "mine", CLAIMS.get(0));
      Thread.sleep(3 * brief.toMillis() / 2);
      Leases other = new Leases(lake, Clock.systemUTC(), DURATION, () -> {});
      assertBusy(() -> acquire(other, "other", CLAIMS.get(0)), "is held by");
      assertThat(lost).hasValue(0);

      acquire(at(Instant.now().plus(Duration.ofHours(1))), "ahead", CLAIMS.get(0));

      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
      while (lost.get() == 0 && System.nanoTime() < end) {
        Thread.sleep(20);
      }
      assertThat(lost).hasValue(1);
      assertBusy(lease::requireHeld, "the lease was taken over");
    }
  }

  @Test
  void aLeaseThatIsGivenBackIsNotLost() throws Exception {
    AtomicInteger lost = new AtomicInteger();
    try (Leases mine =
        new Leases(lake, Clock.systemUTC(), Duration.ofMillis(400), lost::incrementAndGet)) {
      acquire(mine, "mine", CLAIMS.get(0)).close();
      Thread.sleep(600);
    }

    assertThat(lost).hasValue(0);
  }
}
