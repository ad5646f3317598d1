package org.millrace.contracts;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a run wants for itself while it works: an object's days, or the whole of an object.
 *
 * @param object as the ledger names it, such as {@code features.origin_weather}
 * @param days the days; null for the whole
 */
public record Claim(
    @JsonProperty("object") String object, @JsonProperty("days") @Nullable DayRange days) {
  /** Checks that the object is named. */
  public Claim {
    requireNonNull(object, "object is null");
  }

  /** The whole of an object. */
  public static Claim whole(String object) {
    return new Claim(object, null);
  }

  /** True if the two cannot be held by two runs at once. */
  public boolean overlaps(Claim other) {
    return object.equals(other.object)
        && (days == null
            || other.days == null
            || !(days.to().isBefore(other.days.from()) || other.days.to().isBefore(days.from())));
  }

  /** True if who holds this one may also work on the other. */
  public boolean covers(Claim other) {
    return object.equals(other.object)
        && (days == null
            || (other.days != null
                && days.contains(other.days.from())
                && days.contains(other.days.to())));
  }

  /** The partitions that are claimed. */
  public List<Partition> partitions() {
    return days == null
        ? List.of(Partition.whole())
        : days.days().stream().map(Partition::of).toList();
  }

  /** {@code features.origin_weather of 2013-12-01}. */
  @Override
  public String toString() {
    return days == null ? object : object + " of " + days;
  }
}
