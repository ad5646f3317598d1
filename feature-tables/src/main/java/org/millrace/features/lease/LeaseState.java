package org.millrace.features.lease;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.millrace.contracts.Claim;

/**
 * All leases that are held, at one number of the lease log.
 *
 * @param held those in force, also of holders that may have died
 * @param start the log's numbers continue after this one; 0 except in its first file
 */
record LeaseState(@JsonProperty("held") List<Grant> held, @JsonProperty("start") long start) {
  static final LeaseState EMPTY = new LeaseState(List.of());

  /** Copies the list. */
  LeaseState {
    held = List.copyOf(held);
  }

  LeaseState(List<Grant> held) {
    this(held, 0);
  }

  /** The state that a log starts with. */
  static LeaseState startingAfter(long number) {
    return new LeaseState(List.of(), number);
  }

  /**
   * One lease.
   *
   * @param number its fencing number: greater than that of every lease granted before
   * @param holder who has it
   * @param claims what it covers
   * @param since when it was granted, by the holder's clock
   * @param until when it ends unless it is renewed, by the holder's clock
   */
  record Grant(
      @JsonProperty("number") long number,
      @JsonProperty("holder") Holder holder,
      @JsonProperty("claims") List<Claim> claims,
      @JsonProperty("since") Instant since,
      @JsonProperty("until") Instant until) {
    /** Copies the list. */
    Grant {
      claims = List.copyOf(claims);
    }

    boolean isOver(Instant now) {
      return now.isAfter(until) || holder.isKnownDead();
    }

    boolean overlaps(List<Claim> wanted) {
      return claims.stream().anyMatch(own -> wanted.stream().anyMatch(own::overlaps));
    }

    Grant renewed(Instant end) {
      return new Grant(number, holder, claims, since, end);
    }
  }

  Optional<Grant> find(Predicate<Grant> wanted) {
    return held.stream().filter(wanted).findFirst();
  }

  Optional<Grant> numbered(long number) {
    return find(grant -> grant.number() == number);
  }

  LeaseState without(Predicate<Grant> gone) {
    return new LeaseState(held.stream().filter(gone.negate()).toList());
  }

  LeaseState with(Grant grant) {
    List<Grant> all = new ArrayList<>(held);
    all.add(grant);
    return new LeaseState(all);
  }
}
