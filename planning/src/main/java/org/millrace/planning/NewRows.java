package org.millrace.planning;

import static java.util.Objects.requireNonNull;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.Partition;
import org.millrace.contracts.definition.FeatureViewDefinition;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.contracts.ledger.CommitNote;
import org.millrace.contracts.ledger.LedgerEntry;

/**
 * Tells inputs that hold other rows than when they were read from those that were only made anew by
 * another definition: a night follows the first, and leaves the second to people. Not thread-safe.
 */
public final class NewRows {
  private final Map<String, FeatureViewDefinition> views = new HashMap<>();
  private final Recipes recipes;
  private final Pipeline pipeline;
  private final LedgerView ledger;
  private final SourceDays sources;
  private final Map<Pair, Boolean> compared = new HashMap<>();

  /** What was read of a partition, and what is there now, by their places in the ledger. */
  private record Pair(String object, Partition partition, long before, long now) {}

  /** Prepares to compare the inputs of a pipeline's objects. */
  public NewRows(Pipeline pipeline, LedgerView ledger, SourceDays sources) {
    this.pipeline = requireNonNull(pipeline, "pipeline is null");
    this.ledger = requireNonNull(ledger, "ledger is null");
    this.sources = requireNonNull(sources, "sources is null");
    this.recipes = new Recipes(pipeline);
    pipeline.views().forEach(view -> views.put(view.table(), view));
  }

  /**
   * Whether a partition is undone only because other definitions made its inputs anew.
   *
   * @param reasons why it is undone
   */
  public boolean areNone(LedgerEntry entry, List<Reason> reasons) {
    return reasons.stream()
        .allMatch(reason -> reason.kind() == Reason.Kind.INPUT_CHANGED && areNone(entry, reason));
  }

  private boolean areNone(LedgerEntry entry, Reason changed) {
    Long version = CommitNote.readVersions(entry.inputVersions()).get(changed.object());
    if (version == null || !(entry.partition() instanceof Partition.Day day)) {
      return false;
    }

    if (changed.days().isEmpty()) {
      return isAsRead(changed.object(), Partition.whole(), version);
    }

    DayRange read = read(entry.object(), day.date(), changed.object());
    return changed.days().stream()
        .flatMap(range -> range.days().stream())
        .filter(read::contains)
        .allMatch(of -> isAsRead(changed.object(), Partition.of(of), version));
  }

  /** The days of an input that are read for a day of an object. */
  private DayRange read(String object, LocalDate day, String input) {
    DayRange one = DayRange.of(day);
    FeatureViewDefinition made = views.get(object);
    if (made != null) {
      return one.startingEarlier(made.lookBackDays());
    }

    FeatureViewDefinition joined = views.get(input);
    return joined != null
        ? recipes.visible(joined, one, 0)
        : one.startingEarlier(pipeline.spine().lookBackDays());
  }

  private boolean isAsRead(String object, Partition partition, long version) {
    Optional<LedgerEntry> before = ledger.asOf(object, partition, version);
    LedgerEntry now = ledger.partitions(object).get(partition);
    return before.isPresent() && now != null && isOfTheSameRows(before.get(), now);
  }

  private boolean isOfTheSameRows(LedgerEntry before, LedgerEntry now) {
    if (before.fingerprint().equals(now.fingerprint())) {
      return true;
    }

    Pair pair = new Pair(now.object(), now.partition(), before.sequence(), now.sequence());
    Boolean known = compared.get(pair);
    if (known == null) {
      FeatureViewDefinition view = views.get(now.object());
      known =
          view == null
              ? !sources.isOfNewRows(before.fingerprint(), now.fingerprint())
              : isOfTheSameInputs(view, before, now);
      compared.put(pair, known);
    }

    return known;
  }

  private boolean isOfTheSameInputs(
      FeatureViewDefinition view, LedgerEntry before, LedgerEntry now) {
    if (!(now.partition() instanceof Partition.Day day)) {
      return false;
    }

    for (String table : view.reads()) {
      List<Partition> read = new ArrayList<>(List.of(Partition.whole()));
      read(view.table(), day.date(), table).days().forEach(of -> read.add(Partition.of(of)));
      if (!read.stream().allMatch(partition -> isAsRead(table, partition, before, now))) {
        return false;
      }
    }

    return true;
  }

  /** Whether two readers were told of the same rows of a partition; of none, that is so. */
  private boolean isAsRead(String table, Partition partition, LedgerEntry before, LedgerEntry now) {
    Optional<LedgerEntry> then = asRead(table, partition, before);
    Optional<LedgerEntry> last = asRead(table, partition, now);
    if (then.isEmpty() || last.isEmpty()) {
      return then.isEmpty() == last.isEmpty();
    }

    return isOfTheSameRows(then.get(), last.get());
  }

  private Optional<LedgerEntry> asRead(String table, Partition partition, LedgerEntry reader) {
    return Optional.ofNullable(CommitNote.readVersions(reader.inputVersions()).get(table))
        .flatMap(version -> ledger.asOf(table, partition, version));
  }
}
