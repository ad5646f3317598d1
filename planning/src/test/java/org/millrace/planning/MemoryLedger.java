package org.millrace.planning;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.millrace.contracts.Output;
import org.millrace.contracts.Partition;
import org.millrace.contracts.RowCounts;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.definition.DefinitionSnapshot;
import org.millrace.contracts.ledger.ChangedOutside;
import org.millrace.contracts.ledger.CommitNote;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.contracts.ledger.PartitionNote;

/** A ledger in memory, in which a test makes what rooms would make. */
final class MemoryLedger implements LedgerView {
  private final Map<String, NavigableMap<Partition, LedgerEntry>> entries = new TreeMap<>();
  private final List<LedgerEntry> history = new ArrayList<>();
  private final Map<String, ChangedOutside> changed = new HashMap<>();
  private final Map<String, Long> versions = new HashMap<>();
  private final Map<String, DefinitionSnapshot> kept = new HashMap<>();
  private String definitions = "";
  private long sequence;

  @Override
  public NavigableMap<Partition, LedgerEntry> partitions(String object) {
    return entries.getOrDefault(object, new TreeMap<>());
  }

  @Override
  public List<LedgerEntry> history(String object, Partition partition) {
    return history.stream()
        .filter(entry -> entry.object().equals(object) && entry.partition().equals(partition))
        .toList();
  }

  @Override
  public Optional<ChangedOutside> difference(LedgerEntry entry) {
    return Optional.ofNullable(changed.get(entry.object() + " " + entry.partition()));
  }

  @Override
  public Optional<DefinitionSnapshot> definitions(String hash) {
    return Optional.ofNullable(kept.get(hash));
  }

  /** Makes everything by these definitions from now on. */
  void by(DefinitionSnapshot snapshot) {
    definitions = snapshot.hash();
    kept.put(definitions, snapshot);
  }

  /** Place of the newest entry. */
  long newest() {
    return sequence - 1;
  }

  /** Makes a partition from what its recipe reads now, as the next version of its table. */
  void make(String object, Partition partition, Recipe recipe) {
    make(object, partition, fingerprint(recipe), recipe);
  }

  /** Makes a partition with a fingerprint. */
  void make(String object, Partition partition, String fingerprint, Recipe recipe) {
    List<TableVersion> read =
        recipe.reads().stream()
            .map(part -> part instanceof Recipe.Days days ? days.object() : "")
            .filter(versions::containsKey)
            .distinct()
            .map(table -> new TableVersion(table, "", versions.getOrDefault(table, 0L)))
            .toList();
    CommitNote note =
        new CommitNote("run-" + sequence, "attempt", fingerprint, read).by(definitions);
    long version = versions.merge(object, 1L, Long::sum);
    LedgerEntry entry =
        LedgerEntry.of(object, partition)
            .made(
                note,
                new PartitionNote(fingerprint, RowCounts.accepted(10), PartitionNote.UNJUDGED)
                    .readingInputs(inputsFingerprint(recipe))
                    .scoredBy(
                        Optional.of("m/1").filter(model -> object.startsWith("predictions."))))
            .output(new Output.Table(version))
            .finishedAt(Instant.EPOCH)
            .at(sequence++);
    history.add(entry);
    entries.computeIfAbsent(object, name -> new TreeMap<>()).put(partition, entry);
    changed.remove(object + " " + partition);
  }

  void remove(String object, Partition partition) {
    partitions(object).remove(partition);
  }

  void changeOutside(String object, Partition partition) {
    changed.put(
        object + " " + partition, new ChangedOutside(object, partition, "its rows are gone"));
  }

  String fingerprint(Recipe recipe) {
    return recipe.fingerprint(this::fingerprint, this::fingerprint);
  }

  private String inputsFingerprint(Recipe recipe) {
    return recipe.inputsFingerprint(this::fingerprint, this::fingerprint);
  }

  private String fingerprint(Recipe.Days days) {
    Input input = InputDays.of(this, days);
    return input instanceof Input.Ready ready ? ready.fingerprint() : input.toString();
  }

  private String fingerprint(Recipe.Entry entry) {
    return requireNonNull(
            partitions(entry.object()).get(entry.partition()), () -> entry + " is absent")
        .fingerprint();
  }
}
