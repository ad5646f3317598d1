package org.millrace.bench.run;

/** One contender cannot go on; the others can. */
public final class ContenderFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message says which contender, what it answered and where its log is
   */
  public ContenderFailedException(String message) {
    super(message);
  }

  /**
   * @param message says which contender and what it was asked
   */
  public ContenderFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
