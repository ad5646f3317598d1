package org.millrace.planning;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/**
 * What is known of a model's rollouts.
 *
 * @param model registered model
 * @param stages of the definition, in their order
 * @param current the newest move of the rollout that is under way; empty for none
 * @param moves of all rollouts, the oldest first; looks that decided nothing are left out
 * @param evidence what the newest look at the newest rollout has found; empty before the first
 */
public record RolloutOverview(
    @JsonProperty("model") String model,
    @JsonProperty("stages") List<Stage> stages,
    @JsonProperty("current") Optional<Move> current,
    @JsonProperty("moves") List<Move> moves,
    @JsonProperty("evidence") Optional<JsonNode> evidence) {
  /** Copies the lists. */
  public RolloutOverview {
    requireNonNull(model, "model is null");
    requireNonNull(current, "current is null");
    requireNonNull(evidence, "evidence is null");
    stages = List.copyOf(stages);
    moves = List.copyOf(moves);
  }

  /**
   * A stage.
   *
   * @param name of it
   * @param policy such as {@code canary}
   * @param share of the rows that the challenger scores; of a bandit the first one
   * @param days with labels before it goes on
   */
  public record Stage(
      @JsonProperty("name") String name,
      @JsonProperty("policy") String policy,
      @JsonProperty("share") double share,
      @JsonProperty("days") int days) {
    /** Checks that all is present. */
    public Stage {
      requireNonNull(name, "name is null");
      requireNonNull(policy, "policy is null");
    }
  }

  /**
   * A move.
   *
   * @param rollout counts the rollouts of the model from 1
   * @param action such as {@code ADVANCE}
   * @param stage that holds afterwards; empty once it has ended
   * @param champion version that held the alias when it began
   * @param challenger version that is rolled out
   * @param share of the rows whose readers see the challenger's score
   * @param fromDay first day of the spine that it holds for
   * @param who {@code gate}, {@code policy} or a person
   * @param why one sentence
   * @param at when it was decided
   */
  public record Move(
      @JsonProperty("rollout") long rollout,
      @JsonProperty("action") String action,
      @JsonProperty("stage") String stage,
      @JsonProperty("champion") String champion,
      @JsonProperty("challenger") String challenger,
      @JsonProperty("share") double share,
      @JsonProperty("from_day") LocalDate fromDay,
      @JsonProperty("who") String who,
      @JsonProperty("why") String why,
      @JsonProperty("at") Instant at) {
    /** Checks that all is present. */
    public Move {
      requireNonNull(fromDay, "fromDay is null");
      requireNonNull(at, "at is null");
    }
  }
}
