package org.millrace.planning;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.millrace.contracts.Partition;

/** Partitions that a plan leaves as they are, although they are undone. */
final class LeftPartitions {
  /** There is nothing that could be left as it is. */
  private static final Set<Reason.Kind> LOST =
      Set.of(Reason.Kind.NEVER_MADE, Reason.Kind.CUT_OFF, Reason.Kind.CHANGED_OUTSIDE);

  private LeftPartitions() {}

  /** What is left as it is. */
  @FunctionalInterface
  interface Left {
    /**
     * Whether a partition is left as it is.
     *
     * @param reasons why it is undone
     */
    boolean test(String object, Partition partition, List<Reason> reasons);
  }

  /**
   * The scope without what is left.
   *
   * @param planned makes the plan within a scope; asked again until nothing more is left as it is,
   *     since what reads it is judged anew then
   * @param left what stays as it is, unless it is lost
   */
  static Scope scope(Function<Scope, Plan> planned, Left left) {
    Map<String, Set<Partition>> stays = new HashMap<>();
    Scope scope = Scope.ALL;
    while (addLeft(planned.apply(scope), stays, left)) {
      scope = Scope.without(stays);
    }

    return scope;
  }

  private static boolean addLeft(Plan plan, Map<String, Set<Partition>> stays, Left left) {
    boolean isMore = false;
    for (Plan.Step step : plan.steps()) {
      Set<Partition> own = stays.computeIfAbsent(step.object(), object -> new HashSet<>());
      for (Plan.Work work : step.work()) {
        boolean isLost = work.reasons().stream().map(Reason::kind).anyMatch(LOST::contains);
        for (Partition partition : work.all()) {
          isMore |=
              !isLost && left.test(step.object(), partition, work.reasons()) && own.add(partition);
        }
      }
    }

    return isMore;
  }
}
