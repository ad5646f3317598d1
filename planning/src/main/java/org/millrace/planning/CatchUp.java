package org.millrace.planning;

import java.time.LocalDate;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.function.Function;
import org.millrace.contracts.Partition;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.contracts.ledger.LedgerObjects;

/**
 * What is due of what is undone: days that were never made, were cut off, were changed outside, or
 * whose inputs changed since. A definition that changed, or another champion, leaves the days as
 * they are that were made before: they are made again when a person asks for it. So is what a
 * person took back.
 */
public final class CatchUp {
  private static final Set<Reason.Kind> LEFT =
      Set.of(Reason.Kind.DEFINITION_CHANGED, Reason.Kind.WITHDRAWN);

  /** There is nothing that could be left as it is. */
  private static final Set<Reason.Kind> LOST =
      Set.of(Reason.Kind.NEVER_MADE, Reason.Kind.CUT_OFF, Reason.Kind.CHANGED_OUTSIDE);

  private CatchUp() {}

  /**
   * The scope of what is due.
   *
   * @param planned makes the plan within a scope; asked again until nothing more is left as it is,
   *     since what reads it is judged anew then
   * @param isOfAnotherVersion whether a partition was made by another version than would make it
   *     now, whatever else changed
   */
  public static Scope scope(
      Function<Scope, Plan> planned, BiPredicate<String, Partition> isOfAnotherVersion) {
    Map<String, Set<Partition>> left = new HashMap<>();
    Scope scope = Scope.ALL;
    while (addLeft(planned.apply(scope), left, isOfAnotherVersion)) {
      scope = Scope.without(left);
    }

    return scope;
  }

  private static boolean addLeft(
      Plan plan,
      Map<String, Set<Partition>> left,
      BiPredicate<String, Partition> isOfAnotherVersion) {
    boolean isMore = false;
    for (Plan.Step step : plan.steps()) {
      Set<Partition> own = left.computeIfAbsent(step.object(), object -> new HashSet<>());
      for (Plan.Work work : step.work()) {
        for (Partition partition : work.all()) {
          boolean isLeft =
              has(work, LEFT)
                  || (!has(work, LOST) && isOfAnotherVersion.test(step.object(), partition));
          isMore |= isLeft && own.add(partition);
        }
      }
    }

    return isMore;
  }

  private static boolean has(Plan.Work work, Set<Reason.Kind> kinds) {
    return work.reasons().stream().map(Reason::kind).anyMatch(kinds::contains);
  }

  /**
   * The days that a run must be of to make what a plan makes: quality is judged by a run of a later
   * day than its own.
   */
  public static SortedSet<LocalDate> runDays(Plan plan, Pipeline pipeline) {
    String quality = LedgerObjects.quality(pipeline.name());
    SortedSet<LocalDate> days = new TreeSet<>();
    plan.partitions(work -> work.need() == Plan.Need.MAKE)
        .forEach(
            (object, partitions) -> {
              int later = object.equals(quality) ? pipeline.monitoring().labelDays() : 0;
              for (Partition partition : partitions) {
                if (partition instanceof Partition.Day day) {
                  days.add(day.date().plusDays(later));
                }
              }
            });
    return days;
  }
}
