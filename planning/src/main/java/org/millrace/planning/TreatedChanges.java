package org.millrace.planning;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.Partition;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.planning.Treatment.As;

/**
 * What is left as it is because a person says how a change is to be treated. Rows that are new for
 * another reason than the change are followed all the same. Not thread-safe.
 */
public final class TreatedChanges {
  private final Map<String, As> treated;
  private final LedgerView ledger;
  private final NewRows newRows;
  private final Map<String, Set<Partition>> changed = new HashMap<>();

  /**
   * Nothing is planned yet.
   *
   * @param treated by object
   * @param newRows tells rows that are new apart
   */
  public TreatedChanges(Map<String, As> treated, LedgerView ledger, NewRows newRows) {
    this.treated = Map.copyOf(treated);
    this.ledger = requireNonNull(ledger, "ledger is null");
    this.newRows = requireNonNull(newRows, "newRows is null");
  }

  /**
   * The scope of what is not left.
   *
   * @param planned makes the plan within a scope
   */
  public Scope scope(Function<Scope, Plan> planned) {
    changed.clear();
    changed.putAll(
        planned.apply(Scope.ALL).partitions(work -> isOfDefinitionAlone(work.reasons())));
    return LeftPartitions.scope(planned, this::isLeft);
  }

  private static boolean isOfDefinitionAlone(List<Reason> reasons) {
    return reasons.stream().allMatch(reason -> reason.kind() == Reason.Kind.DEFINITION_CHANGED);
  }

  private boolean isLeft(String object, Partition partition, List<Reason> reasons) {
    return (treated.get(object) == As.FORWARD_ONLY && isOfDefinitionAlone(reasons))
        || isOfAddition(object, partition, reasons);
  }

  private boolean isOfAddition(String object, Partition partition, List<Reason> reasons) {
    List<Reason> read = new ArrayList<>();
    for (Reason reason : reasons) {
      if (treated.get(reason.object()) != As.ADDITIVE) {
        return false;
      }

      if (reason.kind() == Reason.Kind.INPUT_CHANGED) {
        read.add(reason);
      } else if (reason.kind() != Reason.Kind.INPUT_TO_BE_MADE || !isOfChange(reason)) {
        return false;
      }
    }

    LedgerEntry entry = ledger.partitions(object).get(partition);
    return read.isEmpty() || (entry != null && newRows.areNone(entry, read));
  }

  /** Whether all days that are to be made first are so because of their definition alone. */
  private boolean isOfChange(Reason reason) {
    Set<Partition> days = new TreeSet<>();
    reason.days().stream()
        .map(DayRange::days)
        .forEach(range -> range.forEach(day -> days.add(Partition.of(day))));
    if (days.isEmpty()) {
      days.add(Partition.whole());
    }

    return changed.getOrDefault(reason.object(), Set.of()).containsAll(days);
  }
}
