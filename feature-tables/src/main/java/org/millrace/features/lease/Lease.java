package org.millrace.features.lease;

import java.time.LocalDate;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.millrace.contracts.Claim;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Partition;
import org.millrace.features.lake.Fence;

/**
 * The right to work on some partitions. Its numbers go into every commit that writes them.
 *
 * <p>Placement: driver only. Thread-safe.
 */
public final class Lease implements AutoCloseable {
  private final Leases leases;
  private final Map<Claim, Long> numbers;
  private final List<Long> granted;

  /**
   * @param numbers fencing number by claim, also of those that the attempt held before
   * @param granted numbers that this lease gives back when it is closed
   */
  Lease(Leases leases, Map<Claim, Long> numbers, List<Long> granted) {
    this.leases = leases;
    this.numbers = Collections.unmodifiableMap(new LinkedHashMap<>(numbers));
    this.granted = List.copyOf(granted);
  }

  /** What it covers. */
  public Collection<Claim> claims() {
    return numbers.keySet();
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
    for (long number : numbers.values().stream().distinct().toList()) {
      if (!leases.isHeld(number)) {
        throw new MillraceException(
            ErrorCategory.BUSY,
            "Cannot go on with "
                + claims()
                + ": the lease was taken over by another run, since it was not renewed in time;"
                + " nothing more is published here, run again when that run has ended");
      }
    }
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

  /** Gives back what was granted for this lease. */
  @Override
  public void close() {
    if (!granted.isEmpty()) {
      leases.release(granted);
    }
  }
}
