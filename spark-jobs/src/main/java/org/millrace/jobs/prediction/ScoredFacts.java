package org.millrace.jobs.prediction;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.jobs.model.Champion;

/**
 * What SCORE says of staged predictions, and PUBLISH needs.
 *
 * @param model the version that scored
 * @param namedBy who named it
 * @param scoredAt when
 * @param sessions sessions of ONNX Runtime that were opened
 * @param engines what scored
 */
public record ScoredFacts(
    @JsonProperty("model") ModelVersion model,
    @JsonProperty("champion_named_by") Champion.Origin namedBy,
    @JsonProperty("scored_at") Instant scoredAt,
    @JsonProperty("sessions") int sessions,
    @JsonProperty("engines") List<String> engines) {
  /** Copies the list. */
  public ScoredFacts {
    requireNonNull(model, "model is null");
    requireNonNull(namedBy, "namedBy is null");
    requireNonNull(scoredAt, "scoredAt is null");
    engines = List.copyOf(engines);
  }
}
