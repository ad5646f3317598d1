package org.millrace.jobs.readonly;

import org.apache.hive.service.cli.HiveSQLException;

/**
 * The refusal of a statement. It is Hive's own exception, without a stack trace and with its
 * message as text, because the server sends an exception to a client as Java prints it: the client
 * sees the one sentence.
 */
final class RefusedStatement extends HiveSQLException {
  private static final long serialVersionUID = 1L;
  private static final String INSUFFICIENT_PRIVILEGE = "42501";

  private RefusedStatement(String message) {
    super(message, INSUFFICIENT_PRIVILEGE);
  }

  /**
   * The exception to throw.
   *
   * @param found what is refused, in words that follow "it has"
   */
  static RuntimeException because(String found) {
    return unchecked(
        new RefusedStatement(
            "Cannot run this statement: it has "
                + found
                + ", and this SQL server only reads (SELECT, SHOW, DESCRIBE, EXPLAIN, USE);"
                + " start it with --allow-writes to do more"));
  }

  @Override
  public synchronized Throwable fillInStackTrace() {
    return this; // where our parser stands in Spark's tells a client nothing
  }

  @Override
  @SuppressWarnings("OverrideThrowableToString") // a client is sent this text, not the message
  public String toString() {
    return String.valueOf(getMessage());
  }

  /** Spark's parser declares no checked exception but its own. */
  @SuppressWarnings("unchecked") // erased: whatever is thrown passes
  private static <E extends Exception> RuntimeException unchecked(Exception e) throws E {
    throw (E) e;
  }
}
