package org.millrace.features.lease;

import static java.util.Objects.requireNonNull;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.millrace.contracts.Claim;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.FaultPoint;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.RunKey;
import org.millrace.features.lake.Lake;
import org.millrace.features.lease.Lease.Asked;
import org.millrace.features.lease.LeaseLog.Numbered;
import org.millrace.features.lease.LeaseState.Grant;

/**
 * Grants leases: who works on which partitions of which objects. A second run that wants one of
 * them is refused before it works, and told who has it since when.
 *
 * <p>A lease ends when it is released, when its process is known to be dead (on the same machine),
 * or when it was not renewed for its duration. Clocks decide only how soon a lease can be taken
 * over; that the former holder publishes nothing afterwards is decided by the fencing number, which
 * its commits carry and the table compares ({@link org.millrace.features.lake.Fence}; the idea is
 * that of Burrows' Chubby sequencers, OSDI 2006).
 *
 * <p>Placement: driver only. Thread-safe.
 */
public final class Leases implements AutoCloseable {
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
  private static final int MOST_RACES = 200;

  private final Lake lake;
  private final LeaseLog log;
  private final Clock clock;
  private final Duration duration;
  private final Heartbeat heartbeat;

  /**
   * Leases of a lake, kept in {@code <lake>/ops/leases}.
   *
   * @param duration how long a lease stands without being renewed; it is renewed four times as
   *     often
   * @param onLost what to do when a lease was taken over although its holder lives, such as to
   *     cancel running work; called from the thread that renews
   */
  public Leases(Lake lake, Clock clock, Duration duration, Runnable onLost) {
    this.lake = requireNonNull(lake, "lake is null");
    this.clock = requireNonNull(clock, "clock is null");
    this.duration = requireNonNull(duration, "duration is null");
    this.log = new LeaseLog(lake.spark(), lake.root() + "/ops/leases");
    this.heartbeat = new Heartbeat(this::renew, duration.dividedBy(4), onLost);
  }

  /**
   * A lease that is held.
   *
   * @param holder who has it
   * @param claims what it covers
   * @param since when it was granted
   * @param isOver true if the next run that wants it gets it
   */
  public record Held(Holder holder, List<Claim> claims, Instant since, boolean isOver) {}

  /** All leases that are held now. */
  public List<Held> held() {
    Instant now = clock.instant();
    return log.newest().state().held().stream()
        .map(grant -> new Held(grant.holder(), grant.claims(), grant.since(), grant.isOver(now)))
        .toList();
  }

  /**
   * Takes a lease.
   *
   * @param attempt distinct for each start of the program; what this attempt holds already is not
   *     taken twice
   * @param wait how long to wait for other holders; zero to be refused at once
   * @throws MillraceException of category BUSY if another run holds one of the claims
   */
  public Lease acquire(RunKey runKey, String attempt, List<Claim> claims, Duration wait) {
    return acquire(new Asked(runKey, attempt, wait), claims, wait, ", or give --wait");
  }

  /** More for an attempt, without waiting for other holders. */
  Lease acquireAtOnce(Asked asked, List<Claim> claims) {
    return acquire(asked, claims, Duration.ZERO, "");
  }

  private Lease acquire(Asked asked, List<Claim> claims, Duration wait, String otherAdvice) {
    String attempt = asked.attempt();
    long start = System.nanoTime();
    for (int race = 0; race < MOST_RACES; ) {
      Numbered newest = log.newest();
      Map<Claim, Long> own = own(newest.state(), attempt, claims);
      List<Claim> wanted = claims.stream().filter(claim -> !own.containsKey(claim)).toList();
      if (wanted.isEmpty()) {
        return new Lease(this, asked, own, List.of());
      }

      Instant now = clock.instant();
      Optional<Grant> other = other(newest.state(), attempt, wanted, now);
      if (other.isPresent()) {
        if (System.nanoTime() - start >= wait.toNanos()) {
          throw busy(asked.runKey(), wanted, other.get(), otherAdvice);
        }

        LockSupport.parkNanos(POLL_NANOS);
      } else {
        Optional<Lease> lease = grant(newest, asked, wanted, own, now);
        if (lease.isPresent()) {
          return lease.get();
        }

        race++;
      }
    }

    throw new MillraceException(
        ErrorCategory.BUSY,
        "Cannot take the lease of "
            + claims
            + ": other programs took or gave back leases "
            + MOST_RACES
            + " times meanwhile; run again");
  }

  private static Map<Claim, Long> own(LeaseState state, String attempt, List<Claim> claims) {
    Map<Claim, Long> own = new LinkedHashMap<>();
    for (Grant grant : state.held()) {
      if (grant.holder().attempt().equals(attempt)) {
        claims.stream()
            .filter(claim -> grant.claims().stream().anyMatch(held -> held.covers(claim)))
            .forEach(claim -> own.put(claim, grant.number()));
      }
    }

    return own;
  }

  private static Optional<Grant> other(
      LeaseState state, String attempt, List<Claim> wanted, Instant now) {
    return state.find(
        grant ->
            !grant.holder().attempt().equals(attempt)
                && grant.overlaps(wanted)
                && !grant.isOver(now));
  }

  private Optional<Lease> grant(
      Numbered newest, Asked asked, List<Claim> wanted, Map<Claim, Long> own, Instant now) {
    String attempt = asked.attempt();
    if (newest.number() < 0) {
      // of all programs that find no log, one sets the number that it starts after. If the log was
      // lost, that is greater than those in the tables, which grew by less than one a millisecond
      log.write(0, LeaseState.startingAfter(now.toEpochMilli()));
      return Optional.empty();
    }

    long number = newest.next();
    Holder holder = Holder.self(asked.runKey().toString(), attempt);
    Grant grant = new Grant(number, holder, wanted, now, now.plus(duration));
    List<Grant> over =
        newest.state().held().stream()
            .filter(old -> !old.holder().attempt().equals(attempt) && old.overlaps(wanted))
            .toList();
    if (!log.write(number, newest.state().without(over::contains).with(grant))) {
      return Optional.empty();
    }

    Map<Claim, Long> numbers = new LinkedHashMap<>(own);
    wanted.forEach(claim -> numbers.put(claim, number));
    Lease lease = new Lease(this, asked, numbers, List.of(number));
    heartbeat.keep(number);
    try {
      if (log.isPassed(number) && !isGranted(number, attempt)) {
        heartbeat.drop(List.of(number));
        return Optional.empty();
      }

      new Takeover(lake, asked.runKey(), attempt).fenceOff(over, lease, number);
    } catch (RuntimeException e) {
      restore(number, attempt, over); // the next one to take them over has to fence them off
      throw e;
    }

    FaultPoint.AFTER_LEASE.reached(asked.runKey().room());
    return Optional.of(lease);
  }

  /** True if the lease of this number is in force and is the attempt's. */
  private boolean isGranted(long number, String attempt) {
    return log.newest()
        .state()
        .numbered(number)
        .filter(grant -> grant.holder().attempt().equals(attempt))
        .isPresent();
  }

  /** Puts leases that were taken over back, in place of a lease. */
  private void restore(long number, String attempt, List<Grant> over) {
    heartbeat.drop(List.of(number));
    change(
        state -> {
          LeaseState restored =
              state.without(
                  grant -> grant.number() == number && grant.holder().attempt().equals(attempt));
          for (Grant grant : over) {
            restored = state.numbered(grant.number()).isPresent() ? restored : restored.with(grant);
          }

          return restored;
        });
  }

  private MillraceException busy(
      RunKey runKey, List<Claim> wanted, Grant other, String otherAdvice) {
    List<Claim> clash = wanted.stream().filter(claim -> other.overlaps(List.of(claim))).toList();
    return new MillraceException(
        ErrorCategory.BUSY,
        "Cannot start "
            + runKey
            + ": "
            + clash.get(0)
            + (clash.size() > 1 ? " and " + (clash.size() - 1) + " more" : "")
            + " is held by "
            + other.holder()
            + " since "
            + other.since()
            + "; run again when it has ended"
            + otherAdvice);
  }

  /** True if an attempt holds a claim now, and is not known to have ended. */
  public boolean isAtWork(String attempt, Claim claim) {
    Instant now = clock.instant();
    return log.newest()
        .state()
        .find(
            grant ->
                grant.holder().attempt().equals(attempt)
                    && grant.claims().stream().anyMatch(held -> held.covers(claim))
                    && !grant.isOver(now))
        .isPresent();
  }

  /** True if all these leases are still in force. */
  boolean areHeld(Collection<Long> numbers) {
    LeaseState now = log.newest().state();
    return numbers.stream().allMatch(number -> now.numbered(number).isPresent());
  }

  void release(List<Long> numbers) {
    heartbeat.drop(numbers);
    change(state -> state.without(grant -> numbers.contains(grant.number())));
  }

  /** Changes the newest state, once. Without success, leases end with their duration. */
  private void change(UnaryOperator<LeaseState> wanted) {
    for (int race = 0; race < MOST_RACES; race++) {
      Numbered newest = log.newest();
      LeaseState next = wanted.apply(newest.state());
      if (newest.number() < 0 || next.equals(newest.state())) {
        return;
      }

      long number = newest.next();
      if (log.write(number, next) && !log.isPassed(number)) {
        return;
      }
    }
  }

  /** Renews; returns those that are no longer in force. */
  private List<Long> renew(List<Long> numbers) {
    for (int race = 0; race < MOST_RACES; race++) {
      Numbered newest = log.newest();
      Instant end = clock.instant().plus(duration);
      List<Long> lost = new ArrayList<>(numbers);
      List<Grant> renewed = new ArrayList<>();
      for (Grant grant : newest.state().held()) {
        lost.remove((Object) grant.number());
        renewed.add(numbers.contains(grant.number()) ? grant.renewed(end) : grant);
      }

      if (lost.size() == numbers.size() || log.write(newest.next(), new LeaseState(renewed))) {
        return lost;
      }
    }

    return List.of(); // tried again at the next beat
  }

  /** Ends the thread that renews; leases that are held stand until their duration is over. */
  @Override
  public void close() {
    heartbeat.close();
  }
}
