package org.millrace.contracts;

/** What the ledger says of a partition. */
public enum Status {
  /** It is being written: what its table has of it is unknown. */
  PENDING,
  /** It was made, and its output was visible when the entry was written. */
  DONE,
  /**
   * A person took back what was published last: the table shows what it showed before, or nothing.
   * A command that names the partition makes it again.
   */
  WITHDRAWN
}
