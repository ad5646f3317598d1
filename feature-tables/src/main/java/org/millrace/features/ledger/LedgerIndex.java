package org.millrace.features.ledger;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.ZoneId;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import org.millrace.contracts.Partition;
import org.millrace.contracts.definition.DefinitionSnapshot;
import org.millrace.contracts.ledger.ChangedOutside;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.features.lake.LakeLogs;
import org.millrace.planning.LedgerView;

/**
 * What the ledger of a lake says, and what the tables say of it, at the moment it was opened: for
 * programs that only read. Needs no Spark session. Not thread-safe.
 *
 * <p>Errors: EXTERNAL if a log or a file cannot be read, DATA_CONTRACT if files of a log are
 * missing.
 */
public final class LedgerIndex implements LedgerView {
  private final LedgerReader reader;
  private final TableTruth truth;
  private final DefinitionFiles definitions;
  private final LedgerEntries entries = new LedgerEntries();

  private final IdentityHashMap<LedgerEntry, Optional<ChangedOutside>> differences =
      new IdentityHashMap<>();

  private LedgerIndex(LakeLogs logs) {
    this.reader = new LedgerReader(logs);
    this.truth = new TableTruth(logs);
    this.definitions = new DefinitionFiles(Path.of(logs.root()));
  }

  /**
   * Reads the ledger of a lake; an absent one is empty.
   *
   * @param dayZone of the definitions
   * @throws org.millrace.contracts.MillraceException of category DEFINITION if the lake's days are
   *     those of another zone
   */
  public static LedgerIndex open(LakeLogs logs, ZoneId dayZone) {
    DayZoneCheck.require(logs.of(Ledger.TABLE), dayZone);
    LedgerIndex index = new LedgerIndex(requireNonNull(logs, "logs is null"));
    index.reader.readNew().forEach(index.entries::add);
    return index;
  }

  /** The version of the ledger that was read; -1 if there is none. */
  public long version() {
    return reader.version();
  }

  @Override
  public NavigableMap<Partition, LedgerEntry> partitions(String object) {
    return Collections.unmodifiableNavigableMap(entries.of(object));
  }

  @Override
  public List<LedgerEntry> history(String object, Partition partition) {
    return entries.history(object, partition);
  }

  @Override
  public Optional<ChangedOutside> difference(LedgerEntry entry) {
    return differences.computeIfAbsent(
        entry,
        asked ->
            truth
                .difference(asked)
                .map(what -> new ChangedOutside(asked.object(), asked.partition(), what)));
  }

  @Override
  public OptionalLong bytes(String object, Partition partition) {
    return truth.bytes(object, partition);
  }

  @Override
  public Optional<DefinitionSnapshot> definitions(String hash) {
    return definitions.find(hash);
  }

  /** All objects that have entries. */
  public List<String> objects() {
    return entries.objects().stream().sorted().toList();
  }
}
