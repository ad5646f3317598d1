package org.millrace.contracts.registry;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * A finished run, whole. It can be written to a file as JSON and delivered later.
 *
 * @param experiment such as {@code late_flight}
 * @param runKey the idempotency key, as {@code RunKey} prints it
 * @param fingerprint of definition and inputs; a run of the same key with another fingerprint is
 *     another run
 * @param name what people see
 * @param start when it started
 * @param end when it ended; also the time stamp of its metrics
 * @param succeeded false where it failed
 * @param description markdown, may be empty
 * @param params at most 6000 characters a value
 * @param metrics finite or NaN
 * @param tags at most 8000 characters a value
 * @param datasets tables read and written
 * @param inputModels models that the run used (scoring runs, monitoring runs); empty for training
 */
public record RunRecord(
    String experiment,
    String runKey,
    String fingerprint,
    String name,
    Instant start,
    Instant end,
    boolean succeeded,
    String description,
    Map<String, String> params,
    Map<String, Double> metrics,
    Map<String, String> tags,
    List<DatasetInput> datasets,
    List<ModelVersion> inputModels) {
  /** Copies the collections. */
  public RunRecord {
    requireNonNull(experiment, "experiment is null");
    requireNonNull(runKey, "runKey is null");
    requireNonNull(fingerprint, "fingerprint is null");
    requireNonNull(name, "name is null");
    requireNonNull(start, "start is null");
    requireNonNull(end, "end is null");
    requireNonNull(description, "description is null");
    params = Map.copyOf(params);
    metrics = Map.copyOf(metrics);
    tags = Map.copyOf(tags);
    datasets = List.copyOf(datasets);
    inputModels = List.copyOf(inputModels);
  }
}
