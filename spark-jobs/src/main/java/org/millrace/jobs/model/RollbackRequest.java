package org.millrace.jobs.model;

import static java.util.Objects.requireNonNull;

import java.time.LocalDate;
import java.util.Optional;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * What a person asks who gives an alias back.
 *
 * @param by the person's user name; empty if it is not known
 * @param reason why, one line; empty if none is given
 * @param to version that gets the alias; empty for the one that held it before
 * @param since first day whose predictions go back with the alias; empty to leave all days alone
 * @param allowsEmptyDays whether days are taken back too that no other version published
 * @param dryRun whether only what would be done is asked
 */
public record RollbackRequest(
    String by,
    String reason,
    Optional<String> to,
    Optional<LocalDate> since,
    boolean allowsEmptyDays,
    boolean dryRun) {
  /** Of a program that gives nothing back. */
  public static final RollbackRequest NONE =
      new RollbackRequest("", "", Optional.empty(), Optional.empty(), false, false);

  /** How the reason of a move begins that a person asked for. */
  static final String ROLLED_BACK = "rolled back";

  /** Checks that all is present. */
  public RollbackRequest {
    requireNonNull(by, "by is null");
    requireNonNull(reason, "reason is null");
    requireNonNull(to, "to is null");
    requireNonNull(since, "since is null");
    if (allowsEmptyDays && since.isEmpty()) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot take days back without a first day: --allow-empty-days is for days from --since on");
    }
  }

  /** As the history of the alias has the person. */
  public String who() {
    return by.isEmpty() ? "a person" : by;
  }

  /** As the history of the alias has the reason. */
  public String why() {
    return ROLLED_BACK + (reason.isEmpty() ? "" : ": " + reason);
  }
}
