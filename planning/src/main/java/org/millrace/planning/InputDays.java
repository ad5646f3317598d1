package org.millrace.planning;

import static java.util.Objects.requireNonNull;

import java.time.LocalDate;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.Digest;
import org.millrace.contracts.Partition;
import org.millrace.contracts.Status;
import org.millrace.contracts.definition.ViewReading;
import org.millrace.contracts.ledger.ChangedOutside;
import org.millrace.contracts.ledger.LedgerEntry;

/**
 * The days of an object that others read, from a first one on: all there, as the ledger says them,
 * and one fingerprint over them. An object without days stands for itself. Days before an object's
 * first one need not be there; a hole after it is an error. Asked for one last day after the other,
 * each day is looked at once. Not thread-safe.
 */
public final class InputDays {
  private final LedgerView ledger;
  private final String object;
  private final LocalDate from;
  private final Optional<ViewReading> reading;
  private final NavigableMap<Partition, LedgerEntry> all;
  private final @Nullable LocalDate earliest;
  private Digest.Running digest = new Digest.Running();
  private @Nullable LocalDate taken;

  /**
   * Days of an object, which the ledger must not change while they are asked for.
   *
   * @param from the first day that is read
   * @param reading which columns
   */
  InputDays(LedgerView ledger, String object, LocalDate from, Optional<ViewReading> reading) {
    this.ledger = requireNonNull(ledger, "ledger is null");
    this.object = requireNonNull(object, "object is null");
    this.from = requireNonNull(from, "from is null");
    this.reading = requireNonNull(reading, "reading is null");
    this.all = ledger.partitions(object);
    this.earliest =
        all.keySet().stream()
            .flatMap(partition -> day(partition).stream())
            .findFirst()
            .orElse(null);
  }

  /** What a ledger has of these days of an object. */
  public static Input of(LedgerView ledger, Recipe.Days read) {
    return new InputDays(ledger, read.object(), read.days().from(), read.reading())
        .upTo(read.days().to());
  }

  /** What there is of the days up to a last one. */
  public Input upTo(LocalDate to) {
    LedgerEntry whole = ledger.partitions(object).get(Partition.whole());
    if (whole != null && whole.status() == Status.DONE) {
      return changed(whole).orElseGet(() -> new Input.Ready(whole.fingerprint()));
    }

    if (taken != null && taken.isAfter(to)) {
      digest = new Digest.Running();
      taken = null;
    }

    LocalDate first = earliest == null || earliest.isBefore(from) ? from : earliest;
    LocalDate next = taken == null ? first : taken.plusDays(1);
    Optional<Input> problem = earliest == null ? Optional.of(missing(from, to)) : Optional.empty();
    for (; problem.isEmpty() && !next.isAfter(to); next = next.plusDays(1)) {
      problem = take(next, to);
    }

    return problem.orElseGet(() -> new Input.Ready(digest.sha256()));
  }

  private Optional<Input> take(LocalDate day, LocalDate to) {
    LedgerEntry entry = all.get(Partition.of(day));
    if (entry == null || !isThere(day)) {
      return Optional.of(missing(day, to));
    }

    Optional<Input> changed = changed(entry);
    if (changed.isPresent()) {
      return hasHole(day, to) ? Optional.of(missing(day, to)) : changed;
    }

    digest.add(entry.partition() + "=" + ledger.fingerprint(entry, reading));
    taken = day;
    return Optional.empty();
  }

  private Optional<Input> changed(LedgerEntry entry) {
    Optional<ChangedOutside> difference = ledger.difference(entry);
    return difference.map(what -> new Input.Changed(entry, what));
  }

  private boolean hasHole(LocalDate day, LocalDate to) {
    return !missingDays(day, to).isEmpty();
  }

  private List<LocalDate> missingDays(LocalDate day, LocalDate to) {
    return new DayRange(day, to).days().stream().filter(of -> !isThere(of)).toList();
  }

  /** A day that is being written is not: what it holds is unknown. */
  private boolean isThere(LocalDate day) {
    LedgerEntry entry = all.get(Partition.of(day));
    return entry != null && entry.status() == Status.DONE;
  }

  private Input missing(LocalDate day, LocalDate to) {
    NavigableMap<LocalDate, LedgerEntry> days = byDay(all);
    String has =
        days.isEmpty()
            ? "no day at all"
            : days.size() + " days from " + days.firstKey() + " to " + days.lastKey();
    return new Input.Missing(object, missingDays(day, to), has);
  }

  /** The days of a range that there are. */
  public static NavigableMap<LocalDate, LedgerEntry> within(
      NavigableMap<Partition, LedgerEntry> entries, DayRange days) {
    return byDay(entries.subMap(Partition.of(days.from()), true, Partition.of(days.to()), true));
  }

  /** The days that there are. */
  public static NavigableMap<LocalDate, LedgerEntry> byDay(
      NavigableMap<Partition, LedgerEntry> entries) {
    NavigableMap<LocalDate, LedgerEntry> days = new TreeMap<>();
    entries.forEach((partition, entry) -> day(partition).ifPresent(day -> days.put(day, entry)));
    return days;
  }

  private static Optional<LocalDate> day(Partition partition) {
    return partition instanceof Partition.Day day ? Optional.of(day.date()) : Optional.empty();
  }
}
