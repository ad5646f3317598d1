package org.millrace.planning;

import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.function.Function;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.Partition;
import org.millrace.contracts.definition.DefinitionSnapshot;
import org.millrace.contracts.definition.FeatureViewDefinition;
import org.millrace.contracts.ledger.ChangedOutside;
import org.millrace.contracts.ledger.LedgerEntry;

/** Which days of a view were made by another definition than it has now. Pure. */
public final class OlderDefinitions {
  private OlderDefinitions() {}

  /**
   * Those days. A day whose inputs were made anew since is not among them, even if the definition
   * changed too: the plan names it by its inputs.
   *
   * @param among the days that are read
   * @return in order; holes and days whose inputs are gone are left out
   */
  public static List<LocalDate> days(
      LedgerView ledger, FeatureViewDefinition view, DayRange among) {
    Judge judge =
        new Judge(
            new Entries(ledger),
            Optional.empty(),
            new RestatedPartitions(Optional.empty()),
            Scope.ALL);
    Function<LocalDate, Recipe> recipes = Recipes.viewDays(view);
    NavigableMap<LocalDate, LedgerEntry> made =
        InputDays.within(ledger.partitions(view.table()), among);
    return made.entrySet().stream()
        .filter(day -> isOlder(judge, day, recipes.apply(day.getKey()), view))
        .map(Map.Entry::getKey)
        .toList();
  }

  private static boolean isOlder(
      Judge judge,
      Map.Entry<LocalDate, LedgerEntry> day,
      Recipe recipe,
      FeatureViewDefinition view) {
    State state = judge.judge(view.table(), Partition.of(day.getKey()), recipe);
    return state instanceof State.Undone undone
        && undone.reasons().stream()
            .anyMatch(reason -> reason.kind() == Reason.Kind.DEFINITION_CHANGED);
  }

  /** What the ledger says, whatever the tables say: which is for those who read them. */
  private record Entries(LedgerView ledger) implements LedgerView {
    @Override
    public NavigableMap<Partition, LedgerEntry> partitions(String object) {
      return ledger.partitions(object);
    }

    @Override
    public List<LedgerEntry> history(String object, Partition partition) {
      return ledger.history(object, partition);
    }

    @Override
    public Optional<DefinitionSnapshot> definitions(String hash) {
      return ledger.definitions(hash);
    }

    @Override
    public Optional<ChangedOutside> difference(LedgerEntry entry) {
      return Optional.empty();
    }
  }
}
