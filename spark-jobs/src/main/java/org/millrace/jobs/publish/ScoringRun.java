package org.millrace.jobs.publish;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.definition.ScoringDefinition;
import org.millrace.contracts.registry.DatasetInput;
import org.millrace.contracts.registry.RunRecord;
import org.millrace.features.staging.StagedManifest;
import org.millrace.jobs.lineage.Lineage;
import org.millrace.jobs.prediction.ScoredFacts;
import org.millrace.jobs.room.JobContext;

/**
 * A published scoring run as the registry shows it: tables read and written, the model, the counts.
 * Driver only.
 */
final class ScoringRun {
  private ScoringRun() {}

  static RunRecord record(
      JobContext context,
      RunKey runKey,
      StagedManifest manifest,
      TableVersion predictions,
      NavigableMap<LocalDate, Double> means) {
    ScoringDefinition scoring = context.pipeline().scoring();
    ScoredFacts facts = manifest.facts(ScoredFacts.class);
    long rows = manifest.totalRows().accepted();
    List<DatasetInput> datasets = new ArrayList<>();
    manifest
        .inputs()
        .forEach(table -> datasets.add(Lineage.dataset(context.lake(), table, -1, "scoring")));
    datasets.add(Lineage.dataset(context.lake(), predictions, rows, "predictions"));
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("rows_scored", (double) rows);
    means.values().stream()
        .mapToDouble(Double::doubleValue)
        .average()
        .ifPresent(mean -> metrics.put("mean_score", mean));
    return new RunRecord(
        scoring.model(),
        manifest.runKey(),
        manifest.fingerprint(),
        "score " + manifest.days(),
        facts.scoredAt(),
        context.clock().instant(),
        true,
        "Predictions of "
            + manifest.days()
            + " in `"
            + predictions
            + "`, published by `"
            + runKey
            + "`",
        Map.of(
            "batch_rows", Integer.toString(scoring.batchRows()), "nulls", scoring.nulls().name()),
        metrics,
        tags(manifest, facts, predictions),
        datasets,
        List.of(facts.model()));
  }

  private static Map<String, String> tags(
      StagedManifest manifest, ScoredFacts facts, TableVersion predictions) {
    Map<String, String> tags = new LinkedHashMap<>();
    tags.put("millrace.room", "score");
    tags.put("millrace.days", manifest.days().toString());
    tags.put("millrace.predictions", predictions.toString());
    tags.put("millrace.champion_named_by", facts.namedBy().name());
    return tags;
  }
}
