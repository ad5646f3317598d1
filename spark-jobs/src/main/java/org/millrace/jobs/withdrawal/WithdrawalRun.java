package org.millrace.jobs.withdrawal;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.Verb;
import org.millrace.contracts.Withdrawal;
import org.millrace.contracts.ledger.CommitNote;
import org.millrace.contracts.ledger.PartitionNote;
import org.millrace.contracts.registry.RunRecord;
import org.millrace.jobs.lineage.Lineage;
import org.millrace.jobs.room.JobContext;

/**
 * Predictions that were taken back or put in force again, as the registry shows it: what, by whom,
 * why. Driver only.
 */
final class WithdrawalRun {
  private WithdrawalRun() {}

  /**
   * The record of a commit; of the same commit always the same run.
   *
   * @param note what the commit says of itself
   * @param taken its days
   */
  static RunRecord record(
      JobContext context, TableVersion table, CommitNote note, List<TakenDay> taken) {
    Instant now = context.clock().instant();
    long inForce = taken.stream().mapToLong(TakenDay::shownRows).sum();
    return new RunRecord(
        context.pipeline().scoring().model(),
        note.runKey(),
        note.fingerprint(),
        room(note) + " " + TakenDay.text(taken),
        now,
        now,
        true,
        taken.stream().map(day -> "- " + day).collect(Collectors.joining("\n")),
        Map.of(),
        Map.of(
            "rows_taken_back",
            (double)
                taken.stream().filter(day -> !day.isRestored()).mapToLong(TakenDay::rows).sum(),
            "rows_in_force",
            (double) inForce),
        tags(note, table, taken),
        List.of(Lineage.dataset(context.lake(), table, inForce, "predictions")),
        List.of());
  }

  /** The word of the command whose commit it is. */
  static String room(CommitNote note) {
    return RunKey.parse(note.runKey()).map(RunKey::room).orElse(Verb.UNPUBLISH.word());
  }

  private static Map<String, String> tags(
      CommitNote note, TableVersion table, List<TakenDay> taken) {
    Map<String, String> tags = new LinkedHashMap<>();
    tags.put("millrace.room", room(note));
    tags.put("millrace.days", TakenDay.text(taken));
    tags.put("millrace.predictions", table.toString());
    note.partitions().values().stream()
        .flatMap((PartitionNote made) -> made.withdrawal().stream())
        .findFirst()
        .ifPresent(
            (Withdrawal withdrawal) -> {
              tags.put("millrace.taken_back_by", withdrawal.by());
              tags.put("millrace.reason", withdrawal.reason());
            });
    return tags;
  }
}
