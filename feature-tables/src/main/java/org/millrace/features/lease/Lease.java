package org.millrace.features.lease;

import java.time.Duration;
import java.time.LocalDate;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.Claim;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Partition;
import org.millrace.contracts.RunKey;
import org.millrace.features.lake.Fence;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right to work on some partitions. Its numbers go into every commit that writes them.
 *
 * <p>Placement: driver only. Thread-safe.
 */
public final class Lease implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Lease.class);

  private final Leases leases;
  private final Asked asked;
  private final Map<Claim, Long> numbers;
  private final List<Long> granted;

  /**
   * How a lease was asked for.
   *
   * @param attempt distinct for each start of the program
   * @param atMost how long to wait for other holders
   */
  record Asked(RunKey runKey, String attempt, Duration atMost) {}

  /**
   * @param numbers fencing number by claim, also of those that the attempt held before
   * @param granted numbers that this lease gives back when it is closed
   */
  Lease(Leases leases, Asked asked, Map<Claim, Long> numbers, List<Long> granted) {
    this.leases = leases;
    this.asked = asked;
    this.numbers = Collections.unmodifiableMap(new LinkedHashMap<>(numbers));
    this.granted = List.copyOf(granted);
  }

  /** What it covers. */
  public Collection<Claim> claims() {
    return numbers.keySet();
  }

  /**
   * Takes a lease of more for the same attempt, and waits for its holders as long as it did for
   * this one's.
   *
   * @throws MillraceException of category BUSY if another run holds one of the claims
   */
  public Lease also(List<Claim> more) {
    return leases.acquire(asked.runKey(), asked.attempt(), more, asked.atMost());
  }

  /**
   * Takes a lease of more for the same attempt without waiting: the holder of a part of it may be
   * about to ask for what this lease covers.
   *
   * @throws MillraceException of category BUSY if another run holds one of the claims
   */
  public Lease alsoAtOnce(List<Claim> more) {
    return leases.acquireAtOnce(asked, more);
  }

  /**
   * Does work under the lease. Where it fails after the lease was lost, that is why it failed,
   * whatever it says itself: its Spark jobs are cancelled then, and its commits are refused.
   *
   * @throws MillraceException of category BUSY, with the failure as its cause
   */
  public <T> T during(Supplier<T> work) {
    try {
      return work.get();
    } catch (Throwable e) { // Scala throws checked exceptions without declaring them
      if (isLost(e)) {
        throw lost(e);
      }

      throw e;
    }
  }

  private boolean isLost(Throwable failure) {
    try {
      return !isHeld();
    } catch (RuntimeException e) {
      LOG.warn("Cannot find out whether the lease of {} was lost: {}", claims(), e.toString());
      failure.addSuppressed(e);
      return false;
    }
  }

  /**
   * The numbers that a commit on some days of an object carries.
   *
   * @throws MillraceException of category BUSY if the lease was lost meanwhile
   * @throws IllegalArgumentException if the lease does not cover them
   */
  public Fence fence(String object, Collection<LocalDate> days) {
    Map<String, Long> ids = new TreeMap<>();
    for (LocalDate day : days) {
      ids.put(id(object, Partition.of(day)), number(new Claim(object, DayRange.of(day))));
    }

    return held(ids);
  }

  /** The number that a commit on the whole of an object carries; fails as the other does. */
  public Fence fence(String object) {
    return held(Map.of(id(object, Partition.whole()), number(Claim.whole(object))));
  }

  /**
   * The number that commits on some days of an object carry: greater than that of any earlier
   * holder, whatever the clocks were.
   *
   * @throws IllegalArgumentException if the lease does not cover them
   */
  public long number(String object, DayRange days) {
    return number(new Claim(object, days));
  }

  private Fence held(Map<String, Long> ids) {
    requireHeld();
    return new Fence(ids);
  }

  /**
   * Fails if another run has taken the lease over.
   *
   * @throws MillraceException of category BUSY
   */
  public void requireHeld() {
    if (!isHeld()) {
      throw lost(null);
    }
  }

  private boolean isHeld() {
    return leases.areHeld(numbers.values());
  }

  private MillraceException lost(@Nullable Throwable cause) {
    return new MillraceException(
        ErrorCategory.BUSY,
        "Cannot go on with "
            + claims()
            + ": the lease was taken over by another run, since it was not renewed in time;"
            + " nothing more is published here, run again when that run has ended",
        cause);
  }

  static String id(String object, Partition partition) {
    return "lease/" + object + "/" + partition.text();
  }

  private long number(Claim wanted) {
    return numbers.entrySet().stream()
        .filter(held -> held.getKey().covers(wanted))
        .mapToLong(Map.Entry::getValue)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "Cannot write " + wanted + ": the lease covers only " + claims()));
  }

  /**
   * Gives back what was granted for this lease. The work is done by then: a lease that cannot be
   * given back ends with its duration, or with this process.
   */
  @Override
  public void close() {
    if (granted.isEmpty()) {
      return;
    }

    try {
      leases.release(granted);
    } catch (RuntimeException e) {
      LOG.warn("Cannot give back the lease of {}, it ends by itself: {}", claims(), e.toString());
    }
  }
}
