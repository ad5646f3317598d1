package org.millrace.jobs.plan;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Partition;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.features.lake.ParquetRow;
import org.millrace.features.lake.RowFiles;
import org.millrace.features.lake.TableLog;
import org.millrace.jobs.tables.OpsTables;
import org.millrace.planning.InputDays;
import org.millrace.planning.PartitionStatus;

/** Says what is known of one partition of a lake. Starts no Spark, and writes nothing. */
public final class DescribePartition {
  private final LakeReading lake;

  /** Prepares to ask a lake. */
  public DescribePartition(LakeReading lake) {
    this.lake = lake;
  }

  /**
   * What is known of a partition.
   *
   * @throws MillraceException of category INPUT_MISSING if the ledger does not have that day,
   *     DEFINITION if it does not have the object, or not by days; with what it has
   */
  public PartitionStatus of(String object, Partition partition) {
    NavigableMap<Partition, LedgerEntry> made = lake.ledger().partitions(object);
    LedgerEntry entry =
        Optional.ofNullable(made.get(partition)).orElseThrow(() -> missing(object, partition));
    return PartitionStatus.of(lake.ledger(), entry, lake.logs().path(object), run(entry));
  }

  private MillraceException missing(String object, Partition partition) {
    NavigableMap<Partition, LedgerEntry> made = lake.ledger().partitions(object);
    List<DayRange> days = DayRange.covering(InputDays.byDay(made).navigableKeySet());
    boolean isOfDays = partition instanceof Partition.Day;
    String has =
        made.isEmpty()
            ? "it has no such object, only " + String.join(", ", lake.ledger().objects())
            : days.isEmpty()
                ? "it has it as a whole, without days: leave --date out"
                : "it has "
                    + String.join(", ", days.stream().map(DayRange::toString).toList())
                    + (isOfDays ? "" : ": give --date");
    return new MillraceException(
        isOfDays && !days.isEmpty() ? ErrorCategory.INPUT_MISSING : ErrorCategory.DEFINITION,
        "Cannot describe %s of %s: the ledger does not have it; %s"
            .formatted(object, partition, has));
  }

  /** What the run that made it says of itself, in {@code ops.runs}; empty if it ended before. */
  private Map<String, String> run(LedgerEntry entry) {
    TableLog log = lake.logs().of(OpsTables.RUNS);
    Map<String, String> facts = new LinkedHashMap<>();
    RowFiles.at(log, log.newest().orElse(-1), row -> result(row, entry)).stream()
        .flatMap(Optional::stream)
        .findFirst()
        .ifPresent(
            result -> {
              facts.put("message", result.message());
              facts.putAll(result.values());
              if (!result.log().isEmpty()) {
                facts.put("log", result.log());
              }
            });
    return facts;
  }

  private static Optional<JobResult> result(ParquetRow row, LedgerEntry entry) {
    return row.text("attempt").equals(entry.attempt()) && row.text("run_key").equals(entry.runKey())
        ? Optional.of(JobResult.fromJsonLine(row.text("result")))
        : Optional.empty();
  }
}
