package org.millrace.jobs.plan;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.millrace.jobs.model.Champions;
import org.millrace.planning.Treatment;

/**
 * What is asked of a run beside its pipeline and days. The same words make its plan.
 *
 * @param select which objects, as {@link org.millrace.planning.Selector} reads it; empty for all
 * @param failedVerbs rooms whose last run failed, for {@code failed} in that expression
 * @param isCatchUp whether only what is due is done
 * @param mostDays of a catch-up, how many days are made at most, the oldest first; empty for all
 * @param isBackfill whether nothing is trained, whatever the days are
 * @param restated objects that are made again although they are done, as expressions like select
 * @param treated how changes of definitions are treated; a later one of an object counts
 * @param champions who scores
 */
public record PlanOptions(
    String select,
    Set<String> failedVerbs,
    boolean isCatchUp,
    OptionalInt mostDays,
    boolean isBackfill,
    List<String> restated,
    List<Treatment> treated,
    Champions champions) {
  /** No name of an object, nor an expression. */
  private static final String NOTHING = ",";

  /** A run of everything. */
  public static final PlanOptions NONE =
      new PlanOptions(
          "", Set.of(), false, OptionalInt.empty(), false, List.of(), List.of(), Champions.NOW);

  /** Copies the collections. */
  public PlanOptions {
    requireNonNull(select, "select is null");
    requireNonNull(champions, "champions is null");
    failedVerbs = Set.copyOf(failedVerbs);
    restated = List.copyOf(restated);
    treated = List.copyOf(treated);
  }

  /** The same for exactly these objects. */
  public PlanOptions selecting(List<String> objects) {
    return new PlanOptions(
        objects.isEmpty() ? NOTHING : String.join(" ", objects),
        failedVerbs,
        isCatchUp,
        mostDays,
        isBackfill,
        restated,
        treated,
        champions);
  }

  /** The same, of what is due alone. */
  PlanOptions catchingUp() {
    return new PlanOptions(
        select, failedVerbs, true, mostDays, isBackfill, restated, treated, champions);
  }

  /** True if no object is left of a selection. */
  boolean isOfNothing() {
    return select.equals(NOTHING);
  }

  /** True if a run of them does not do all that is undone. */
  public boolean isPart() {
    return !select.isEmpty() || isCatchUp || isBackfill || !treated.isEmpty();
  }
}
