package org.millrace.contracts;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * The one base of all expected failures. The message says what was tried, what was given, what is
 * allowed, and what to do next.
 */
public class MillraceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ErrorCategory category;

  /** A failure without an underlying one. */
  public MillraceException(ErrorCategory category, String message) {
    this(category, message, null);
  }

  /**
   * @param cause the underlying failure, or null where there is none
   */
  public MillraceException(ErrorCategory category, String message, @Nullable Throwable cause) {
    super(requireNonNull(message, "message is null"), cause);
    this.category = requireNonNull(category, "category is null");
  }

  /** What the caller may do about it. */
  public ErrorCategory category() {
    return category;
  }

  /**
   * Type, category and message: what is left of the failure of a task where Spark hands on nothing
   * but its text.
   */
  @Override
  @SuppressWarnings("OverrideThrowableToString") // the message stays the sentence alone
  public String toString() {
    return getClass().getName() + ": " + category + ": " + getMessage();
  }
}
