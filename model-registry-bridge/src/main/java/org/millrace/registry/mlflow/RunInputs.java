package org.millrace.registry.mlflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.TreeMap;
import org.millrace.contracts.registry.DatasetInput;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.contracts.registry.RunRecord;

/**
 * What ties a run to its tables and models. MLflow's pages show a scoring run on the model's page
 * only when it has sent the model as an input <em>and</em> a metric that names model and dataset.
 */
final class RunInputs {
  private RunInputs() {}

  /** The body of {@code log-inputs}. */
  static String json(String runId, RunRecord run) {
    ObjectNode body = MlflowMessages.object().put("run_id", runId);
    ArrayNode datasets = body.putArray("datasets");
    Map<String, List<DatasetInput>> same = new LinkedHashMap<>();
    for (DatasetInput input : run.datasets()) {
      same.computeIfAbsent(input.name() + " " + input.digest(), key -> new ArrayList<>())
          .add(input);
    }
    same.values().forEach(inputs -> datasets.add(dataset(inputs)));
    ArrayNode models = body.putArray("models");
    linked(run).forEach(model -> models.addObject().put("model_id", model.modelId()));
    return body.toString();
  }

  /** MLflow keeps one entry a table and run: several uses of one table are one line of words. */
  private static ObjectNode dataset(List<DatasetInput> uses) {
    DatasetInput input = uses.get(0);
    String context =
        String.join(", ", uses.stream().map(DatasetInput::context).distinct().toList());
    ObjectNode node = MlflowMessages.object();
    node.putArray("tags").addObject().put("key", "mlflow.data.context").put("value", context);
    ObjectNode source =
        MlflowMessages.object()
            .put("path", input.table().path())
            .put("delta_table_version", input.table().version())
            .put("delta_table_name", input.table().table());
    JsonNode columns = MlflowMessages.parse(input.schemaJson());
    ObjectNode schema = MlflowMessages.object();
    schema.set("mlflow_colspec", columns);
    node.putObject("dataset")
        .put("name", input.name())
        .put("digest", input.digest())
        .put("source_type", "delta_table")
        .put("source", source.toString())
        .put("schema", schema.toString())
        .put("profile", MlflowMessages.object().put("num_rows", input.rows()).toString());
    return node;
  }

  /** The run's metrics, and for each input model the rows of the first table in its name. */
  static List<ObjectNode> metrics(RunRecord run) {
    List<ObjectNode> points = new ArrayList<>();
    List<ModelVersion> models = linked(run);
    for (Entry<String, Double> metric : new TreeMap<>(run.metrics()).entrySet()) {
      ObjectNode point = point(metric.getKey(), metric.getValue(), run.end().toEpochMilli());
      if (models.size() == 1) {
        point.put("model_id", models.get(0).modelId());
      }
      points.add(point);
    }
    if (run.datasets().isEmpty() || run.datasets().get(0).rows() < 0) {
      return points; // nothing was read, or nobody counted it
    }

    DatasetInput table = run.datasets().get(0);
    for (int i = 0; i < models.size(); i++) {
      points.add(
          rows(
              models.get(i).modelId(),
              table.context(),
              table.name(),
              table.digest(),
              (double) table.rows(),
              run.end().toEpochMilli(),
              i));
    }
    return points;
  }

  /** {@code rows_<context>}: how many rows of a table a model has met. */
  static ObjectNode rows(
      String modelId,
      String context,
      String dataset,
      String digest,
      double rows,
      long timestampMillis,
      int step) {
    return point("rows_" + context.replaceAll("[^A-Za-z0-9]+", "_"), rows, timestampMillis)
        .put("step", step)
        .put("model_id", modelId)
        .put("dataset_name", dataset)
        .put("dataset_digest", digest);
  }

  private static ObjectNode point(String key, double value, long timestampMillis) {
    return MlflowMessages.object()
        .put("key", key)
        .put("value", value)
        .put("timestamp", timestampMillis)
        .put("step", 0);
  }

  /** Versions that a directory handed out have no logged model to link to. */
  private static List<ModelVersion> linked(RunRecord run) {
    return run.inputModels().stream()
        .filter(model -> !model.modelId().isEmpty())
        .distinct()
        .toList();
  }
}
