package org.millrace.planning;

import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.Output;
import org.millrace.contracts.Partition;
import org.millrace.contracts.RowCounts;
import org.millrace.contracts.Status;
import org.millrace.contracts.definition.DefinitionSnapshot;
import org.millrace.contracts.definition.ViewReading;
import org.millrace.contracts.ledger.ChangedOutside;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.contracts.ledger.PartitionNote;

/**
 * A ledger as it will be when a plan has been done so far: with the partitions that it makes, by
 * their fingerprints as far as these can be told. So what reads a partition that is only made again
 * as it was is still done. Not thread-safe.
 */
final class PlannedLedger implements LedgerView {
  private static final String PLANNED = "planned";

  private final LedgerView ledger;
  private final Optional<DefinitionSnapshot> now;
  private final Optional<String> nowHash;
  private final Map<String, NavigableMap<Partition, LedgerEntry>> planned = new HashMap<>();
  private final Map<String, Set<Partition>> blocked = new HashMap<>();
  private int unknown;

  /**
   * Nothing is planned yet.
   *
   * @param now the definitions that the plan makes everything by; empty if readers of what it makes
   *     are not judged by columns
   */
  PlannedLedger(LedgerView ledger, Optional<DefinitionSnapshot> now) {
    this.ledger = ledger;
    this.now = now;
    this.nowHash = now.map(DefinitionSnapshot::hash);
  }

  /**
   * Notes that a partition is to be made.
   *
   * @param fingerprint that it will have; empty if only the run can tell
   * @param inputs the fingerprint of its inputs alone; empty if only the run can tell
   */
  void make(
      String object, Partition partition, Optional<String> fingerprint, Optional<String> inputs) {
    // unlike any other, and so is that of whatever reads it
    String known = fingerprint.orElseGet(() -> "unknown " + unknown++);
    planned
        .computeIfAbsent(object, name -> new TreeMap<>(ledger.partitions(name)))
        .put(partition, entry(object, partition, known, inputs));
  }

  /** Notes that a partition should be made and cannot be. */
  void block(String object, Partition partition) {
    blocked.computeIfAbsent(object, name -> new HashSet<>()).add(partition);
  }

  private LedgerEntry entry(
      String object, Partition partition, String fingerprint, Optional<String> inputs) {
    return new LedgerEntry(
        object,
        partition,
        Status.DONE,
        fingerprint,
        "",
        PLANNED,
        "{}",
        new Output.None(),
        RowCounts.NONE,
        OptionalLong.empty(),
        PartitionNote.UNJUDGED,
        Optional.empty(),
        Optional.empty(),
        nowHash,
        inputs,
        Instant.EPOCH,
        -1);
  }

  @Override
  public NavigableMap<Partition, LedgerEntry> partitions(String object) {
    NavigableMap<Partition, LedgerEntry> made = planned.get(object);
    return made == null ? ledger.partitions(object) : made;
  }

  @Override
  public List<LedgerEntry> history(String object, Partition partition) {
    return ledger.history(object, partition);
  }

  @Override
  public Optional<ChangedOutside> difference(LedgerEntry entry) {
    return isPlanned(entry) ? Optional.empty() : ledger.difference(entry);
  }

  @Override
  public Optional<DefinitionSnapshot> definitions(String hash) {
    return nowHash.filter(hash::equals).isPresent() ? now : ledger.definitions(hash);
  }

  /** The reasons for which a part that is read cannot be read. */
  List<Reason> blocked(Recipe.Part read) {
    SortedSet<LocalDate> days = new TreeSet<>();
    boolean isWhole = false;
    for (Partition partition : blocked.getOrDefault(Recipe.object(read), Set.of())) {
      if (Recipe.isRead(read, partition)) {
        isWhole |= !(partition instanceof Partition.Day);
        if (partition instanceof Partition.Day day) {
          days.add(day.date());
        }
      }
    }

    return isWhole || !days.isEmpty()
        ? List.of(
            new Reason(Reason.Kind.INPUT_BLOCKED, Recipe.object(read), DayRange.covering(days), ""))
        : List.of();
  }

  /** The reasons for which a part that is read will be another than it is now. */
  List<Reason> toBeMade(Recipe.Part read) {
    SortedSet<LocalDate> days = new TreeSet<>();
    boolean isWhole = false;
    NavigableMap<Partition, LedgerEntry> made = ledger.partitions(Recipe.object(read));
    Optional<ViewReading> reading =
        read instanceof Recipe.Days of ? of.reading() : Optional.empty();
    for (LedgerEntry entry : partitionsRead(read)) {
      LedgerEntry before = made.get(entry.partition());
      if (isPlanned(entry)
          && (before == null
              || !fingerprint(before, reading).equals(fingerprint(entry, reading)))) {
        isWhole |= !(entry.partition() instanceof Partition.Day);
        if (entry.partition() instanceof Partition.Day day) {
          days.add(day.date());
        }
      }
    }

    return isWhole || !days.isEmpty()
        ? List.of(
            new Reason(
                Reason.Kind.INPUT_TO_BE_MADE, Recipe.object(read), DayRange.covering(days), ""))
        : List.of();
  }

  private List<LedgerEntry> partitionsRead(Recipe.Part read) {
    if (!planned.containsKey(Recipe.object(read))) {
      return List.of();
    }

    NavigableMap<Partition, LedgerEntry> all = partitions(Recipe.object(read));
    LedgerEntry whole = all.get(Partition.whole());
    if (read instanceof Recipe.Days days && whole == null) {
      return List.copyOf(InputDays.within(all, days.days()).values());
    }

    return all.values().stream().filter(entry -> Recipe.isRead(read, entry.partition())).toList();
  }

  private static boolean isPlanned(LedgerEntry entry) {
    return entry.attempt().equals(PLANNED);
  }
}
