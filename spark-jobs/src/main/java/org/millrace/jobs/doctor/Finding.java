package org.millrace.jobs.doctor;

import static java.util.Objects.requireNonNull;

import java.util.Locale;

/**
 * One thing that an examination found.
 *
 * @param kind what sort of thing
 * @param object table, model or other object
 * @param partitions ranges of days, such as {@code 2013-12-01, 2013-12-04_2013-12-09}; empty if the
 *     whole object is meant
 * @param text what differs, or what lies there, as a clause
 * @param remedy what to type or to do; empty if nothing
 */
record Finding(Kind kind, String object, String partitions, String text, String remedy) {
  /** Sorts of findings. */
  enum Kind {
    /** The ledger's entry and its table say different things. */
    CHANGED_OUTSIDE(true),
    /** A table has a partition that the ledger has no entry of. */
    NOT_IN_LEDGER(true),
    /** An entry announces work that did not end. */
    PENDING(true),
    /** A table, its log or staged rows cannot be read. */
    UNREADABLE(true),
    /** A version that a training set or a model was made from cannot be read any more. */
    PIN_GONE(true),
    /** Would be one of the above, but a run that holds its lease is at work on it. */
    AT_WORK(false),
    /** Whole staged rows that wait for the next room. */
    STAGED(false),
    /** Staged rows that were never sealed. */
    STAGED_UNFINISHED(false),
    /** A lease in force. */
    LEASE(false),
    /** A lease whose holder is dead, or did not renew it. */
    LEASE_OVER(false),
    /** Run records that wait for the registry. */
    OUTBOX(false),
    /** Entries that no commit's note can make again. */
    OUT_OF_REACH(false);

    private final boolean isDifference;

    Kind(boolean isDifference) {
      this.isDifference = isDifference;
    }

    /** True if ledger and tables do not agree, or something is lost; false if it is only listed. */
    boolean isDifference() {
      return isDifference;
    }

    /** As the result line counts it: {@code changed_outside}. */
    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Checks that all is present. */
  Finding {
    requireNonNull(kind, "kind is null");
    requireNonNull(object, "object is null");
    requireNonNull(partitions, "partitions is null");
    requireNonNull(text, "text is null");
    requireNonNull(remedy, "remedy is null");
  }

  /** {@code features.weather of 2013-12-01: it has 3 rows, ...; type `millrace ...`}. */
  @Override
  public String toString() {
    return object
        + (partitions.isEmpty() ? "" : " of " + partitions)
        + ": "
        + text
        + (remedy.isEmpty() ? "" : "; " + remedy);
  }
}
