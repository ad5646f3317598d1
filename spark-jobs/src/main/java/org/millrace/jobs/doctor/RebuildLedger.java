package org.millrace.jobs.doctor;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.millrace.contracts.Partition;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.Status;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.ledger.CommitNote;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.contracts.ledger.LedgerObjects;
import org.millrace.features.lake.Lake;
import org.millrace.features.ledger.Ledger;
import org.millrace.jobs.doctor.Finding.Kind;
import org.millrace.jobs.doctor.NotedPartitions.Noted;
import org.millrace.jobs.room.Failures;
import org.millrace.jobs.room.Progress;

/**
 * Makes ledger entries from what commits say of themselves: of partitions that have none, or one
 * that does not agree with its table. An entry that agrees is never replaced, and neither is one
 * that announces work: what that work left may be half of what belongs together. Driver only.
 */
final class RebuildLedger {
  private final Lake lake;
  private final Ledger ledger;
  private final Progress progress;
  private final List<CommitNote> notes = new ArrayList<>();

  RebuildLedger(Lake lake, Ledger ledger, Progress progress) {
    this.lake = requireNonNull(lake, "lake is null");
    this.ledger = requireNonNull(ledger, "ledger is null");
    this.progress = requireNonNull(progress, "progress is null");
  }

  /**
   * Enters what is missing, in one commit; the entries in the order of their commits.
   *
   * @throws org.millrace.contracts.MillraceException of category DEFINITION if a commit is of days
   *     of another zone than the definitions say
   */
  List<LedgerEntry> run(CommitNote note) {
    List<LedgerEntry> entries = new ArrayList<>();
    for (String table : lake.tables()) {
      if (!table.equals(Ledger.TABLE)) {
        try {
          entries.addAll(missing(table));
        } catch (Exception e) { // Scala throws checked exceptions without declaring them
          progress.say("doctor", table + " is left out: " + Failures.ending(e).sentence());
        }
      }
    }

    notes.forEach(made -> made.requireIn(lake.dayZone()));
    entries.sort(
        Comparator.comparing(LedgerEntry::finishedAt)
            .thenComparing(LedgerEntry::object)
            .thenComparing(LedgerEntry::partition));
    ledger.append(entries, note);
    return entries;
  }

  private List<LedgerEntry> missing(String table) {
    NavigableMap<Long, Noted> commits = new TreeMap<>();
    NavigableMap<Partition, Noted> wanted = NotedPartitions.of(lake, table);
    wanted.keySet().removeIf(partition -> !isWanted(table, partition));
    wanted.values().forEach(noted -> commits.put(noted.version(), noted));
    commits.values().forEach(noted -> notes.add(noted.note()));
    List<LedgerEntry> entries = new ArrayList<>();
    commits.forEach( // oldest first: each state of the table is then made from the one before
        (number, noted) -> {
          TableVersion version = new TableVersion(table, lake.path(table), number);
          ledger.entriesOf(version, noted.note(), noted.writtenAt()).stream()
              .filter(entry -> noted.equals(wanted.get(entry.partition())))
              .filter(entry -> ledger.difference(entry).isEmpty())
              .forEach(entries::add);
        });
    return entries;
  }

  private boolean isWanted(String table, Partition partition) {
    return ledger
        .entry(table, partition)
        .map(entry -> entry.status() != Status.PENDING && ledger.difference(entry).isPresent())
        .orElse(true);
  }

  /** What has no table, and no entry either, of the models that have a training set. */
  List<Finding> outOfReach() {
    List<Finding> findings = new ArrayList<>();
    for (String object : ledger.objects()) {
      if (object.startsWith("training.")) {
        String model = object.substring("training.".length());
        Map<String, String> commands =
            new TreeMap<>(
                Map.of(
                    LedgerObjects.candidate(model), "train", LedgerObjects.verdict(model), "gate"));
        commands.forEach(
            (missing, verb) -> {
              if (ledger.partitions(missing).isEmpty()) {
                findings.add(
                    new Finding(
                        Kind.OUT_OF_REACH,
                        missing,
                        "",
                        "has no entry, and no table's commit could give it one",
                        "if there was one: " + command(verb, object)));
              }
            });
      }
    }

    return findings;
  }

  private String command(String verb, String trainingSet) {
    String runKey =
        Optional.ofNullable(ledger.partitions(trainingSet).get(Partition.whole()))
            .flatMap(entry -> RunKey.parse(entry.runKey()))
            .map(key -> new RunKey(key.pipeline(), verb, key.days()).toString())
            .orElse("");
    return Remedy.makeAgain(runKey, List.of());
  }
}
