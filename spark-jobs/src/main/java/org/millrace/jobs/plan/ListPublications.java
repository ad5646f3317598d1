package org.millrace.jobs.plan;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.Partition;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.Status;
import org.millrace.contracts.Verb;
import org.millrace.contracts.Withdrawal;
import org.millrace.contracts.definition.ScoringDefinition;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.features.ledger.LedgerIndex;
import org.millrace.planning.ModelOverview.Kind;
import org.millrace.planning.ModelOverview.Publication;

/**
 * What runs published of a model, took back and put in force again, by all entries that the ledger
 * has of its days. Reads no table.
 */
final class ListPublications {
  private final LedgerIndex ledger;
  private final String predictions;

  ListPublications(LedgerIndex ledger, ScoringDefinition scoring) {
    this.ledger = requireNonNull(ledger, "ledger is null");
    this.predictions = scoring.predictions();
  }

  /** What one run did alike to days. */
  private record Deed(
      Kind kind,
      Optional<String> version,
      Optional<String> shown,
      String runKey,
      String attempt,
      Optional<Withdrawal> withdrawal) {
    static Deed of(LedgerEntry entry, Optional<LedgerEntry> before) {
      Optional<String> shown = entry.isReadable() ? number(entry) : Optional.empty();
      Kind kind = kind(entry);
      return new Deed(
          kind,
          kind == Kind.TAKEN_BACK ? before.flatMap(ListPublications::number) : shown,
          shown,
          entry.runKey(),
          entry.attempt(),
          entry.withdrawal().map(taken -> new Withdrawal(taken.by(), taken.reason(), "")));
    }

    private static Kind kind(LedgerEntry entry) {
      if (entry.status() == Status.WITHDRAWN) {
        return Kind.TAKEN_BACK;
      }

      return RunKey.parse(entry.runKey())
              .filter(key -> key.room().equals(Verb.ROLLBACK.word()))
              .isPresent()
          ? Kind.RESTORED
          : Kind.PUBLISHED;
    }
  }

  /** The days of a deed. */
  private static final class Days {
    private final NavigableSet<LocalDate> days = new TreeSet<>();
    private long rows;
    private Instant last = Instant.MIN;

    void add(LocalDate day, LedgerEntry entry) {
      days.add(day);
      rows += entry.rows().accepted();
      last = last.isAfter(entry.finishedAt()) ? last : entry.finishedAt();
    }
  }

  /** All of it, the oldest first. */
  List<Publication> list() {
    Map<Deed, Days> deeds = new LinkedHashMap<>();
    for (Partition partition : ledger.partitions(predictions).keySet()) {
      if (partition instanceof Partition.Day day) {
        collect(day, deeds);
      }
    }

    return deeds.entrySet().stream()
        .map(deed -> publication(deed.getKey(), deed.getValue()))
        .sorted(Comparator.comparing(Publication::at))
        .toList();
  }

  private void collect(Partition.Day day, Map<Deed, Days> deeds) {
    Optional<LedgerEntry> before = Optional.empty();
    for (LedgerEntry entry : ledger.history(predictions, day)) {
      boolean isKnown = entry.status() != Status.PENDING && !isRewritten(entry, before);
      if (isKnown) {
        deeds.computeIfAbsent(Deed.of(entry, before), deed -> new Days()).add(day.date(), entry);
        before = Optional.of(entry);
      }
    }
  }

  /** Rows that are only written again, as by an optimisation, are no publication. */
  private static boolean isRewritten(LedgerEntry entry, Optional<LedgerEntry> before) {
    return before
        .filter(old -> old.status() == entry.status())
        .filter(old -> old.fingerprint().equals(entry.fingerprint()))
        .isPresent();
  }

  private static Publication publication(Deed deed, Days days) {
    return new Publication(
        deed.kind(),
        deed.version(),
        deed.shown(),
        DayRange.covering(days.days),
        days.days.size(),
        days.rows,
        deed.withdrawal().map(Withdrawal::by).orElse(""),
        deed.withdrawal().map(Withdrawal::reason).orElse(""),
        days.last,
        deed.runKey());
  }

  /** The number of the version that scored a day; empty if the ledger does not have it. */
  static Optional<String> number(LedgerEntry entry) {
    return entry.model().map(name -> name.substring(name.lastIndexOf('/') + 1));
  }
}
