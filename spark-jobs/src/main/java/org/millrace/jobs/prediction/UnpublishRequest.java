package org.millrace.jobs.prediction;

import static java.util.Objects.requireNonNull;

import java.util.OptionalLong;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * What a person says beside the days.
 *
 * @param by the person's user name; empty if it is not known
 * @param reason why, one line; empty if none is given
 * @param seen version of the prediction table that the person looked at: what it has in force is
 *     taken back, also if that is what an earlier call brought back; empty to leave days alone that
 *     were taken back before
 */
public record UnpublishRequest(String by, String reason, OptionalLong seen) {
  /** Of a program that takes nothing back. */
  public static final UnpublishRequest NONE = new UnpublishRequest("", "", OptionalLong.empty());

  /** A reason is kept for each day, in commit and ledger. */
  private static final int MOST_CHARACTERS = 500;

  /**
   * Checks the texts.
   *
   * @throws MillraceException of category DEFINITION if the reason is no short line, or the version
   *     is negative
   */
  public UnpublishRequest {
    requireNonNull(by, "by is null");
    requireNonNull(seen, "seen is null");
    reason = reason.strip();
    if (reason.length() > MOST_CHARACTERS) {
      throw refused(reason.length() + " characters vs at most " + MOST_CHARACTERS + "; shorten it");
    }

    if (reason.chars().anyMatch(Character::isISOControl)) {
      throw refused("it has line breaks or other control characters; write it as one line");
    }

    if (seen.orElse(0) < 0) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot use version "
              + seen.getAsLong()
              + " of a table: the first is 0; give --seen a version that a message named");
    }
  }

  private static MillraceException refused(String why) {
    return new MillraceException(ErrorCategory.DEFINITION, "Cannot keep the reason: " + why);
  }
}
