package org.millrace.jobs.tables;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.Digest;
import org.millrace.contracts.definition.FeatureViewDefinition;
import org.millrace.features.lake.Lake;
import org.millrace.features.lake.Ledger;

/**
 * Which days of a view are to be done, with the fingerprint of each; and where they are staged.
 * Both rooms of a view, MATERIALIZE and VALIDATE, compute it from the ledger alone, so the second
 * finds what the first left.
 *
 * @param view the view
 * @param days from the first day to be done to the last
 * @param fingerprints by day, for every day of the range
 */
public record ViewDays(
    FeatureViewDefinition view, DayRange days, NavigableMap<LocalDate, String> fingerprints) {

  /** The days of a view that are not done; empty where all are. */
  public static Optional<ViewDays> undone(
      Ledger ledger, FeatureViewDefinition view, DayRange wanted) {
    TreeMap<LocalDate, String> fingerprints = new TreeMap<>();
    for (LocalDate day : wanted.days()) {
      fingerprints.put(day, fingerprint(ledger, view, day));
    }

    List<LocalDate> undone =
        fingerprints.entrySet().stream()
            .filter(day -> !isDone(ledger, view, day.getKey(), day.getValue()))
            .map(Map.Entry::getKey)
            .toList();
    if (undone.isEmpty()) {
      return Optional.empty();
    }

    DayRange range = new DayRange(undone.get(0), undone.get(undone.size() - 1));
    return Optional.of(
        new ViewDays(
            view, range, new TreeMap<>(fingerprints.subMap(range.from(), true, range.to(), true))));
  }

  private static boolean isDone(
      Ledger ledger, FeatureViewDefinition view, LocalDate day, String fingerprint) {
    return ledger.isDone(view.table(), day, fingerprint)
        && (!view.isKeptDaily()
            || ledger.isDone(view.dailyTable(), day, DailyTable.fingerprint(view, fingerprint)));
  }

  private static String fingerprint(Ledger ledger, FeatureViewDefinition view, LocalDate day) {
    List<String> parts = new ArrayList<>(List.of(view.hash()));
    for (String table : view.reads()) {
      parts.add(ledger.fingerprint(table, DayRange.of(day).startingEarlier(view.lookBackDays())));
    }

    return Digest.sha256(parts.toArray(String[]::new));
  }

  /** One fingerprint over all days. */
  public String fingerprint() {
    return Digest.sha256(fingerprints.values().toArray(String[]::new));
  }

  /** Where these days are staged. */
  public String directory(Lake lake) {
    return lake.stagingPath(view.table(), days + "-" + fingerprint().substring(0, 12));
  }
}
