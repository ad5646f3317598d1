package org.millrace.jobs.failure;

import static java.util.Objects.requireNonNull;

import org.millrace.contracts.ErrorCategory;

/**
 * How a run failed, in words.
 *
 * @param category decides the exit code
 * @param sentence what failed and what to do next; one line, unless a message of ours has several
 * @param isExpected true if the sentence says all: its trace helps no one
 */
public record Ending(ErrorCategory category, String sentence, boolean isExpected) {
  /** Checks that all is present. */
  public Ending {
    requireNonNull(category, "category is null");
    requireNonNull(sentence, "sentence is null");
  }
}
