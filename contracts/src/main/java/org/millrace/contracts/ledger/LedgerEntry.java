package org.millrace.contracts.ledger;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.millrace.contracts.Output;
import org.millrace.contracts.Partition;
import org.millrace.contracts.RowCounts;
import org.millrace.contracts.Status;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.Withdrawal;

/**
 * One partition of an object, as it was done.
 *
 * @param object table or model, such as {@code features.origin_weather}
 * @param partition the day, hour, or whole
 * @param status what is said of it
 * @param fingerprint of the definition and of all inputs; the same one means the same content
 * @param runKey intent that did it
 * @param attempt start of the program that did it; empty in entries of earlier releases
 * @param inputVersions JSON of table to version
 * @param output version that holds it
 * @param rows what became of the rows that were read for it
 * @param outputRows rows of the partition in the output's version, superseded ones included; empty
 *     if that is not a table, and in entries of earlier releases
 * @param verdict of {@code validate} {@code PASS}; of {@code ingest} {@code PASS} or {@code WARN};
 *     of the gate a word of {@link org.millrace.contracts.GateDecision.Verdict}; {@code -} if
 *     nothing is judged
 * @param withdrawal who took back what was there before, and why; empty unless the status is
 *     WITHDRAWN, whose other facts are of what is in force again
 * @param model the version that scored it, such as {@code late_flight/3}; empty if none did, and in
 *     entries of earlier releases
 * @param definitions hash of the definitions that the run was given, under which the lake keeps
 *     them; empty in entries of earlier releases
 * @param inputsFingerprint of a day of a view, of its inputs alone, without the definition; empty
 *     elsewhere, and in entries of earlier releases
 * @param finishedAt when it became visible, by the writer's clock; it orders nothing
 * @param sequence place in the order of entries: the ledger's version that brought it; -1 before it
 *     is appended, and in entries of earlier releases
 */
public record LedgerEntry(
    String object,
    Partition partition,
    Status status,
    String fingerprint,
    String runKey,
    String attempt,
    String inputVersions,
    Output output,
    RowCounts rows,
    OptionalLong outputRows,
    String verdict,
    Optional<Withdrawal> withdrawal,
    Optional<String> model,
    Optional<String> definitions,
    Optional<String> inputsFingerprint,
    Instant finishedAt,
    long sequence) {
  /** Checks that all is present. */
  public LedgerEntry {
    requireNonNull(object, "object is null");
    requireNonNull(partition, "partition is null");
    requireNonNull(status, "status is null");
    requireNonNull(fingerprint, "fingerprint is null");
    requireNonNull(output, "output is null");
    requireNonNull(outputRows, "outputRows is null");
    requireNonNull(withdrawal, "withdrawal is null");
    requireNonNull(model, "model is null");
    requireNonNull(definitions, "definitions is null");
    requireNonNull(inputsFingerprint, "inputsFingerprint is null");
    requireNonNull(finishedAt, "finishedAt is null");
  }

  /** An entry to be: DONE, no rows, not judged, unless said otherwise. */
  public static Builder of(String object, Partition partition) {
    return new Builder(object, partition);
  }

  /**
   * The entries of a commit, one for each partition that its note names.
   *
   * @param table the table and the version that the commit made
   * @param rowsInTable rows of each partition at that version; absent if they are unknown
   */
  public static List<LedgerEntry> of(
      TableVersion table, CommitNote note, Map<Partition, Long> rowsInTable, Instant finishedAt) {
    List<LedgerEntry> entries = new ArrayList<>();
    note.partitions()
        .forEach(
            (partition, made) -> {
              Builder entry =
                  of(table.table(), partition)
                      .made(note, made)
                      .output(new Output.Table(table.version()));
              Optional.ofNullable(rowsInTable.get(partition)).ifPresent(entry::outputRows);
              entries.add(entry.finishedAt(finishedAt));
            });
    return entries;
  }

  /** The table version that holds it; empty if the output is no table. */
  public OptionalLong tableVersion() {
    return output instanceof Output.Table table
        ? OptionalLong.of(table.number())
        : OptionalLong.empty();
  }

  /** True if there is something to read: it was made, and not all of it was taken back. */
  public boolean isReadable() {
    return status == Status.DONE || (status == Status.WITHDRAWN && rows.accepted() > 0);
  }

  /** The same entry at its place in the order of entries. */
  public LedgerEntry at(long place) {
    return new LedgerEntry(
        object,
        partition,
        status,
        fingerprint,
        runKey,
        attempt,
        inputVersions,
        output,
        rows,
        outputRows,
        verdict,
        withdrawal,
        model,
        definitions,
        inputsFingerprint,
        finishedAt,
        place);
  }

  /** Collects what is known of an entry; {@link #finishedAt} ends it. */
  public static final class Builder {
    private final String object;
    private final Partition partition;
    private Status status = Status.DONE;
    private String fingerprint = "";
    private String runKey = "";
    private String attempt = "";
    private String inputVersions = "{}";
    private Output output = new Output.None();
    private RowCounts rows = RowCounts.NONE;
    private OptionalLong outputRows = OptionalLong.empty();
    private String verdict = PartitionNote.UNJUDGED;
    private Optional<Withdrawal> withdrawal = Optional.empty();
    private Optional<String> model = Optional.empty();
    private Optional<String> definitions = Optional.empty();
    private Optional<String> inputsFingerprint = Optional.empty();

    private Builder(String object, Partition partition) {
      this.object = object;
      this.partition = partition;
    }

    /** That it is being written, so that what its table has of it is unknown. */
    public Builder pending() {
      status = Status.PENDING;
      return this;
    }

    /** Who made it, from what: as a commit's note says it. */
    public Builder made(CommitNote note, PartitionNote made) {
      runKey = note.runKey();
      attempt = note.attempt();
      // the commit that made it read others than the one that wrote its rows again
      boolean isRewritten = made.rewrittenFrom().isPresent();
      inputVersions = isRewritten ? "{}" : CommitNote.versionsJson(note.inputs());
      definitions = isRewritten ? Optional.empty() : note.definitions();
      inputsFingerprint = made.inputsFingerprint();
      fingerprint = made.fingerprint();
      rows = made.rows();
      verdict = made.verdict();
      withdrawal = made.withdrawal();
      model = made.model();
      status = withdrawal.isPresent() ? Status.WITHDRAWN : status;
      return this;
    }

    /** Where it can be found. */
    public Builder output(Output made) {
      output = made;
      return this;
    }

    /** Rows of the partition in the output's version; unknown if it is not called. */
    public Builder outputRows(long inTable) {
      outputRows = OptionalLong.of(inTable);
      return this;
    }

    /** The entry. */
    public LedgerEntry finishedAt(Instant when) {
      rows.requireBalanced(object + " of " + partition);
      return new LedgerEntry(
          object,
          partition,
          status,
          fingerprint,
          runKey,
          attempt,
          inputVersions,
          output,
          rows,
          outputRows,
          verdict,
          withdrawal,
          model,
          definitions,
          inputsFingerprint,
          when,
          -1);
    }
  }
}
