package org.millrace.jobs.model;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * What a person asks who gives an alias back.
 *
 * @param by the person's user name; empty if it is not known
 * @param reason why, one line; empty if none is given
 * @param to version that gets the alias; empty for the one that held it before
 * @param dryRun whether only what would be done is asked
 */
public record RollbackRequest(String by, String reason, Optional<String> to, boolean dryRun) {
  /** Checks that all is present. */
  public RollbackRequest {
    requireNonNull(by, "by is null");
    requireNonNull(reason, "reason is null");
    requireNonNull(to, "to is null");
  }

  /** As the history of the alias has the person. */
  public String who() {
    return by.isEmpty() ? "a person" : by;
  }

  /** As the history of the alias has the reason. */
  public String why() {
    return "rolled back" + (reason.isEmpty() ? "" : ": " + reason);
  }
}
