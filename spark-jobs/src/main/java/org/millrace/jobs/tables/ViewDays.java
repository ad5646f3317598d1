package org.millrace.jobs.tables;

import java.time.LocalDate;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.Digest;
import org.millrace.contracts.Partition;
import org.millrace.contracts.definition.FeatureViewDefinition;
import org.millrace.contracts.ledger.PartitionNote;
import org.millrace.features.ledger.Ledger;
import org.millrace.features.staging.StagedManifest;
import org.millrace.planning.Recipe;
import org.millrace.planning.Recipes;

/**
 * Days of a view that are to be done, one after the other, with the fingerprint of each; and where
 * they are staged. Both rooms of a view, MATERIALIZE and VALIDATE, compute it from the ledger
 * alone, so the second finds what the first left.
 *
 * @param view the view
 * @param days the days, all of which are to be done
 * @param fingerprints by day, for every day of the range
 * @param inputs fingerprints of what is read alone, likewise
 */
public record ViewDays(
    FeatureViewDefinition view,
    DayRange days,
    NavigableMap<LocalDate, String> fingerprints,
    NavigableMap<LocalDate, String> inputs) {

  /**
   * The days of a view that are not done, as ranges without the days between that are; empty where
   * all are done.
   */
  public static List<ViewDays> undone(
      Ledger ledger, FeatureViewDefinition view, List<LocalDate> wanted) {
    TreeMap<LocalDate, String> undone = new TreeMap<>();
    TreeMap<LocalDate, String> inputs = new TreeMap<>();
    Function<LocalDate, Recipe> recipes = Recipes.viewDays(view);
    for (LocalDate day : wanted) {
      Recipe recipe = recipes.apply(day);
      String fingerprint = ledger.fingerprint(recipe);
      if (!isDone(ledger, view, day, fingerprint)) {
        undone.put(day, fingerprint);
        inputs.put(day, ledger.inputsFingerprint(recipe));
      }
    }

    return DayRange.covering(undone.navigableKeySet()).stream()
        .map(range -> new ViewDays(view, range, within(undone, range), within(inputs, range)))
        .toList();
  }

  private static NavigableMap<LocalDate, String> within(
      TreeMap<LocalDate, String> all, DayRange range) {
    return new TreeMap<>(all.subMap(range.from(), true, range.to(), true));
  }

  private static boolean isDone(
      Ledger ledger, FeatureViewDefinition view, LocalDate day, String fingerprint) {
    return ledger.isDone(view.table(), day, fingerprint)
        && (!view.isKeptDaily()
            || ledger.isDone(view.dailyTable(), day, Recipes.daily(view, fingerprint)));
  }

  /** What a commit of staged rows says of these days. */
  public NavigableMap<Partition, PartitionNote> partitions(StagedManifest staged, String verdict) {
    NavigableMap<Partition, PartitionNote> partitions = staged.partitions(verdict);
    inputs.forEach(
        (day, read) ->
            partitions.computeIfPresent(
                Partition.of(day), (partition, note) -> note.readingInputs(read)));
    return partitions;
  }

  /** One fingerprint over all days. */
  public String fingerprint() {
    return Digest.sha256(fingerprints.values().toArray(String[]::new));
  }

  /** True if staged rows are what would be staged for these days now. */
  public boolean isAsWanted(StagedManifest staged) {
    return staged.days().equals(days) && staged.fingerprints().equals(fingerprints);
  }
}
