package org.millrace.features.lake;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import org.millrace.contracts.ledger.CommitNote;

/** The newest commit that changed the data of a day or of a table, or why there is none to name. */
public sealed interface Touch {
  /**
   * A commit.
   *
   * @param version that changed the data
   * @param ours the note that one of our runs left; empty if another program wrote
   */
  record Commit(long version, Optional<CommitNote> ours) implements Touch {
    /** Checks that nothing is null. */
    public Commit {
      requireNonNull(ours, "ours is null");
    }

    /** {@code v6 by late_flight.ingest.2013-12-01}, {@code v6 by another program}. */
    public String by() {
      return "v" + version + " by " + ours.map(CommitNote::runKey).orElse("another program");
    }
  }

  /** The whole log was read, and no commit changed that data. */
  record Never() implements Touch {}

  /**
   * The log was cleaned up, and no commit that is left changed that data.
   *
   * @param oldest the oldest version that is left, later than 0
   */
  record Forgotten(long oldest) implements Touch {}
}
