package org.millrace.jobs.room;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.millrace.contracts.Claim;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.Verb;
import org.millrace.contracts.definition.FeatureViewDefinition;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.contracts.definition.SourceDefinition;
import org.millrace.contracts.ledger.LedgerObjects;
import org.millrace.planning.Split;

/**
 * What a verb writes on some days of a pipeline, and therefore claims for itself. Raw tables
 * without days are claimed by INGEST only if they are to be filled: runs of different days can then
 * work at once. Driver only.
 */
public final class Claims {
  private Claims() {}

  /** The claims of a verb. */
  public static List<Claim> of(Verb verb, Pipeline pipeline, DayRange days) {
    return switch (verb) {
      case INGEST ->
          pipeline.sources().stream()
              .filter(source -> source.day().isPresent())
              .map(SourceDefinition::table)
              .map(table -> new Claim(table, days))
              .toList();
      case MATERIALIZE, VALIDATE -> views(pipeline, days);
      case TRAINING_SET -> List.of(Claim.whole(LedgerObjects.trainingSet(pipeline.name())));
      case TRAIN -> List.of(Claim.whole(LedgerObjects.candidate(pipeline.name())));
      case GATE, APPROVE, ROLLOUT, ROLLBACK ->
          List.of(Claim.whole(LedgerObjects.verdict(pipeline.name())));
      case REGISTER -> List.of(Claim.whole(LedgerObjects.registration(pipeline.name())));
      case SCORE, PUBLISH -> predictions(pipeline, days);
      case UNPUBLISH -> List.of(new Claim(pipeline.scoring().predictions(), days));
      case MONITOR -> List.of(monitoring(pipeline, days));
      case RUN -> whole(pipeline, days, Split.trains(pipeline, days));
      case BACKFILL -> whole(pipeline, days, false);
      case EXPLAIN, REPLAY, REPORT, SQL, ASOF, SCORE_FILE, INIT, CHECK, PREVIEW, DOCTOR ->
          List.of();
    };
  }

  private static List<Claim> views(Pipeline pipeline, DayRange days) {
    List<Claim> claims = new ArrayList<>();
    for (FeatureViewDefinition view : pipeline.views()) {
      claims.add(new Claim(view.table(), days));
      if (view.isKeptDaily()) {
        claims.add(new Claim(view.dailyTable(), days));
      }
    }

    return claims;
  }

  private static List<Claim> predictions(Pipeline pipeline, DayRange days) {
    List<Claim> claims =
        new ArrayList<>(List.of(new Claim(pipeline.scoring().predictions(), days)));
    pipeline.rollout().ifPresent(of -> claims.add(new Claim(of.challengers(), days)));
    return claims;
  }

  private static Claim monitoring(Pipeline pipeline, DayRange days) {
    int later = pipeline.labelDays();
    return new Claim(
        LedgerObjects.quality(pipeline.name()),
        new DayRange(days.from().minusDays(later), days.to().minusDays(later)));
  }

  private static List<Claim> whole(Pipeline pipeline, DayRange days, boolean trains) {
    Set<Claim> claims = new LinkedHashSet<>();
    for (Verb room : Verb.rooms()) {
      boolean isOfTraining = room == Verb.TRAINING_SET || room == Verb.TRAIN || room == Verb.GATE;
      if (trains || !isOfTraining) {
        claims.addAll(of(room, pipeline, days));
      }
    }

    return List.copyOf(claims);
  }
}
