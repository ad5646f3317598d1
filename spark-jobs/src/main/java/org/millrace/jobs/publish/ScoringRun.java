package org.millrace.jobs.publish;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import org.millrace.contracts.Digest;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.definition.ScoringDefinition;
import org.millrace.contracts.registry.DatasetInput;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.contracts.registry.RunRecord;
import org.millrace.features.lake.StagedRows;
import org.millrace.jobs.JobContext;
import org.millrace.jobs.lineage.Lineage;

/**
 * A published scoring run as the registry shows it: tables read and written, the model, the counts.
 * Driver only.
 */
final class ScoringRun {
  private ScoringRun() {}

  static RunRecord record(
      JobContext context,
      RunKey runKey,
      ScoringDefinition scoring,
      StagedRows.Manifest manifest,
      TableVersion predictions,
      NavigableMap<LocalDate, Double> means) {
    ModelVersion model = ModelVersion.fromJson(manifest.facts().getOrDefault("model", ""));
    List<DatasetInput> datasets = new ArrayList<>();
    manifest
        .inputs()
        .forEach(table -> datasets.add(Lineage.dataset(context, table, -1, "scoring")));
    datasets.add(Lineage.dataset(context, predictions, manifest.totalRows(), "predictions"));
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("rows_scored", (double) manifest.totalRows());
    metrics.put(
        "mean_score",
        means.values().stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN));
    return new RunRecord(
        scoring.model(),
        manifest.runKey(),
        Digest.sha256(manifest.fingerprints().toString()),
        "score " + manifest.days(),
        Instant.parse(manifest.facts().getOrDefault("scored_at", "")),
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
        tags(manifest, predictions),
        datasets,
        List.of(model));
  }

  private static Map<String, String> tags(StagedRows.Manifest manifest, TableVersion predictions) {
    Map<String, String> tags = new LinkedHashMap<>();
    tags.put("millrace.room", "score");
    tags.put("millrace.days", manifest.days().toString());
    tags.put("millrace.predictions", predictions.toString());
    tags.put("millrace.champion_named_by", manifest.facts().getOrDefault("champion_named_by", ""));
    return tags;
  }
}
