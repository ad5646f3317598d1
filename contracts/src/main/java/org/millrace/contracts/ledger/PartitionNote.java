package org.millrace.contracts.ledger;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Optional;
import org.millrace.contracts.RowCounts;
import org.millrace.contracts.Withdrawal;

/**
 * What a commit says of one partition that it writes: enough to make the ledger's entry again.
 *
 * @param fingerprint of the definition and of all inputs of the partition
 * @param rows what became of the rows that were read for it
 * @param verdict of {@code validate} {@code PASS}; of {@code ingest} {@code PASS} or {@code WARN};
 *     of the gate a word of {@link org.millrace.contracts.GateDecision.Verdict}; {@code -} if
 *     nothing is judged
 * @param withdrawal that the commit takes a publication back; then {@code fingerprint} and {@code
 *     rows} are of what is in force again
 */
public record PartitionNote(
    @JsonProperty("fingerprint") String fingerprint,
    @JsonProperty("rows") RowCounts rows,
    @JsonProperty("verdict") String verdict,
    @JsonProperty("withdrawal") @JsonInclude(JsonInclude.Include.NON_ABSENT)
        Optional<Withdrawal> withdrawal) {
  /** Verdict of what nothing judges. */
  public static final String UNJUDGED = "-";

  /** Checks that all is present. */
  public PartitionNote {
    requireNonNull(fingerprint, "fingerprint is null");
    requireNonNull(rows, "rows is null");
    requireNonNull(verdict, "verdict is null");
    requireNonNull(withdrawal, "withdrawal is null");
  }

  /** A note of a partition that was made. */
  public PartitionNote(String fingerprint, RowCounts rows, String verdict) {
    this(fingerprint, rows, verdict, Optional.empty());
  }
}
