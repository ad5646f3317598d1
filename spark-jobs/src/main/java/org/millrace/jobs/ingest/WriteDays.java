package org.millrace.jobs.ingest;

import static java.util.stream.Collectors.joining;

import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.Digest;
import org.millrace.contracts.Partition;
import org.millrace.contracts.RowCounts;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.definition.SourceDefinition;
import org.millrace.contracts.ledger.CommitNote;
import org.millrace.contracts.ledger.PartitionNote;
import org.millrace.features.input.SourceRows;
import org.millrace.features.lake.Lake;
import org.millrace.features.lease.Lease;
import org.millrace.features.source.DayFingerprint;
import org.millrace.features.source.KnownDays;
import org.millrace.features.source.RowFacts;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.source.RawTableRules;
import org.millrace.jobs.source.SourceFacts;

/**
 * Reads days of a source once, judges them, and writes those that the ledger does not have as they
 * are now.
 *
 * <p>Placement: driver only.
 */
final class WriteDays {
  private final JobContext context;
  private final RunKey runKey;
  private final SourceDefinition source;
  private final Lease lease;
  private final RawTableRules rules;

  WriteDays(JobContext context, RunKey runKey, SourceDefinition source, Lease lease) {
    this.context = context;
    this.runKey = runKey;
    this.source = source;
    this.lease = lease;
    this.rules = new RawTableRules(source);
  }

  /**
   * What was read and written.
   *
   * @param fingerprints of all days that were read
   * @param version of the table after the last commit; empty if all days were done
   * @param accepted rows written
   * @param refused rows without a day, left out
   * @param empty days that were never filled and have no rows, of a source that must have some:
   *     they were left out
   */
  record Written(
      NavigableMap<LocalDate, String> fingerprints,
      Optional<String> version,
      long accepted,
      long refused,
      List<LocalDate> empty) {
    static final Written NOTHING = new Written(new TreeMap<>(), Optional.empty(), 0, 0, List.of());
  }

  /** Does these days; {@link KnownDays#WHOLE} alone for a table without days. */
  Written write(SortedSet<LocalDate> days) {
    Dataset<Row> rows = rows(days).persist(StorageLevel.MEMORY_AND_DISK());
    try {
      SourceFacts facts = SourceFacts.of(rows, source.day(), source.rules().keys());
      rules.requireDays(facts);
      return write(rows, days, facts);
    } finally {
      rows.unpersist();
    }
  }

  private Dataset<Row> rows(SortedSet<LocalDate> days) {
    SourceRows all = new SourceRows(context.lake(), source);
    if (source.day().isEmpty()) {
      return all.rows(runKey.days());
    }

    String day = source.day().get();
    String wanted =
        DayRange.covering(days).stream()
            .map(range -> "(" + Lake.inDays(day, range) + ")")
            .collect(joining(" OR "));
    return all.rows(new DayRange(days.first(), days.last()))
        .where(wanted + " OR `" + day + "` IS NULL");
  }

  private Written write(Dataset<Row> rows, SortedSet<LocalDate> days, SourceFacts facts) {
    TreeMap<LocalDate, String> fingerprints = new TreeMap<>();
    TreeMap<LocalDate, RowFacts> undone = new TreeMap<>();
    for (LocalDate day : days) {
      String fingerprint = DayFingerprint.of(source, facts.of(day));
      fingerprints.put(day, fingerprint);
      if (!context.ledger().isDone(source.table(), FillTable.partition(source, day), fingerprint)) {
        undone.put(day, facts.of(day));
      }
    }

    List<LocalDate> empty = undone.keySet().stream().filter(day -> isNotReady(day, facts)).toList();
    empty.forEach(undone::remove);
    Map<LocalDate, RawTableRules.Verdict> verdicts =
        rules.judge(undone, context.ledger().entries(source.table()));
    NavigableMap<LocalDate, String> made = new TreeMap<>(fingerprints);
    made.keySet().retainAll(undone.keySet());
    Optional<String> version =
        new RawTable(context, source, lease)
            .write(rows, made, part -> note(part, facts, verdicts))
            .map(written -> Long.toString(written.version()));
    long accepted = undone.values().stream().mapToLong(RowFacts::rows).sum();
    long refused = undone.isEmpty() ? 0 : facts.nullDays();
    return new Written(fingerprints, version, accepted, refused, empty);
  }

  /** Rows that were there once and are gone are another matter: they have not yet to come. */
  private boolean isNotReady(LocalDate day, SourceFacts facts) {
    return source.day().isPresent()
        && !source.mayBeEmpty(day)
        && facts.of(day).rows() == 0
        && context.ledger().entry(source.table(), day).isEmpty();
  }

  private CommitNote note(
      NavigableMap<LocalDate, String> fingerprints,
      SourceFacts facts,
      Map<LocalDate, RawTableRules.Verdict> verdicts) {
    NavigableMap<Partition, PartitionNote> made = new TreeMap<>();
    fingerprints.forEach(
        (day, fingerprint) ->
            made.put(
                FillTable.partition(source, day),
                new PartitionNote(
                    fingerprint,
                    RowCounts.accepted(facts.of(day).rows()),
                    verdicts.getOrDefault(day, RawTableRules.Verdict.PASS).name())));
    return context.note(runKey, Digest.sha256(fingerprints.toString()), List.of()).with(made);
  }
}
