package org.millrace.jobs.plan;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.Json;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.contracts.definition.RolloutDefinition;
import org.millrace.contracts.definition.RolloutStage;
import org.millrace.jobs.challenger.RolloutHistory;
import org.millrace.jobs.challenger.RolloutMove;
import org.millrace.planning.RolloutOverview;

/** Collects what is known of a model's rollouts. Starts no Spark, and writes nothing. */
public final class DescribeRollout {
  private final LakeReading lake;

  /** Prepares to ask a lake. */
  public DescribeRollout(LakeReading lake) {
    this.lake = requireNonNull(lake, "lake is null");
  }

  /**
   * What is known of the rollouts of a pipeline.
   *
   * @throws MillraceException of category DEFINITION if it has no definition of rollouts, and the
   *     lake has none either
   */
  public RolloutOverview of(Pipeline pipeline) {
    RolloutHistory history = RolloutHistory.read(lake.logs(), pipeline.scoring().model());
    if (pipeline.rollout().isEmpty() && history.rows().isEmpty()) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot show rollouts of %s: it has no definition in rollout/; write one, docs/rollouts.md has an example"
              .formatted(pipeline.name()));
    }

    return new RolloutOverview(
        pipeline.scoring().model(),
        pipeline.rollout().map(RolloutDefinition::stages).orElse(List.of()).stream()
            .map(DescribeRollout::stage)
            .toList(),
        history.current().map(DescribeRollout::move),
        moves(history),
        history.look().map(look -> Json.read(look.evidence(), JsonNode.class)));
  }

  /** What was decided, the oldest first; looks that decided nothing are left out. */
  static List<RolloutOverview.Move> moves(RolloutHistory history) {
    return history.rows().stream()
        .filter(row -> row.action() != RolloutMove.Action.LOOK)
        .map(DescribeRollout::move)
        .toList();
  }

  private static RolloutOverview.Stage stage(RolloutStage stage) {
    return new RolloutOverview.Stage(
        stage.name(),
        stage.policy().name().toLowerCase(Locale.ROOT).replace('_', '-'),
        stage.share(),
        stage.days());
  }

  private static RolloutOverview.Move move(RolloutMove row) {
    return new RolloutOverview.Move(
        row.rollout(),
        row.action().name(),
        row.stage(),
        row.champion(),
        row.challenger(),
        row.share(),
        row.fromDay(),
        row.who(),
        row.why(),
        row.decidedAt());
  }
}
