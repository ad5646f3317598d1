package org.millrace.planning;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.Partition;
import org.millrace.contracts.ledger.CommitNote;
import org.millrace.contracts.ledger.LedgerEntry;

/** Why an entry has another fingerprint than its recipe has now. */
final class InputChanges {
  private final LedgerView ledger;
  private final LedgerEntry entry;

  InputChanges(LedgerView ledger, LedgerEntry entry) {
    this.ledger = ledger;
    this.entry = entry;
  }

  /** Inputs that were made anew since; else it is a definition that changed. */
  List<Reason> reasons(Recipe recipe) {
    Map<String, Long> read = CommitNote.readVersions(entry.inputVersions());
    List<Reason> reasons = new ArrayList<>();
    for (Recipe.Part part : recipe.reads()) {
      if (part instanceof Recipe.Days days) {
        Long version = read.get(days.object());
        if (version != null) {
          newer(days, version).ifPresent(reasons::add);
        }
      } else if (part instanceof Recipe.Entry of) {
        LedgerEntry input = ledger.partitions(of.object()).get(of.partition());
        if (input != null && input.sequence() > entry.sequence()) {
          reasons.add(new Reason(Reason.Kind.INPUT_CHANGED, of.object(), List.of(), ""));
        }
      }
    }

    return reasons.isEmpty()
        ? List.of(new Reason(Reason.Kind.DEFINITION_CHANGED, recipe.definitions(), List.of(), ""))
        : Reason.merged(reasons);
  }

  /** Only columns that are not read may have changed since. */
  private boolean isReadAsBefore(LedgerEntry now, long version, Recipe.Days days) {
    return days.reading().isPresent()
        && ledger.history(now.object(), now.partition()).stream()
            .filter(entry -> entry.tableVersion().orElse(Long.MAX_VALUE) <= version)
            .reduce((older, newer) -> newer)
            .filter(
                before ->
                    ledger
                        .fingerprint(before, days.reading())
                        .equals(ledger.fingerprint(now, days.reading())))
            .isPresent();
  }

  private Optional<Reason> newer(Recipe.Days days, long version) {
    NavigableMap<Partition, LedgerEntry> entries = ledger.partitions(days.object());
    LedgerEntry whole = entries.get(Partition.whole());
    SortedSet<LocalDate> changed = new TreeSet<>();
    long newest = version;
    List<LedgerEntry> among =
        whole != null
            ? List.of(whole)
            : List.copyOf(InputDays.within(entries, days.days()).values());
    for (LedgerEntry input : among) {
      long made = input.tableVersion().orElse(-1);
      if (made > version && !isReadAsBefore(input, version, days)) {
        newest = Math.max(newest, made);
        if (input.partition() instanceof Partition.Day day) {
          changed.add(day.date());
        }
      }
    }

    return newest == version
        ? Optional.empty()
        : Optional.of(
            new Reason(
                Reason.Kind.INPUT_CHANGED,
                days.object(),
                DayRange.covering(changed),
                "v" + version + " -> v" + newest));
  }
}
