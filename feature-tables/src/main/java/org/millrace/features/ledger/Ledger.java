package org.millrace.features.ledger;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.millrace.contracts.Claim;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.FaultPoint;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Partition;
import org.millrace.contracts.Status;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.definition.DefinitionSnapshot;
import org.millrace.contracts.definition.PlatformDefinition.WhenChanged;
import org.millrace.contracts.ledger.ChangedOutside;
import org.millrace.contracts.ledger.CommitNote;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.features.lake.Lake;
import org.millrace.features.lake.LostRaceException;
import org.millrace.planning.Input;
import org.millrace.planning.InputDays;
import org.millrace.planning.LedgerView;
import org.millrace.planning.Recipe;
import org.millrace.planning.Restatement;

/**
 * What was done: per object and partition the fingerprint of definition and inputs, the versions
 * and the counts. A Delta table, {@code ops.ledger}; its order is that of Delta's versions,
 * whatever the clocks were.
 *
 * <p>An entry is believed only as far as its table agrees: the newest commit that touched the
 * partition must be the one that the entry names, with as many rows. Else the partition was {@link
 * ChangedOutside}: what reads it is refused, what makes it makes it again, or refuses by policy.
 *
 * <p>A commit comes before its entry. A run that is killed between the two finds a commit that the
 * ledger does not know, and does the partition again.
 *
 * <p>Placement: driver only. Not thread-safe.
 */
public final class Ledger implements LedgerView {
  /** The ledger's table. */
  public static final String TABLE = "ops.ledger";

  private static final int MOST_RACES = 50;

  private final LedgerTable table;
  private final TableTruth truth;
  private final RunsAtWork atWork;
  private final WhenChanged policy;
  private final DefinitionFiles definitions;
  private final LedgerEntries entries = new LedgerEntries();
  private final Map<String, TreeMap<Partition, ChangedOutside>> changed = new LinkedHashMap<>();

  private final Map<String, Set<Partition>> restated = new LinkedHashMap<>();
  private Optional<Restatement> restatement = Optional.empty();
  private Consumer<List<LedgerEntry>> listener = entries -> {};

  /** Of recipes as they are held, until anything is known anew. */
  private final IdentityHashMap<Recipe, String> fingerprints = new IdentityHashMap<>();

  private Ledger(Lake lake, WhenChanged policy, BiPredicate<String, Claim> isAtWork) {
    this.table = new LedgerTable(lake);
    this.truth = new TableTruth(lake.logs());
    this.definitions = new DefinitionFiles(Path.of(lake.root()));
    this.atWork = new RunsAtWork(lake.logs(), truth, isAtWork);
    this.policy = requireNonNull(policy, "policy is null");
  }

  /** Reads the ledger of a lake, in which no run is at work; an absent one is empty. */
  public static Ledger open(Lake lake) {
    return open(lake, WhenChanged.REDO, (attempt, claim) -> false);
  }

  /**
   * Reads the ledger of a lake; an absent one is empty.
   *
   * @param policy what to do with partitions that were changed outside
   * @param isAtWork whether an attempt lives and has the right to write a claim: its commits may be
   *     ahead of its entries
   * @throws MillraceException of category DEFINITION if the lake's days are those of another zone
   */
  public static Ledger open(Lake lake, WhenChanged policy, BiPredicate<String, Claim> isAtWork) {
    DayZoneCheck.require(lake.logs().of(TABLE), lake.dayZone());
    Ledger ledger = new Ledger(requireNonNull(lake, "lake is null"), policy, isAtWork);
    ledger.refresh();
    return ledger;
  }

  /** Takes in what other programs wrote since, to the ledger and to the tables. */
  public void refresh() {
    table.readNew().forEach(this::remember);
    truth.refresh();
    fingerprints.clear();
  }

  /** The newest entry of an object's partition, whether or not its table agrees. */
  public Optional<LedgerEntry> entry(String object, Partition partition) {
    return Optional.ofNullable(of(object).get(partition));
  }

  /** The newest entry of an object's day, whether or not its table agrees. */
  public Optional<LedgerEntry> entry(String object, LocalDate day) {
    return entry(object, Partition.of(day));
  }

  /** The newest entries of all days of an object, by day. */
  public NavigableMap<LocalDate, LedgerEntry> entries(String object) {
    return InputDays.byDay(of(object));
  }

  /** The newest entries of an object's days within a range, by day. */
  public NavigableMap<LocalDate, LedgerEntry> entries(String object, DayRange days) {
    return InputDays.within(of(object), days);
  }

  /**
   * Those entries that can be read and whose tables agree, for whoever can do without the others;
   * {@link #takeChanged} says which differ.
   */
  public NavigableMap<LocalDate, LedgerEntry> agreed(NavigableMap<LocalDate, LedgerEntry> entries) {
    NavigableMap<LocalDate, LedgerEntry> agreed = new TreeMap<>(entries);
    agreed.values().removeIf(entry -> !entry.isReadable() || difference(entry).isPresent());
    return agreed;
  }

  /** All objects that have entries. */
  public List<String> objects() {
    return entries.objects().stream().sorted().toList();
  }

  @Override
  public NavigableMap<Partition, LedgerEntry> partitions(String object) {
    return Collections.unmodifiableNavigableMap(of(object));
  }

  @Override
  public List<LedgerEntry> history(String object, Partition partition) {
    return entries.history(object, partition);
  }

  @Override
  public OptionalLong bytes(String object, Partition partition) {
    return truth.bytes(object, partition);
  }

  @Override
  public Optional<DefinitionSnapshot> definitions(String hash) {
    return definitions.find(hash);
  }

  /**
   * Keeps the definitions that something is made by.
   *
   * @return their hash, for the notes of commits
   * @throws MillraceException of category EXTERNAL if they cannot be written
   */
  public String keep(DefinitionSnapshot snapshot) {
    return definitions.keep(snapshot);
  }

  /**
   * Says which partitions are to be made again: their entries count as undone as long as they are
   * older than the wish.
   *
   * @param partitions by object
   */
  public void restate(Map<String, Set<Partition>> partitions, Restatement wish) {
    restated.clear();
    restated.putAll(partitions);
    restatement = Optional.of(wish);
  }

  private boolean isToBeMadeAgain(LedgerEntry entry) {
    return restatement.filter(wish -> wish.isOlder(entry)).isPresent()
        && restated.getOrDefault(entry.object(), Set.of()).contains(entry.partition());
  }

  /** The version of the ledger that was read last; -1 if there is none. */
  public long version() {
    return table.version();
  }

  /** True if the day was done with exactly this fingerprint, and its table agrees. */
  public boolean isDone(String object, LocalDate day, String fingerprint) {
    return isDone(object, Partition.of(day), fingerprint);
  }

  /**
   * True if the partition was done with exactly this fingerprint, and its table agrees.
   *
   * @throws MillraceException if its table does not agree and the policy is to refuse: of category
   *     BUSY if another run is writing it, else DATA_CONTRACT
   */
  public boolean isDone(String object, Partition partition, String fingerprint) {
    Optional<LedgerEntry> entry =
        entry(object, partition)
            .filter(done -> done.status() == Status.DONE)
            .filter(done -> done.fingerprint().equals(fingerprint))
            .filter(done -> !isToBeMadeAgain(done));
    if (entry.isEmpty()) {
      return false;
    }

    Optional<ChangedOutside> difference = difference(entry.get());
    if (difference.isPresent() && policy == WhenChanged.REFUSE) {
      atWork.requireNone(entry.get());
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot go on: "
              + difference.get()
              + "; bring the table back, or set 'changed-outside: redo' in millrace.yaml to have the"
              + " partition made again");
    }

    return difference.isEmpty();
  }

  /**
   * An entry whose table agrees, for whoever reads the partition.
   *
   * @param madeBy the command that makes the object, for the message
   * @throws MillraceException of category INPUT_MISSING if there is none, BUSY if another run is
   *     writing it, DATA_CONTRACT if the table says otherwise
   */
  public LedgerEntry require(String object, Partition partition, String madeBy) {
    LedgerEntry entry =
        entry(object, partition)
            .filter(LedgerEntry::isReadable)
            .orElseThrow(
                () ->
                    new MillraceException(
                        ErrorCategory.INPUT_MISSING,
                        "Cannot read "
                            + object
                            + (partition.equals(Partition.whole()) ? "" : " of " + partition)
                            + ": it was not made yet; run `millrace "
                            + madeBy
                            + "` first"));
    requireUnchanged(entry);
    return entry;
  }

  @Override
  public Optional<ChangedOutside> difference(LedgerEntry entry) {
    Optional<ChangedOutside> found =
        truth
            .difference(entry)
            .map(what -> new ChangedOutside(entry.object(), entry.partition(), what));
    found.ifPresent(
        outside ->
            changed
                .computeIfAbsent(entry.object(), object -> new TreeMap<>())
                .put(entry.partition(), outside));
    return found;
  }

  /** The table version that the ledger is held against; empty if there is no such table. */
  public Optional<TableVersion> comparedWith(String table) {
    return truth.version(table);
  }

  /** The entries of a commit, with the rows that its partitions have in the version it made. */
  public List<LedgerEntry> entriesOf(TableVersion version, CommitNote note, Instant finishedAt) {
    return LedgerEntry.of(
        version, note, truth.rows(version, note.partitions().keySet()), finishedAt);
  }

  /**
   * The same for a table whose partitions hold just the rows that the note calls accepted.
   *
   * @throws MillraceException of category DATA_CONTRACT if a partition holds another number: what
   *     was counted is not what was written
   */
  public List<LedgerEntry> countedEntriesOf(
      TableVersion version, CommitNote note, Instant finishedAt) {
    List<LedgerEntry> entries = entriesOf(version, note, finishedAt);
    for (LedgerEntry entry : entries) {
      long promised = entry.rows().accepted();
      if (entry.outputRows().orElse(promised) != promised) {
        throw new MillraceException(
            ErrorCategory.DATA_CONTRACT,
            "Cannot enter %s of %s into the ledger: %s holds %d rows, %d were counted before it was written; SQL that gives other rows each time it is read (rand(), uuid(), LIMIT without an order) does that, and so does a file that changes meanwhile: mend it and run again"
                .formatted(
                    entry.object(),
                    entry.partition(),
                    version,
                    entry.outputRows().getAsLong(),
                    promised));
      }
    }

    return entries;
  }

  /** The partitions that were found to be changed outside since the last call, by object. */
  public Map<String, NavigableMap<Partition, ChangedOutside>> takeChanged() {
    Map<String, NavigableMap<Partition, ChangedOutside>> found = new LinkedHashMap<>(changed);
    changed.clear();
    return found;
  }

  /**
   * Hands on all entries that {@link #append} writes from now on, once they are on record.
   *
   * @param only listener there is; another one takes its place
   */
  public void onAppend(Consumer<List<LedgerEntry>> only) {
    listener = requireNonNull(only, "only is null");
  }

  /**
   * Writes entries, in one commit. If another program wrote in between, its entries are read first,
   * and an entry of ours whose table version another one has overtaken is left out.
   */
  public void append(Collection<LedgerEntry> entries, CommitNote note) {
    List<LedgerEntry> written = appended(List.copyOf(entries), note);
    if (!written.isEmpty()) {
      listener.accept(written);
    }
  }

  private List<LedgerEntry> appended(List<LedgerEntry> entries, CommitNote note) {
    List<LedgerEntry> wanted = entries;
    Set<String> objects =
        wanted.stream().map(LedgerEntry::object).collect(Collectors.toCollection(TreeSet::new));
    objects.forEach(FaultPoint.BEFORE_LEDGER::reached);
    for (int race = 0; !wanted.isEmpty(); race++) {
      try {
        table.append(wanted, note).forEach(this::remember);
        objects.forEach(truth::forget);
        fingerprints.clear();
        objects.forEach(FaultPoint.AFTER_LEDGER::reached);
        return wanted;
      } catch (LostRaceException e) {
        if (race == MOST_RACES) {
          throw e;
        }

        table.readNew().forEach(this::remember);
        wanted = wanted.stream().filter(entry -> !isOvertaken(entry)).toList();
      }
    }

    return List.of();
  }

  private boolean isOvertaken(LedgerEntry entry) {
    long ours = entry.tableVersion().orElse(Long.MAX_VALUE);
    return entry(entry.object(), entry.partition())
        .filter(other -> other.tableVersion().orElse(-1) > ours)
        .isPresent();
  }

  /**
   * The fingerprint of an object's inputs over some days.
   *
   * @param object input object: with days, or whole
   * @param days the days that are read; holes inside what the object has are an error, days before
   *     its first one are not
   * @return SHA-256 over the fingerprints of the days, in order
   * @throws MillraceException of category INPUT_MISSING if a day is not there yet, BUSY if another
   *     run is writing one, DATA_CONTRACT if a table says otherwise than the ledger
   */
  public String fingerprint(String object, DayRange days) {
    return fingerprint(new Recipe.Days(object, days));
  }

  private String fingerprint(Recipe.Days days) {
    Input input = InputDays.of(this, days);
    if (input instanceof Input.Ready ready) {
      return ready.fingerprint();
    }

    if (input instanceof Input.Changed changed) {
      throw refusal(changed.entry(), changed.difference());
    }

    throw ((Input.Missing) input).refusal();
  }

  /**
   * The fingerprint of what a recipe says.
   *
   * @throws MillraceException as {@link #fingerprint(String, DayRange)} and {@link #require}
   */
  public String fingerprint(Recipe recipe) {
    String known = fingerprints.get(recipe);
    if (known == null) {
      known = recipe.fingerprint(this::fingerprint, this::fingerprint, this::fingerprint);
      fingerprints.put(recipe, known);
    }

    return known;
  }

  /**
   * The fingerprint of what a recipe reads alone.
   *
   * @throws MillraceException as {@link #fingerprint(Recipe)}
   */
  public String inputsFingerprint(Recipe recipe) {
    return recipe.inputsFingerprint(this::fingerprint, this::fingerprint);
  }

  private String fingerprint(Recipe.Entry entry) {
    return require(entry.object(), entry.partition(), entry.madeBy()).fingerprint();
  }

  private void requireUnchanged(LedgerEntry entry) {
    Optional<ChangedOutside> difference = difference(entry);
    if (difference.isPresent()) {
      throw refusal(entry, difference.get());
    }
  }

  private MillraceException refusal(LedgerEntry entry, ChangedOutside difference) {
    atWork.requireNone(entry);
    return new MillraceException(
        ErrorCategory.DATA_CONTRACT,
        "Cannot read "
            + entry.object()
            + ": "
            + difference
            + "; run the room that makes it for that day, which makes it again, or see `millrace"
            + " doctor --lake`");
  }

  private NavigableMap<Partition, LedgerEntry> of(String object) {
    return entries.of(object);
  }

  private void remember(LedgerEntry entry) {
    fingerprints.clear();
    entries.add(entry);
  }
}
