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
 * Tells inputs that got other rows since they were read from those that were only made anew by
 * another definition: a night follows the first, and leaves the second to people. Where entries are
 * lost, rows count as new. Not thread-safe.
 */
public final class NewRows {
  private final Map<String, FeatureViewDefinition> views = new HashMap<>();
  private final Recipes recipes;
  private final Pipeline pipeline;
  private final LedgerView ledger;
  private final SourceDays sources;
  private final Map<Pair, Boolean> compared = new HashMap<>();

  /** Two entries of a day of a view. */
  private record Pair(LedgerEntry before, LedgerEntry now) {}

  /** Prepares to compare the inputs of a pipeline's objects. */
  public NewRows(Pipeline pipeline, LedgerView ledger, SourceDays sources) {
    this.pipeline = requireNonNull(pipeline, "pipeline is null");
    this.ledger = requireNonNull(ledger, "ledger is null");
    this.sources = requireNonNull(sources, "sources is null");
    this.recipes = new Recipes(pipeline);
    pipeline.defined().forEach(view -> views.put(view.table(), view));
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

    List<Partition> read = new ArrayList<>();
    if (changed.days().isEmpty()) {
      read.add(Partition.whole());
    }

    DayRange visible = read(entry.object(), day.date(), changed.object());
    changed.days().stream()
        .flatMap(range -> range.days().stream())
        .filter(visible::contains)
        .forEach(of -> read.add(Partition.of(of)));
    return !read.isEmpty()
        && read.stream().noneMatch(of -> isNew(changed.object(), of, version, Long.MAX_VALUE));
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

  /**
   * Whether a partition got other rows between two versions of its table.
   *
   * @param from version that was read before
   * @param to version that is read now
   */
  private boolean isNew(String object, Partition partition, long from, long to) {
    List<LedgerEntry> history = ledger.history(object, partition);
    Optional<LedgerEntry> before = asOf(history, from);
    Optional<LedgerEntry> now = asOf(history, to);
    if (before.isEmpty() || now.isEmpty()) {
      return before.isPresent() != now.isPresent();
    }

    if (before.get().fingerprint().equals(now.get().fingerprint())) {
      return false;
    }

    FeatureViewDefinition view = views.get(object);
    return view == null
        ? isAnyNew(history, history.indexOf(before.get()), history.indexOf(now.get()))
        : compared.computeIfAbsent(
            new Pair(before.get(), now.get()), pair -> haveNewInputs(view, pair));
  }

  /** An edit that came between must not hide rows that came before or after it. */
  private boolean isAnyNew(List<LedgerEntry> history, int first, int last) {
    for (int i = first; i < last; i++) {
      if (sources.isOfNewRows(history.get(i).fingerprint(), history.get(i + 1).fingerprint())) {
        return true;
      }
    }

    return first > last;
  }

  private boolean haveNewInputs(FeatureViewDefinition view, Pair pair) {
    if (!(pair.now().partition() instanceof Partition.Day day)) {
      return true;
    }

    Map<String, Long> before = CommitNote.readVersions(pair.before().inputVersions());
    Map<String, Long> now = CommitNote.readVersions(pair.now().inputVersions());
    for (String table : view.reads()) {
      Long from = before.get(table);
      Long to = now.get(table);
      if (to == null) {
        return true;
      }

      if (from == null) {
        continue; // its definition did not read it then
      }

      List<Partition> read = new ArrayList<>(List.of(Partition.whole()));
      read(view.table(), day.date(), table).days().forEach(of -> read.add(Partition.of(of)));
      if (read.stream().anyMatch(partition -> isNew(table, partition, from, to))) {
        return true;
      }
    }

    return before.isEmpty();
  }

  private static Optional<LedgerEntry> asOf(List<LedgerEntry> history, long version) {
    return history.stream()
        .filter(entry -> entry.tableVersion().orElse(Long.MAX_VALUE) <= version)
        .reduce((older, newer) -> newer);
  }
}
