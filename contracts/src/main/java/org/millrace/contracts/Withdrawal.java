package org.millrace.contracts;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * That a person took a publication back: who, why, and what. What chooses days by itself, such as a
 * catch-up, leaves such a day alone, and says so.
 *
 * @param by the person's user name; empty if the program did not know it
 * @param reason as the person wrote it; empty if none was given
 * @param fingerprint of what was taken back
 */
public record Withdrawal(
    @JsonProperty("by") String by,
    @JsonProperty("reason") String reason,
    @JsonProperty("fingerprint") String fingerprint) {
  /** Checks that all is present. */
  public Withdrawal {
    requireNonNull(by, "by is null");
    requireNonNull(reason, "reason is null");
    requireNonNull(fingerprint, "fingerprint is null");
  }

  /** {@code taken back by anna at 2014-01-02T12:00:00Z: a wrong model}. */
  public String text(Instant when) {
    return "taken back by "
        + (by.isEmpty() ? "an unknown user" : by)
        + " at "
        + when.truncatedTo(ChronoUnit.SECONDS)
        + ": "
        + (reason.isEmpty() ? "no reason was given" : reason);
  }
}
