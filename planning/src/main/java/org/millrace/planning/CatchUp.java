package org.millrace.planning;

import java.time.LocalDate;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import org.millrace.contracts.Partition;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.contracts.ledger.LedgerObjects;

/**
 * What is due of what is undone: days that were never made, were cut off, were changed outside, or
 * whose inputs have other rows since. A definition that changed, or another champion, leaves the
 * days as they are that were made before, and those that read them: they are made again when a
 * person asks for it. So is what a person took back.
 */
public final class CatchUp {
  private static final Set<Reason.Kind> LEFT =
      Set.of(Reason.Kind.DEFINITION_CHANGED, Reason.Kind.CHAMPION_CHANGED, Reason.Kind.WITHDRAWN);

  private CatchUp() {}

  /** What else is left as it is. */
  @FunctionalInterface
  public interface Left extends LeftPartitions.Left {}

  /**
   * The scope of what is due.
   *
   * @param planned makes the plan within a scope; asked again until nothing more is left as it is,
   *     since what reads it is judged anew then
   * @param left what else stays as it is, unless it is lost
   */
  public static Scope scope(Function<Scope, Plan> planned, Left left) {
    return LeftPartitions.scope(
        planned,
        (object, partition, reasons) ->
            reasons.stream().map(Reason::kind).anyMatch(LEFT::contains)
                || left.test(object, partition, reasons));
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
              int later = object.equals(quality) ? pipeline.labelDays() : 0;
              for (Partition partition : partitions) {
                if (partition instanceof Partition.Day day) {
                  days.add(day.date().plusDays(later));
                }
              }
            });
    return days;
  }
}
