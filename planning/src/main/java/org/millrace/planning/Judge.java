package org.millrace.planning;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.Partition;
import org.millrace.contracts.Status;
import org.millrace.contracts.definition.DefinitionSnapshot;
import org.millrace.contracts.definition.ViewReading;
import org.millrace.contracts.ledger.LedgerEntry;

/**
 * Says of one partition after the other, in the order in which they are made, whether it is done,
 * undone or blocked, and why. An object's partitions are all judged before those that read them.
 * Not thread-safe.
 */
final class Judge {
  private final LedgerView ledger;
  private final PlannedLedger planned;
  private final RestatedPartitions restated;
  private final Scope scope;
  private final Map<Recipe.Days, Input> inputs = new HashMap<>();
  private final Map<Start, InputDays> starts = new HashMap<>();
  private final IdentityHashMap<Recipe, String> nested = new IdentityHashMap<>();

  /** Where days of an object that are read begin: ranges that only grow share their digest. */
  private record Start(String object, LocalDate from, Optional<ViewReading> reading) {}

  /**
   * Prepares.
   *
   * @param now the definitions as they are; empty if readers are not judged by columns
   * @param restated what is made again
   * @param scope what may be made: other partitions are judged, and stay as they are for those that
   *     read them
   */
  Judge(
      LedgerView ledger,
      Optional<DefinitionSnapshot> now,
      RestatedPartitions restated,
      Scope scope) {
    this.ledger = ledger;
    this.planned = new PlannedLedger(ledger, now);
    this.restated = restated;
    this.scope = scope;
  }

  /** Whether a partition is as a recipe says; nothing is remembered. */
  boolean isDone(String object, Partition partition, Recipe recipe) {
    LedgerEntry entry = ledger.partitions(object).get(partition);
    return entry != null
        && blocked(recipe).isEmpty()
        && compare(entry, fingerprint(recipe), recipe) instanceof State.Done;
  }

  /** Judges a partition by what it is made from, and remembers the answer for its readers. */
  State judge(String object, Partition partition, Recipe recipe) {
    restated.note(object, partition, recipe);
    List<Reason> blocked = blocked(recipe);
    if (!blocked.isEmpty()) {
      return remember(
          object, partition, new State.Blocked(Reason.merged(blocked)), Outcome.UNKNOWN);
    }

    String fingerprint = fingerprint(recipe);
    LedgerEntry entry = ledger.partitions(object).get(partition);
    State state =
        entry == null
            ? new State.Undone(List.of(Reason.of(Reason.Kind.NEVER_MADE, "")))
            : restated.state(object, partition, recipe, compare(entry, fingerprint, recipe));
    return remember(
        object,
        partition,
        state,
        new Outcome(Optional.of(fingerprint), Optional.of(inputs(recipe))));
  }

  /** The fingerprint of what a recipe reads alone, which is there or is to be made. */
  String inputs(Recipe recipe) {
    return recipe.inputsFingerprint(this::ready, this::ready);
  }

  /**
   * What a partition will be if it is made; what only the run can tell is empty.
   *
   * @param fingerprint of it
   * @param inputs the fingerprint of its inputs alone
   */
  record Outcome(Optional<String> fingerprint, Optional<String> inputs) {
    static final Outcome UNKNOWN = new Outcome(Optional.empty(), Optional.empty());
  }

  private List<Reason> blocked(Recipe recipe) {
    List<Reason> blocked = new ArrayList<>();
    for (Recipe.Part read : recipe.reads()) {
      blocked.addAll(planned.blocked(read));
      missing(read).ifPresent(blocked::add);
    }

    return blocked;
  }

  /**
   * Remembers what was found otherwise.
   *
   * @param outcome what it will be if it is made
   */
  State remember(String object, Partition partition, State state, Outcome outcome) {
    if (!scope.includes(object, partition)) {
      return state;
    }

    if (state instanceof State.Undone) {
      planned.make(object, partition, outcome.fingerprint(), outcome.inputs());
    } else if (state instanceof State.Blocked) {
      planned.block(object, partition);
    }

    return state;
  }

  /** The state of a partition without a recipe, which may be one that is to be made again. */
  State restated(String object, Partition partition, State found) {
    Recipe none = new Recipe("", List.of());
    restated.note(object, partition, none);
    return restated.state(object, partition, none, found);
  }

  /** Whether an entry is of this fingerprint, and its table agrees. */
  State compare(LedgerEntry entry, String fingerprint, Recipe recipe) {
    if (entry.withdrawal().isPresent()) {
      String by = entry.withdrawal().get().text(entry.finishedAt());
      return new State.Undone(List.of(Reason.of(Reason.Kind.WITHDRAWN, by)));
    }

    if (entry.status() != Status.DONE) {
      return new State.Undone(List.of(Reason.of(Reason.Kind.CUT_OFF, "by " + entry.runKey())));
    }

    if (!entry.fingerprint().equals(fingerprint)) {
      List<Reason> first =
          recipe.reads().stream().flatMap(read -> planned.toBeMade(read).stream()).toList();
      List<Reason> reasons = new ArrayList<>(changedOutside(entry));
      reasons.addAll(
          first.isEmpty() ? new InputChanges(ledger, entry).reasons(recipe) : Reason.merged(first));
      return new State.Undone(reasons);
    }

    List<Reason> changed = changedOutside(entry);
    return changed.isEmpty() ? new State.Done(entry) : new State.Undone(changed);
  }

  private List<Reason> changedOutside(LedgerEntry entry) {
    return ledger
        .difference(entry)
        .map(what -> Reason.of(Reason.Kind.CHANGED_OUTSIDE, what.difference()))
        .stream()
        .toList();
  }

  /** Why a part cannot be read; empty if it is there, or is to be made. */
  private Optional<Reason> missing(Recipe.Part read) {
    if (read instanceof Recipe.Entry entry) {
      LedgerEntry found = planned.partitions(entry.object()).get(entry.partition());
      return found != null && found.isReadable()
          ? Optional.empty()
          : Optional.of(
              new Reason(Reason.Kind.INPUT_MISSING, entry.object(), days(entry.partition()), ""));
    }

    Recipe.Days days = (Recipe.Days) read;
    Input input = input(days);
    if (input instanceof Input.Missing missing) {
      return Optional.of(
          new Reason(
              Reason.Kind.INPUT_MISSING,
              days.object(),
              DayRange.covering(new TreeSet<>(missing.days())),
              ""));
    }

    return input instanceof Input.Changed changed
        ? Optional.of(
            new Reason(
                Reason.Kind.CHANGED_OUTSIDE,
                days.object(),
                days(changed.entry().partition()),
                changed.difference().difference()))
        : Optional.empty();
  }

  private static List<DayRange> days(Partition partition) {
    return partition instanceof Partition.Day day ? List.of(DayRange.of(day.date())) : List.of();
  }

  private Input input(Recipe.Days days) {
    return inputs.computeIfAbsent(
        days,
        asked ->
            starts
                .computeIfAbsent(
                    new Start(asked.object(), asked.days().from(), asked.reading()),
                    start -> new InputDays(planned, start.object(), start.from(), start.reading()))
                .upTo(asked.days().to()));
  }

  private String fingerprint(Recipe recipe) {
    return recipe.fingerprint(this::ready, this::ready, this::nested);
  }

  private String nested(Recipe recipe) {
    String known = nested.get(recipe);
    if (known == null) {
      known = fingerprint(recipe);
      nested.put(recipe, known);
    }

    return known;
  }

  private String ready(Recipe.Days days) {
    if (input(days) instanceof Input.Ready ready) {
      return ready.fingerprint();
    }

    throw new IllegalStateException("Cannot use " + days + " before it is known to be there");
  }

  private String ready(Recipe.Entry entry) {
    LedgerEntry found = planned.partitions(entry.object()).get(entry.partition());
    if (found == null) {
      throw new IllegalStateException("Cannot use " + entry + " before it is known to be there");
    }

    return found.fingerprint();
  }
}
