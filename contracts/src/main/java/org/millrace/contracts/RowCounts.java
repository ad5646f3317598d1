package org.millrace.contracts;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Collection;

/**
 * What became of rows that were read: no row leaves uncounted, so {@code in} is the sum of the
 * others.
 *
 * @param in rows read
 * @param accepted rows in the object
 * @param quarantined rows set aside, to be looked at
 * @param refused rows left out because of a rule that the definition states
 * @param later rows that become known after the days asked for; a later run reaches them
 */
public record RowCounts(
    @JsonProperty("in") long in,
    @JsonProperty("accepted") long accepted,
    @JsonProperty("quarantined") long quarantined,
    @JsonProperty("refused") long refused,
    @JsonProperty("later") long later) {
  /** No rows. */
  public static final RowCounts NONE = new RowCounts(0, 0, 0, 0, 0);

  /** All rows read are in the object. */
  public static RowCounts accepted(long rows) {
    return new RowCounts(rows, rows, 0, 0, 0);
  }

  /** The counts of both together. */
  public RowCounts plus(RowCounts other) {
    return new RowCounts(
        in + other.in,
        accepted + other.accepted,
        quarantined + other.quarantined,
        refused + other.refused,
        later + other.later);
  }

  /** The counts of all together. */
  public static RowCounts sum(Collection<RowCounts> counts) {
    return counts.stream().reduce(NONE, RowCounts::plus);
  }

  /**
   * These counts, if they add up.
   *
   * @param what names the rows in the error
   * @throws MillraceException of category INTERNAL if a row is unaccounted for
   */
  public RowCounts requireBalanced(String what) {
    if (in != accepted + quarantined + refused + later) {
      throw new MillraceException(
          ErrorCategory.INTERNAL,
          "Cannot account for the rows of " + what + ": the parts of " + this + " do not add up");
    }

    return this;
  }

  /** {@code 10 in = 8 accepted + 0 quarantined + 1 refused + 1 later}. */
  @Override
  public String toString() {
    return "%d in = %d accepted + %d quarantined + %d refused + %d later"
        .formatted(in, accepted, quarantined, refused, later);
  }
}
