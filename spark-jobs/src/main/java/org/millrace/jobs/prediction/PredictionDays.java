package org.millrace.jobs.prediction;

import static java.util.Objects.requireNonNull;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.features.staging.StagedManifest;
import org.millrace.features.staging.StagedRows;
import org.millrace.features.staging.StagingArea;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.spine.SpineFeatures;
import org.millrace.planning.Challenger;
import org.millrace.planning.ChampionRef;
import org.millrace.planning.Scope;

/**
 * The days whose predictions are not in force, with the fingerprint that the current definitions,
 * inputs and champion give each. SCORE stages these, and PUBLISH takes exactly these: what was
 * staged with another champion, definition or input is stale. Driver only.
 *
 * @param fingerprints by day, of the days that are to be done
 */
public record PredictionDays(NavigableMap<LocalDate, String> fingerprints) {
  /** Copies the map. */
  public PredictionDays {
    fingerprints = Collections.unmodifiableNavigableMap(new TreeMap<>(fingerprints));
  }

  /**
   * Of some days, those that are not published with this champion.
   *
   * @param challenger version that scores beside it; empty for none
   */
  public static PredictionDays undone(
      JobContext context,
      SpineFeatures features,
      ModelVersion champion,
      Optional<Challenger> challenger,
      Collection<LocalDate> days) {
    String table = context.pipeline().scoring().predictions();
    NavigableMap<LocalDate, String> undone = new TreeMap<>();
    for (LocalDate day : days) {
      String fingerprint =
          context
              .ledger()
              .fingerprint(features.recipes().predictions(day, reference(champion), challenger));
      if (!context.ledger().isDone(table, day, fingerprint)) {
        undone.put(day, fingerprint);
      }
    }

    return new PredictionDays(undone);
  }

  static ChampionRef reference(ModelVersion version) {
    return new ChampionRef(version.name(), version.version(), version.sha256());
  }

  /** Days of several champions, no day of two of them. */
  public static PredictionDays all(Collection<PredictionDays> parts) {
    NavigableMap<LocalDate, String> all = new TreeMap<>();
    parts.forEach(part -> all.putAll(part.fingerprints));
    return new PredictionDays(all);
  }

  /** True if all days are published. */
  public boolean isEmpty() {
    return fingerprints.isEmpty();
  }

  /** True if a batch holds nothing but what would be staged for its days now. */
  public boolean isAsWanted(StagedManifest staged) {
    return !staged.fingerprints().isEmpty()
        && staged.fingerprints().entrySet().stream()
            .allMatch(day -> Objects.equals(fingerprints.get(day.getKey()), day.getValue()));
  }

  /** The batches to keep: as wanted, or of days that are out of a scope. */
  public Predicate<StagedManifest> keptIn(Scope scope, String table) {
    return staged -> isAsWanted(staged) || scope.days(table, staged.days()).isEmpty();
  }

  /** The batches to publish: as wanted, no day in two of them; the oldest days first. */
  public List<StagedRows> staged(StagingArea area) {
    List<StagedRows> chosen = new ArrayList<>();
    SortedSet<LocalDate> taken = new TreeSet<>();
    for (StagedRows batch : area.whole()) {
      List<LocalDate> days = requireNonNull(batch.manifest()).days().days();
      if (isAsWanted(batch.manifest()) && Collections.disjoint(taken, days)) {
        chosen.add(batch);
        taken.addAll(days);
      }
    }

    return chosen;
  }

  /** The days that no batch holds, as runs of days. */
  public List<DayRange> without(List<StagedRows> batches) {
    SortedSet<LocalDate> rest = new TreeSet<>(fingerprints.keySet());
    batches.forEach(batch -> rest.removeAll(batch.manifest().days().days()));
    return DayRange.covering(rest);
  }

  /** The fingerprints of a run of days. */
  public NavigableMap<LocalDate, String> of(DayRange days) {
    return fingerprints.subMap(days.from(), true, days.to(), true);
  }
}
