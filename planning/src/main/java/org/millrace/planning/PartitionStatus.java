package org.millrace.planning;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.millrace.contracts.Partition;
import org.millrace.contracts.RowCounts;
import org.millrace.contracts.ledger.CommitNote;
import org.millrace.contracts.ledger.LedgerEntry;

/**
 * What is known of one partition: what the ledger says, whether its table agrees, and the run that
 * made it.
 *
 * @param object as the ledger names it
 * @param partition of it
 * @param state of the partition
 * @param detail what differs, or who took it back; may be empty
 * @param version of its table, or of the model; empty for none
 * @param path of its table; empty if it has none
 * @param rows what became of the rows that were read for it
 * @param rowsInTable rows of it in that version, superseded ones included
 * @param verdict of what judged it; {@code -} if nothing did
 * @param model the version that scored it, such as {@code late_flight/3}; empty if none did
 * @param runKey intent that made it
 * @param attempt start of the program that made it
 * @param finishedAt by the writer's clock
 * @param inputs versions that were read, by table
 * @param fingerprint of definitions and inputs
 * @param run what the run said of itself: its message, its facts such as links, and its log
 */
public record PartitionStatus(
    @JsonProperty("object") String object,
    @JsonProperty("partition") Partition partition,
    @JsonProperty("state") State state,
    @JsonProperty("detail") String detail,
    @JsonProperty("version") String version,
    @JsonProperty("path") String path,
    @JsonProperty("rows") RowCounts rows,
    @JsonProperty("rows_in_table") OptionalLong rowsInTable,
    @JsonProperty("verdict") String verdict,
    @JsonProperty("model") String model,
    @JsonProperty("run_key") String runKey,
    @JsonProperty("attempt") String attempt,
    @JsonProperty("finished_at") Instant finishedAt,
    @JsonProperty("inputs") Map<String, Long> inputs,
    @JsonProperty("fingerprint") String fingerprint,
    @JsonProperty("run") Map<String, String> run) {
  /** What can be said of a partition. */
  public enum State {
    /** Made, and its table agrees. */
    DONE,
    /** Being written, or cut off while it was. */
    CUT_OFF,
    /** Taken back. */
    WITHDRAWN,
    /** Its table says otherwise than the ledger. */
    CHANGED_OUTSIDE
  }

  /** Copies the maps. */
  public PartitionStatus {
    requireNonNull(object, "object is null");
    requireNonNull(partition, "partition is null");
    requireNonNull(state, "state is null");
    inputs = new LinkedHashMap<>(inputs);
    run = new LinkedHashMap<>(run);
  }

  /**
   * The status of what an entry is about.
   *
   * @param path of its table; empty if it has none
   * @param run what the run said of itself
   */
  public static PartitionStatus of(
      LedgerView ledger, LedgerEntry entry, String path, Map<String, String> run) {
    Optional<String> difference = ledger.difference(entry).map(found -> found.difference());
    Optional<String> withdrawal = entry.withdrawal().map(taken -> taken.text(entry.finishedAt()));
    return new PartitionStatus(
        entry.object(),
        entry.partition(),
        state(entry, difference.isPresent()),
        difference.or(() -> withdrawal).orElse(""),
        entry.output().version(),
        entry.tableVersion().isPresent() ? path : "",
        entry.rows(),
        entry.outputRows(),
        entry.verdict(),
        entry.model().orElse(""),
        entry.runKey(),
        entry.attempt(),
        entry.finishedAt(),
        CommitNote.readVersions(entry.inputVersions()),
        entry.fingerprint(),
        run);
  }

  private static State state(LedgerEntry entry, boolean isChanged) {
    if (isChanged) {
      return State.CHANGED_OUTSIDE;
    }

    return switch (entry.status()) {
      case DONE -> State.DONE;
      case PENDING -> State.CUT_OFF;
      case WITHDRAWN -> State.WITHDRAWN;
    };
  }
}
