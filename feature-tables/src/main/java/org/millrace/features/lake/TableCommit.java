package org.millrace.features.lake;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Optional;

/**
 * A commit in a table's log.
 *
 * @param version that it made
 * @param note its {@code userMetadata} as it is; empty if it has none
 * @param changesData true if it added or removed rows; a commit that only makes the table, records
 *     fencing numbers or moves rows to other files does not
 * @param writtenAt when the storage got it, by the storage's clock
 */
public record TableCommit(
    long version, Optional<String> note, boolean changesData, Instant writtenAt) {
  /** Checks that all is present. */
  public TableCommit {
    requireNonNull(note, "note is null");
    requireNonNull(writtenAt, "writtenAt is null");
  }
}
