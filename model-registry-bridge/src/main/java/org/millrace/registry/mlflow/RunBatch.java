package org.millrace.registry.mlflow;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.millrace.contracts.Json;

/**
 * One {@code log-batch} call within MLflow's limits: 100 params, 100 tags, 1000 entries in all.
 * Longer values are cut by the server without a word; here they end in dots.
 */
record RunBatch(
    String runId, List<ObjectNode> metrics, Map<String, String> params, Map<String, String> tags) {
  private static final int PAIRS = 100;
  private static final int METRICS = 800;
  private static final int PARAM_LENGTH = 6000;
  private static final int TAG_LENGTH = 8000;

  /** As many batches as it takes, at least one. */
  static List<RunBatch> split(
      String runId,
      List<ObjectNode> metrics,
      Map<String, String> params,
      Map<String, String> tags) {
    List<String> paramKeys = List.copyOf(new TreeMap<>(params).keySet());
    List<String> tagKeys = List.copyOf(new TreeMap<>(tags).keySet());
    List<RunBatch> batches = new ArrayList<>();
    int i = 0;
    do {
      batches.add(
          new RunBatch(
              runId,
              part(metrics, i, METRICS),
              pick(params, part(paramKeys, i, PAIRS), PARAM_LENGTH),
              pick(tags, part(tagKeys, i, PAIRS), TAG_LENGTH)));
      i++;
    } while (i * METRICS < metrics.size()
        || i * PAIRS < Math.max(paramKeys.size(), tagKeys.size()));
    return batches;
  }

  private static <T> List<T> part(List<T> all, int index, int size) {
    int from = Math.min(all.size(), index * size);
    return all.subList(from, Math.min(all.size(), from + size));
  }

  private static Map<String, String> pick(Map<String, String> all, List<String> keys, int longest) {
    Map<String, String> picked = new TreeMap<>();
    keys.forEach(key -> picked.put(key, cut(all.getOrDefault(key, ""), longest)));
    return picked;
  }

  static String cut(String value, int longest) {
    return value.length() <= longest ? value : value.substring(0, longest - 3) + "...";
  }

  String json() {
    ObjectNode body = MlflowMessages.object().put("run_id", runId);
    ArrayNode points = Json.MAPPER.createArrayNode();
    metrics.forEach(points::add);
    body.set("metrics", points);
    body.set("params", MlflowMessages.pairs(params));
    body.set("tags", MlflowMessages.pairs(tags));
    return body.toString();
  }
}
