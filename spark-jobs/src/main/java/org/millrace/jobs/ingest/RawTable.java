package org.millrace.jobs.ingest;

import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.function.Function;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.Claim;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.definition.SourceDefinition;
import org.millrace.contracts.ledger.CommitNote;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.features.lake.Lake;
import org.millrace.features.lake.TableDescription;
import org.millrace.features.lake.TableWriter;
import org.millrace.features.lease.Lease;
import org.millrace.features.source.DayFingerprint;
import org.millrace.jobs.room.DayCounts;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.tables.KeptDays;
import org.millrace.jobs.tables.RetypedTable;

/**
 * The table of a source, as INGEST writes it: each run of adjacent days in one commit, followed by
 * its entries. Days between are not touched, unless a column gets another type: then all days are
 * written, those that are made and those that are cast, in one commit. Driver only.
 */
final class RawTable {
  private final JobContext context;
  private final SourceDefinition source;
  private final Lease lease;

  RawTable(JobContext context, SourceDefinition source, Lease lease) {
    this.context = context;
    this.source = source;
    this.lease = lease;
  }

  /** Gives the table the words that the definition has for it now. */
  void describe(RunKey runKey) {
    writer().describe(context.note(runKey, "", List.of())).ifPresent(this::sayDescribed);
  }

  private void sayDescribed(TableVersion version) {
    say(version + " is described by its current definition");
  }

  /**
   * Writes days of some rows.
   *
   * @param rows of these days, and maybe others
   * @param days with their fingerprints; the day that stands for a whole alone for a table without
   * @param note of a commit that makes some of the days
   * @return the version after the last commit; empty if there are no days
   * @throws MillraceException of category BUSY if a column gets another type, which rewrites all
   *     days, and another run works on some; DEFINITION if a value of theirs would be lost
   */
  Optional<TableVersion> write(
      Dataset<Row> rows,
      NavigableMap<LocalDate, String> days,
      Function<NavigableMap<LocalDate, String>, CommitNote> note) {
    if (days.isEmpty()) {
      return Optional.empty();
    }

    List<DayRange> ranges = DayRange.covering(days.navigableKeySet());
    boolean isRetyped =
        source.day().isPresent()
            && isOfAnEdit()
            && context
                .lake()
                .current(source.table())
                .flatMap(table -> retyped(rows, ranges, table))
                .isPresent();
    if (!isRetyped) {
      return replace(rows, ranges, days, note);
    }

    // no other run may fill days that are then cast unseen, until the ledger has the entries
    try (Lease all = lease.alsoAtOnce(List.of(Claim.whole(source.table())))) {
      return all.during(() -> retype(rows, ranges, days, note, all));
    }
  }

  /**
   * Whether the table was filled by another definition last: files that come with other types under
   * the same one break the contract.
   */
  private boolean isOfAnEdit() {
    String now = source.hash();
    return context.ledger().partitions(source.table()).values().stream()
        .max(Comparator.comparingLong(LedgerEntry::sequence))
        .filter(newest -> DayFingerprint.isOfAnotherDefinition(now, newest.fingerprint()))
        .isPresent();
  }

  private Optional<TableVersion> replace(
      Dataset<Row> rows,
      List<DayRange> ranges,
      NavigableMap<LocalDate, String> days,
      Function<NavigableMap<LocalDate, String>, CommitNote> note) {
    Optional<TableVersion> last = Optional.empty();
    for (DayRange range : ranges) {
      CommitNote made = note.apply(days.subMap(range.from(), true, range.to(), true));
      last = Optional.of(entered(commit(rows, range, made), made));
    }

    return last;
  }

  private Optional<TableVersion> retype(
      Dataset<Row> rows,
      List<DayRange> ranges,
      NavigableMap<LocalDate, String> days,
      Function<NavigableMap<LocalDate, String>, CommitNote> note,
      Lease all) {
    context.ledger().refresh();
    Optional<TableVersion> table = context.ledger().comparedWith(source.table());
    Optional<RetypedTable> differing = table.flatMap(of -> retyped(rows, ranges, of));
    if (table.isEmpty() || differing.isEmpty()) { // another run gave it the type meanwhile
      return replace(rows, ranges, days, note);
    }

    RetypedTable retyped = differing.get();
    retyped
        .refusal()
        .ifPresent(
            why -> {
              throw new MillraceException(ErrorCategory.DEFINITION, why);
            });
    KeptDays kept = new KeptDays(context.ledger(), source.table(), days.keySet());
    CommitNote made = note.apply(days);
    TableVersion version =
        writer()
            .fencedBy(
                lease
                    .fence(source.table(), List.copyOf(days.keySet()))
                    .and(all.fence(source.table())))
            .replaceAllAt(
                retyped.rowsWith(wanted(rows, ranges)), table.get().version(), kept.noting(made));
    say(version + ": " + retyped.changes() + "; the rows of all other days were cast");
    return Optional.of(entered(version, made));
  }

  private Optional<RetypedTable> retyped(
      Dataset<Row> rows, List<DayRange> ranges, TableVersion table) {
    RetypedTable.Days made = new RetypedTable.Days(source.day().orElseThrow(), ranges);
    return RetypedTable.of(context.lake(), made, rows.schema(), table);
  }

  private Dataset<Row> wanted(Dataset<Row> rows, List<DayRange> ranges) {
    String day = source.day().orElseThrow();
    return rows.where(
        String.join(" OR ", ranges.stream().map(range -> Lake.inDays(day, range)).toList()));
  }

  /** At once: until then it is a commit that the ledger does not know. */
  private TableVersion entered(TableVersion written, CommitNote note) {
    context
        .ledger()
        .append(context.ledger().countedEntriesOf(written, note, context.clock().instant()), note);
    return written;
  }

  private TableVersion commit(Dataset<Row> rows, DayRange range, CommitNote note) {
    TableWriter writer =
        writer()
            .fencedBy(
                source.day().isEmpty()
                    ? lease.fence(source.table())
                    : lease.fence(source.table(), range.days()));
    try {
      if (source.day().isEmpty()) {
        return writer.replaceAll(rows.coalesce(1), note);
      }

      String day = source.day().get();
      return writer.replaceDaysAddingColumns(
          DayCounts.oneFileADay(wanted(rows, List.of(range)), day, range), range, note);
    } catch (Exception e) {
      // Scala throws AnalysisException, a checked one, without saying so
      if (e instanceof AnalysisException analysis) {
        throw new MillraceException(
            ErrorCategory.DATA_CONTRACT,
            "Cannot fill %s: %s; cast the column in the source's SQL to the type that the table has"
                .formatted(source.table(), analysis.getSimpleMessage()),
            e);
      }

      throw e;
    }
  }

  private TableWriter writer() {
    return new TableWriter(
        context.lake(),
        source.table(),
        new TableDescription(source.metadata(), source.columns()),
        source.day());
  }

  private void say(String text) {
    context.progress().say("ingest", text);
  }
}
