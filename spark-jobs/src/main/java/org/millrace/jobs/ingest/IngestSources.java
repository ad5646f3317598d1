package org.millrace.jobs.ingest;

import static java.util.Objects.requireNonNull;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.Digest;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.definition.EmptyDays;
import org.millrace.contracts.definition.SourceDefinition;
import org.millrace.features.lake.CommitNote;
import org.millrace.features.lake.DefinitionSql;
import org.millrace.features.lake.Lake;
import org.millrace.features.lake.LedgerEntry;
import org.millrace.features.lake.TableWriter;
import org.millrace.jobs.DayCounts;
import org.millrace.jobs.JobContext;

/**
 * Fills the raw tables: a table with days gets the wanted days in one commit, a table without is
 * replaced as a whole where its source changed. A day that was filled from the same definition and
 * files is left alone.
 *
 * <p>Placement: driver only.
 */
public final class IngestSources {
  private static final String ROOM = "ingest";

  private final JobContext context;
  private final RunKey runKey;
  private final DayRange days;

  /** Prepares the room for some days. */
  public IngestSources(JobContext context, RunKey runKey) {
    this.context = requireNonNull(context, "context is null");
    this.runKey = requireNonNull(runKey, "runKey is null");
    this.days = runKey.days();
  }

  /**
   * Fills what is not there yet.
   *
   * @throws MillraceException of category INPUT_MISSING where a source has no rows of a wanted day
   *     and its definition does not allow that
   */
  public JobResult ingest() {
    long start = System.nanoTime();
    Map<String, Long> counts = new LinkedHashMap<>();
    Map<String, String> versions = new LinkedHashMap<>();
    List<LedgerEntry> entries = new ArrayList<>();
    for (SourceDefinition source : context.definitions().sources().values()) {
      List<LedgerEntry> done =
          source.day().isPresent() ? fillDays(source, source.day().get()) : fillWhole(source);
      if (!done.isEmpty()) {
        long rows = done.stream().mapToLong(LedgerEntry::rowsAccepted).sum();
        counts.put(source.table(), rows);
        versions.put(source.table(), done.get(0).outputVersion());
        context.progress().say(ROOM, source.table() + ": " + rows + " rows");
        entries.addAll(done);
      }
    }

    if (entries.isEmpty()) {
      return JobResult.nothingToDo(
          runKey.toString(), "Raw tables had all of " + days, JobContext.secondsSince(start));
    }

    context.ledger().append(entries, context.note(runKey, "", List.of()));
    long rows = entries.stream().mapToLong(LedgerEntry::rowsAccepted).sum();
    counts.put("rows_in", rows);
    counts.put("rows_out", rows);
    return JobResult.done(
        runKey.toString(),
        "Filled " + versions.size() + " raw tables",
        counts,
        versions,
        JobContext.secondsSince(start));
  }

  private List<LedgerEntry> fillWhole(SourceDefinition source) {
    String fingerprint = fingerprint(source);
    if (context.ledger().isDone(source.table(), LedgerEntry.WHOLE, fingerprint)) {
      return List.of();
    }

    Dataset<Row> rows = rows(source).coalesce(1);
    TableVersion version =
        writer(source).replaceAll(rows, context.note(runKey, fingerprint, List.of()));
    long count = context.lake().read(version).count();
    return List.of(entry(source, LedgerEntry.WHOLE, fingerprint, version, count));
  }

  private List<LedgerEntry> fillDays(SourceDefinition source, String day) {
    String fingerprint = fingerprint(source);
    List<LocalDate> undone =
        days.days().stream()
            .filter(d -> !context.ledger().isDone(source.table(), d, fingerprint))
            .toList();
    if (undone.isEmpty()) {
      return List.of();
    }

    DayRange range = new DayRange(undone.get(0), undone.get(undone.size() - 1));
    Dataset<Row> rows =
        rows(source).where(Lake.inDays(day, range)).persist(StorageLevel.MEMORY_AND_DISK());
    try {
      NavigableMap<LocalDate, Long> counts = DayCounts.of(rows, day, range);
      requireRows(source, counts);
      CommitNote note = context.note(runKey, fingerprint, List.of());
      TableVersion version =
          writer(source).replaceDays(DayCounts.oneFileADay(rows, day, range), range, note);
      return counts.entrySet().stream()
          .map(e -> entry(source, e.getKey(), fingerprint, version, e.getValue()))
          .toList();
    } finally {
      rows.unpersist();
    }
  }

  private void requireRows(SourceDefinition source, Map<LocalDate, Long> counts) {
    List<LocalDate> empty =
        counts.entrySet().stream()
            .filter(day -> day.getValue() == 0)
            .map(Map.Entry::getKey)
            .toList();
    if (source.emptyDays() == EmptyDays.FAIL && !empty.isEmpty()) {
      throw new MillraceException(
          ErrorCategory.INPUT_MISSING,
          "Cannot fill "
              + source.table()
              + ": its source has no rows of "
              + empty.get(0)
              + (empty.size() > 1 ? " and " + (empty.size() - 1) + " more days" : "")
              + "; run again when they have arrived, or set 'empty-days: allow' where such days are normal");
    }
  }

  private Dataset<Row> rows(SourceDefinition source) {
    Map<String, Dataset<Row>> inputs = new LinkedHashMap<>();
    source
        .inputs()
        .forEach((name, path) -> inputs.put(name, context.spark().read().parquet(path.toString())));
    return new DefinitionSql(context.lake())
        .rows("source " + source.table(), source.sql(), inputs, days);
  }

  private static String fingerprint(SourceDefinition source) {
    List<String> parts = new ArrayList<>(List.of(source.hash()));
    source.inputs().values().forEach(path -> parts.add(Digest.sha256(path)));
    return Digest.sha256(parts.toArray(String[]::new));
  }

  private TableWriter writer(SourceDefinition source) {
    return new TableWriter(
        context.lake(), source.table(), source.description(), source.columns(), source.day());
  }

  private LedgerEntry entry(
      SourceDefinition source, LocalDate day, String fingerprint, TableVersion version, long rows) {
    return new LedgerEntry(
        source.table(),
        day,
        fingerprint,
        runKey.toString(),
        "{}",
        Long.toString(version.version()),
        rows,
        rows,
        0,
        "-",
        context.clock().instant());
  }
}
