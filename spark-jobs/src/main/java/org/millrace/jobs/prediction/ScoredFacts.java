package org.millrace.jobs.prediction;

import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
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
 * @param challenger what scored beside it; empty for none, and in batches of earlier releases
 */
public record ScoredFacts(
    @JsonProperty("model") ModelVersion model,
    @JsonProperty("champion_named_by") Champion.Origin namedBy,
    @JsonProperty("scored_at") Instant scoredAt,
    @JsonProperty("sessions") int sessions,
    @JsonProperty("engines") List<String> engines,
    @JsonProperty("challenger") Optional<ScoredBeside> challenger) {
  /**
   * What scored beside the champion.
   *
   * @param model the version
   * @param share of the rows whose readers see its score
   * @param rollout names the rollout, such as {@code late_flight/1}
   * @param stage of the rollout
   * @param fingerprints by day, of the table of what challengers score
   */
  public record ScoredBeside(
      @JsonProperty("model") ModelVersion model,
      @JsonProperty("share") double share,
      @JsonProperty("rollout") String rollout,
      @JsonProperty("stage") String stage,
      @JsonProperty("fingerprints") NavigableMap<LocalDate, String> fingerprints) {
    /** Copies the map. */
    public ScoredBeside {
      requireNonNull(model, "model is null");
      fingerprints = Collections.unmodifiableNavigableMap(new TreeMap<>(fingerprints));
    }
  }

  /** Copies the list. */
  public ScoredFacts {
    requireNonNull(model, "model is null");
    requireNonNull(namedBy, "namedBy is null");
    requireNonNull(scoredAt, "scoredAt is null");
    engines = List.copyOf(engines);
    challenger = requireNonNullElse(challenger, Optional.empty());
  }
}
