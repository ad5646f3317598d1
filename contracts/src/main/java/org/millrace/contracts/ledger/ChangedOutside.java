package org.millrace.contracts.ledger;

import static java.util.Objects.requireNonNull;

import org.millrace.contracts.Partition;

/**
 * A partition that the ledger calls done and whose table says otherwise.
 *
 * @param object the table
 * @param partition its partition
 * @param difference what differs, as a clause: {@code its newest commit is v6, ...}
 */
public record ChangedOutside(String object, Partition partition, String difference) {
  /** Checks that all is present. */
  public ChangedOutside {
    requireNonNull(object, "object is null");
    requireNonNull(partition, "partition is null");
    requireNonNull(difference, "difference is null");
  }

  /** {@code raw.weather of 2013-11-03 was changed outside: ...}. */
  @Override
  public String toString() {
    return object + " of " + partition + " was changed outside: " + difference;
  }
}
