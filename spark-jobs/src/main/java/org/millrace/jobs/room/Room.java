package org.millrace.jobs.room;

import org.millrace.contracts.Verb;
import org.millrace.features.lease.Lease;

/**
 * One verb's work on some days of a pipeline. A room reads tables, staged rows and the ledger, and
 * leaves tables, staged rows and ledger entries: rooms never call each other. What all rooms have
 * in common (lease, time, Spark's job group, result line, every way to end) is {@link
 * RoomRunner}'s.
 *
 * <p>Placement: driver only. Used once.
 *
 * @param <R> what it says of its work
 */
public interface Room<R extends RoomResult> {
  /** The verb that opens it. */
  Verb verb();

  /**
   * Does what is not done yet.
   *
   * @param lease covers what the room may write; its numbers go into every commit
   * @return what was done
   * @throws org.millrace.contracts.MillraceException if it cannot; what was finished before stays
   */
  R run(Lease lease);

  /**
   * After it ended with INPUT_MISSING: true if inputs of some partitions have yet to come, and all
   * others were made.
   */
  default boolean isOnlyNotReady() {
    return false;
  }
}
