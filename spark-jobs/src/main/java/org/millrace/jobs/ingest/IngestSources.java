package org.millrace.jobs.ingest;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.RowCounts;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.Verb;
import org.millrace.contracts.definition.SourceDefinition;
import org.millrace.features.lease.Lease;
import org.millrace.jobs.failure.Ending;
import org.millrace.jobs.room.Failures;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.room.Room;
import org.millrace.jobs.room.RoomResult;

/**
 * Fills the raw tables: a table with days gets the wanted days that it does not have as their
 * source has them now, a table without days is replaced as a whole if its rows changed. Each source
 * is finished before the next one begins; one that fails does not keep the others from theirs.
 *
 * <p>Placement: driver only.
 */
public final class IngestSources implements Room<IngestSources.Result> {
  private final JobContext context;
  private final RunKey runKey;
  private final SourceFailures failures = new SourceFailures();

  /** Prepares the room for some days. */
  public IngestSources(JobContext context, RunKey runKey) {
    this.context = requireNonNull(context, "context is null");
    this.runKey = requireNonNull(runKey, "runKey is null");
  }

  @Override
  public Verb verb() {
    return Verb.INGEST;
  }

  /**
   * What was filled.
   *
   * @param days the days that were asked for
   * @param rows what became of the rows; those without a day may be refused
   * @param written rows by table, of tables that were written
   * @param versions version by table, of tables that were written
   * @param daysChanged days outside of those asked for that changed since they were filled
   * @param notices sentences about such days
   */
  public record Result(
      DayRange days,
      RowCounts rows,
      Map<String, Long> written,
      Map<String, String> versions,
      long daysChanged,
      List<String> notices,
      List<String> refused)
      implements RoomResult {
    static Result of(DayRange days, List<FilledTable> tables) {
      Map<String, Long> written = new LinkedHashMap<>();
      Map<String, String> versions = new LinkedHashMap<>();
      RowCounts rows = RowCounts.NONE;
      long changed = 0;
      for (FilledTable table : tables) {
        rows = rows.plus(table.rows());
        changed += table.changed().size();
        table
            .version()
            .ifPresent(
                version -> {
                  written.put(table.table(), table.accepted());
                  versions.put(table.table(), version);
                });
      }

      List<String> notices =
          tables.stream().map(FilledTable::notice).flatMap(Optional::stream).toList();
      List<String> refused =
          tables.stream().map(FilledTable::whyRefused).flatMap(Optional::stream).toList();
      return new Result(days, rows, written, versions, changed, notices, refused);
    }

    @Override
    public boolean isIdle() {
      return versions.isEmpty();
    }

    @Override
    public String message() {
      List<String> sentences = new ArrayList<>();
      sentences.add(isIdle() ? "Raw tables had all of " + days : filled());
      sentences.addAll(notices);
      return String.join("; ", sentences);
    }

    @Override
    public Map<String, String> values() {
      return refused.isEmpty() ? Map.of() : Map.of("refused", String.join("; ", refused));
    }

    private String filled() {
      return "Filled %d raw table%s".formatted(versions.size(), versions.size() == 1 ? "" : "s");
    }

    @Override
    public Map<String, Long> counts() {
      return daysChanged == 0 ? Map.of() : Map.of("days_changed_since", daysChanged);
    }
  }

  /**
   * Fills what is not there yet.
   *
   * @throws MillraceException of the worst category of all sources that failed, once the others are
   *     filled: DATA_CONTRACT if rows break a standing rule, INPUT_MISSING if files or the rows of
   *     a day are not there
   */
  @Override
  public Result run(Lease lease) {
    List<FilledTable> tables = new ArrayList<>();
    for (SourceDefinition source : context.pipeline().sources()) {
      context.progress().work(source.table());
      fill(source, lease).ifPresent(tables::add);
    }

    failures.throwIfAny(context.pipeline().sources().size());
    return Result.of(runKey.days(), tables);
  }

  /** True if nothing failed but that days have yet to come: what was there is filled. */
  @Override
  public boolean isOnlyNotReady() {
    return failures.areOnlyNotReady();
  }

  private Optional<FilledTable> fill(SourceDefinition source, Lease lease) {
    FillTable filling = new FillTable(context, runKey, source, lease);
    if (filling.isLeftOut()) {
      return Optional.empty();
    }

    try {
      FilledTable table = filling.fill();
      if (table.version().isPresent()) {
        context.progress().say(verb().word(), table.table() + ": " + table.accepted() + " rows");
      }

      table.notice().ifPresent(notice -> context.progress().say(verb().word(), notice));
      return Optional.of(table);
    } catch (Exception e) { // of any kind: what Scala throws is not declared
      Ending ending = Failures.ending(e);
      context.progress().say(verb().word(), ending.sentence());
      failures.add(source.table(), ending, e);
      return Optional.empty();
    }
  }
}
