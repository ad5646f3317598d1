package org.millrace.jobs.model;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * What a person approves.
 *
 * @param by the person's user name; empty if it is not known
 * @param why one line; never empty
 * @param version that passes; empty for the newest one that awaits approval
 */
public record Approval(String by, String why, Optional<String> version) {
  /** How the reason of a verdict begins that a person gave. */
  public static final String APPROVED = "approved by ";

  /** Checks that all is present. */
  public Approval {
    requireNonNull(by, "by is null");
    requireNonNull(why, "why is null");
    requireNonNull(version, "version is null");
  }

  /** As the verdict's first reason. */
  public String sentence() {
    return APPROVED + (by.isEmpty() ? "a person" : by) + ": " + why;
  }
}
