package org.millrace.jobs.ingest;

import java.time.LocalDate;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.millrace.contracts.Claim;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.Partition;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.definition.SourceDefinition;
import org.millrace.features.input.SourceRows;
import org.millrace.features.lease.Lease;
import org.millrace.features.source.DayFingerprint;
import org.millrace.features.source.KnownDays;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.source.RawTableRules;
import org.millrace.jobs.source.SourceFacts;
import org.millrace.jobs.tables.LakePlaces;
import org.millrace.planning.Scope;

/**
 * Fills one raw table: the wanted days that the ledger does not have as the source has them now, or
 * the whole of a table without days.
 *
 * <p>If the files are as they were when the ledger's days were filled, only undone days are read,
 * once. If they changed, all days of the source are read and compared first.
 *
 * <p>Placement: driver only.
 */
final class FillTable {
  private final JobContext context;
  private final RunKey runKey;
  private final SourceDefinition source;
  private final Lease lease;
  private final SortedSet<LocalDate> wanted;
  private final SortedSet<LocalDate> others;

  FillTable(JobContext context, RunKey runKey, SourceDefinition source, Lease lease) {
    this.context = context;
    this.runKey = runKey;
    this.source = source;
    this.lease = lease;
    this.wanted = wanted(context.scope(), runKey.days());
    this.others = new TreeSet<>();
    if (source.day().isPresent()) {
      others.addAll(context.ledger().entries(source.table()).keySet());
      others.remove(KnownDays.WHOLE);
      others.removeAll(wanted);
    }
  }

  private SortedSet<LocalDate> wanted(Scope scope, DayRange days) {
    if (source.day().isPresent()) {
      return new TreeSet<>(scope.days(source.table(), days));
    }

    return scope.includes(source.table(), Partition.whole())
        ? new TreeSet<>(List.of(KnownDays.WHOLE))
        : new TreeSet<>();
  }

  /** True if the scope leaves nothing of it. */
  boolean isLeftOut() {
    return wanted.isEmpty();
  }

  /**
   * Fills what is not there yet.
   *
   * @throws NotReadyException if days that were never filled have no rows; the others are filled
   * @throws org.millrace.contracts.MillraceException of category DATA_CONTRACT if the rows break a
   *     rule, INPUT_MISSING if files, or the rows of a day that had some, are not there
   */
  FilledTable fill() {
    // listed before it is read: files that come in between are seen by the next run
    KnownDays known = KnownDays.find(LakePlaces.root(context.lake()), source);
    if (!known.covers(others)) {
      known = readAll(known);
      known.keep(LakePlaces.root(context.lake()), source);
    }

    SortedSet<LocalDate> undone = undone(known);
    WriteDays.Written written = WriteDays.Written.NOTHING;
    if (!undone.isEmpty()) {
      written = write(undone);
      known = known.with(written.fingerprints());
      known.keep(LakePlaces.root(context.lake()), source);
    }

    new RawTable(context, source, lease).describe(runKey);
    if (!written.empty().isEmpty()) {
      throw new NotReadyException(new RawTableRules(source).withoutRows(written.empty()));
    }

    return new FilledTable(
        source.table(), written.version(), written.accepted(), written.refused(), changed(known));
  }

  /**
   * A table without days is claimed only now: runs of different days can work at once until then.
   */
  private WriteDays.Written write(SortedSet<LocalDate> undone) {
    if (source.day().isPresent()) {
      return new WriteDays(context, runKey, source, lease).write(undone);
    }

    Claim whole = Claim.whole(source.table());
    try (Lease own = lease.also(List.of(whole))) {
      return own.during(() -> new WriteDays(context, runKey, source, own).write(undone));
    }
  }

  /** The partition of the table that a day stands for. */
  static Partition partition(SourceDefinition source, LocalDate day) {
    return source.day().isPresent() ? Partition.of(day) : Partition.whole();
  }

  private KnownDays readAll(KnownDays listed) {
    TreeSet<LocalDate> all = new TreeSet<>(others);
    all.addAll(wanted);
    SourceFacts facts =
        SourceFacts.of(
            new SourceRows(context.lake(), source).rows(new DayRange(all.first(), all.last())),
            source.day(),
            List.of());
    new RawTableRules(source).requireDays(facts);
    TreeMap<LocalDate, String> fingerprints = new TreeMap<>();
    facts.days().forEach((day, found) -> fingerprints.put(day, DayFingerprint.of(source, found)));
    return listed.complete(fingerprints);
  }

  private SortedSet<LocalDate> undone(KnownDays known) {
    TreeSet<LocalDate> undone = new TreeSet<>(wanted);
    undone.removeIf(
        day -> known.fingerprint(source, day).filter(now -> isDone(day, now)).isPresent());
    return undone;
  }

  private boolean isDone(LocalDate day, String fingerprint) {
    return context.ledger().isDone(source.table(), partition(source, day), fingerprint);
  }

  private SortedSet<LocalDate> changed(KnownDays known) {
    TreeSet<LocalDate> changed = new TreeSet<>(others);
    changed.removeIf(
        day -> known.fingerprint(source, day).filter(now -> hasRows(day, now)).isPresent());
    return changed;
  }

  private boolean hasRows(LocalDate day, String fingerprint) {
    return context
        .ledger()
        .entry(source.table(), partition(source, day))
        .filter(entry -> DayFingerprint.areOfEqualRows(entry.fingerprint(), fingerprint))
        .isPresent();
  }
}
