package org.millrace.planning;

import static java.util.Objects.requireNonNull;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.Partition;
import org.millrace.contracts.ledger.LedgerEntry;

/**
 * What a {@link Restatement} reaches: the partitions that it names, and those that read one of
 * them, as far as they were noted in the order in which they are made. Not thread-safe.
 */
final class RestatedPartitions {
  private final Optional<Restatement> restatement;
  private final Map<String, Set<Partition>> reached = new HashMap<>();

  RestatedPartitions(Optional<Restatement> restatement) {
    this.restatement = requireNonNull(restatement, "restatement is null");
  }

  /** Notes a partition if it is reached. */
  void note(String object, Partition partition, Recipe recipe) {
    if (restatement.isPresent()
        && (restatement.get().names(object, partition) || !inputs(recipe).isEmpty())) {
      reached.computeIfAbsent(object, name -> new HashSet<>()).add(partition);
    }
  }

  boolean contains(String object, Partition partition) {
    return reached.getOrDefault(object, Set.of()).contains(partition);
  }

  /**
   * A partition that is done or to be compared, and reached, and was not made again yet, is undone.
   */
  State state(String object, Partition partition, Recipe recipe, State found) {
    return contains(object, partition)
            && entry(found).filter(restatement.orElseThrow()::isOlder).isPresent()
        ? new State.Undone(reasons(recipe))
        : found;
  }

  private static Optional<LedgerEntry> entry(State found) {
    if (found instanceof State.Done done) {
      return Optional.of(done.entry());
    }

    return found instanceof State.Unsure unsure ? Optional.of(unsure.entry()) : Optional.empty();
  }

  private List<Reason> reasons(Recipe recipe) {
    List<Reason> inputs = inputs(recipe);
    return inputs.isEmpty() ? List.of(Reason.of(Reason.Kind.RESTATED, "")) : Reason.merged(inputs);
  }

  private List<Reason> inputs(Recipe recipe) {
    List<Reason> inputs = new ArrayList<>();
    for (Recipe.Part part : recipe.reads()) {
      String object = Recipe.object(part);
      Set<Partition> restated = reached.getOrDefault(object, Set.of());
      SortedSet<LocalDate> days = new TreeSet<>();
      boolean isWhole = false;
      for (Partition partition : restated) {
        if (Recipe.isRead(part, partition)) {
          isWhole |= !(partition instanceof Partition.Day);
          if (partition instanceof Partition.Day day) {
            days.add(day.date());
          }
        }
      }

      if (isWhole || !days.isEmpty()) {
        inputs.add(new Reason(Reason.Kind.INPUT_RESTATED, object, DayRange.covering(days), ""));
      }
    }

    return inputs;
  }
}
