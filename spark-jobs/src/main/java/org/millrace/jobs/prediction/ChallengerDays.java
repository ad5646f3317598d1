package org.millrace.jobs.prediction;

import static java.util.Objects.requireNonNull;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.millrace.contracts.DayRange;
import org.millrace.features.staging.StagedManifest;
import org.millrace.features.staging.StagedRows;
import org.millrace.features.staging.StagingArea;
import org.millrace.jobs.challenger.Beside;
import org.millrace.jobs.model.Champion;
import org.millrace.jobs.model.ContractViews;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.spine.SpineFeatures;
import org.millrace.planning.ChampionRef;

/**
 * The challenger of a turn, and what its table is to have. Driver only.
 *
 * @param beside who scores beside the champion
 * @param table of what challengers score
 * @param features the spine joined to the views that both need
 * @param fingerprints of the turn's days in the table
 * @param undone those of these days that the table does not have
 */
public record ChallengerDays(
    Beside beside,
    String table,
    SpineFeatures features,
    NavigableMap<LocalDate, String> fingerprints,
    PredictionDays undone) {
  /** Copies the map. */
  public ChallengerDays {
    requireNonNull(beside, "beside is null");
    requireNonNull(table, "table is null");
    requireNonNull(features, "features is null");
    requireNonNull(undone, "undone is null");
    fingerprints = Collections.unmodifiableNavigableMap(new TreeMap<>(fingerprints));
  }

  /**
   * The challenger's part of some days.
   *
   * @throws org.millrace.contracts.MillraceException of category INPUT_MISSING if an input of a day
   *     is missing
   */
  static ChallengerDays of(
      JobContext context,
      Champion champion,
      ContractViews needed,
      Beside beside,
      List<LocalDate> days) {
    String table = context.pipeline().rollout().orElseThrow().challengers();
    SpineFeatures features = SpineFeatures.feeding(context, needed, beside.needed());
    ChampionRef reference = PredictionDays.reference(champion.version());
    NavigableMap<LocalDate, String> all = new TreeMap<>();
    NavigableMap<LocalDate, String> undone = new TreeMap<>();
    for (LocalDate day : days) {
      String fingerprint =
          context
              .ledger()
              .fingerprint(features.recipes().challengers(day, reference, beside.challenger()));
      all.put(day, fingerprint);
      if (!context.ledger().isDone(table, day, fingerprint)) {
        undone.put(day, fingerprint);
      }
    }

    return new ChallengerDays(beside, table, features, all, new PredictionDays(undone));
  }

  /** Whether what is staged of predictions has, of all its days, what the table is to have. */
  public boolean isPartOf(StagedManifest staged) {
    return staged
        .facts(ScoredFacts.class)
        .challenger()
        .filter(of -> of.fingerprints().equals(of(staged.days())))
        .isPresent();
  }

  /** The fingerprints of a run of days. */
  public NavigableMap<LocalDate, String> of(DayRange days) {
    return fingerprints.subMap(days.from(), true, days.to(), true);
  }

  /**
   * Undone days that no batch has, as runs of days.
   *
   * @param predictions batches of predictions, of which some have the challenger's scores too
   * @param own batches of {@link #area}
   */
  public List<DayRange> without(List<StagedRows> predictions, List<StagedRows> own) {
    List<StagedRows> batches = new ArrayList<>(own);
    predictions.stream().filter(batch -> isPartOf(batch.manifest())).forEach(batches::add);
    return undone.without(batches);
  }

  /** Where days wait whose predictions are published already. */
  public StagingArea area(JobContext context) {
    return new StagingArea(context.lake(), table);
  }

  /** The batches of {@link #area} to keep. */
  public Predicate<StagedManifest> kept() {
    return undone::isAsWanted;
  }
}
