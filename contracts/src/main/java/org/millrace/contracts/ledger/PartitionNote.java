package org.millrace.contracts.ledger;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Optional;
import java.util.OptionalLong;
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
 * @param withdrawal that the commit takes a publication back; then {@code fingerprint}, {@code
 *     rows} and {@code model} are of what is in force again
 * @param model the version that scored it, such as {@code late_flight/3}; empty if none did, and in
 *     notes of earlier releases
 * @param rewrittenFrom the version of the table that made it, if the commit only writes its rows
 *     again, with the same values: what the ledger says of that version stays true
 * @param inputsFingerprint of a day of a view, of its inputs alone, without the definition; empty
 *     elsewhere, and in notes of earlier releases
 */
public record PartitionNote(
    @JsonProperty("fingerprint") String fingerprint,
    @JsonProperty("rows") RowCounts rows,
    @JsonProperty("verdict") String verdict,
    @JsonProperty("withdrawal") @JsonInclude(JsonInclude.Include.NON_ABSENT)
        Optional<Withdrawal> withdrawal,
    @JsonProperty("model") @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<String> model,
    @JsonProperty("rewritten_from") @JsonInclude(JsonInclude.Include.NON_ABSENT)
        OptionalLong rewrittenFrom,
    @JsonProperty("inputs_fingerprint") @JsonInclude(JsonInclude.Include.NON_ABSENT)
        Optional<String> inputsFingerprint) {
  /** Verdict of what nothing judges. */
  public static final String UNJUDGED = "-";

  /** Checks that all is present. */
  public PartitionNote {
    requireNonNull(fingerprint, "fingerprint is null");
    requireNonNull(rows, "rows is null");
    requireNonNull(verdict, "verdict is null");
    requireNonNull(withdrawal, "withdrawal is null");
    requireNonNull(model, "model is null");
    requireNonNull(rewrittenFrom, "rewrittenFrom is null");
    requireNonNull(inputsFingerprint, "inputsFingerprint is null");
  }

  /** A note of a partition that was made. */
  public PartitionNote(String fingerprint, RowCounts rows, String verdict) {
    this(
        fingerprint,
        rows,
        verdict,
        Optional.empty(),
        Optional.empty(),
        OptionalLong.empty(),
        Optional.empty());
  }

  /** The same note of a commit that takes a publication back. */
  public PartitionNote takingBack(Withdrawal taken) {
    return new PartitionNote(
        fingerprint, rows, verdict, Optional.of(taken), model, rewrittenFrom, inputsFingerprint);
  }

  /** The same note of what a version scored; empty for none. */
  public PartitionNote scoredBy(Optional<String> version) {
    return new PartitionNote(
        fingerprint, rows, verdict, withdrawal, version, rewrittenFrom, inputsFingerprint);
  }

  /** The same note of a commit that writes again what another version of the table made. */
  public PartitionNote rewrittenFrom(long version) {
    return new PartitionNote(
        fingerprint, rows, verdict, withdrawal, model, OptionalLong.of(version), inputsFingerprint);
  }

  /** The same note of a partition that was made from these inputs. */
  public PartitionNote readingInputs(String inputs) {
    return new PartitionNote(
        fingerprint, rows, verdict, withdrawal, model, rewrittenFrom, Optional.of(inputs));
  }
}
