package org.millrace.jobs.rollout;

import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.Map;
import org.millrace.contracts.RowCounts;
import org.millrace.jobs.challenger.RolloutMove;
import org.millrace.jobs.room.RoomResult;

/**
 * What was decided on a rollout.
 *
 * @param message one sentence
 * @param values of the row that was written; empty if nothing was decided
 * @param labelled rows with labels that were looked at
 */
public record RolloutResult(String message, Map<String, String> values, long labelled)
    implements RoomResult {
  /** Copies the map. */
  public RolloutResult {
    values = Map.copyOf(values);
  }

  static RolloutResult nothing(String message) {
    return new RolloutResult(message, Map.of(), 0);
  }

  /**
   * Of a row that was written.
   *
   * @param published the last published day
   */
  static RolloutResult of(RolloutMove move, LocalDate published, long labelled) {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("action", move.action().name());
    values.put("stage", move.stage());
    values.put("challenger", move.challenger());
    values.put("share", Double.toString(move.share()));
    values.put("from_day", move.fromDay().toString());
    values.put("why", move.why());
    return new RolloutResult(sentence(move, published), values, labelled);
  }

  /** Of a champion that lost the alias by what came true. */
  static RolloutResult of(String model, FallBackToEarlier.Moved moved) {
    return new RolloutResult(
        "%s/%s is champion again, not version %s: %s"
            .formatted(model, moved.to(), moved.from(), moved.why()),
        Map.of("action", "FALL_BACK", "from", moved.from(), "to", moved.to(), "why", moved.why()),
        0);
  }

  private static String sentence(RolloutMove move, LocalDate published) {
    String version = move.model() + "/" + move.challenger();
    return switch (move.action()) {
      case BEGIN ->
          "The rollout of %s begins with stage %s on %s"
              .formatted(version, move.stage(), move.fromDay());
      case ADVANCE ->
          "The rollout of %s goes on to stage %s on %s: %s"
              .formatted(version, move.stage(), move.fromDay(), move.why());
      case SHARE, LOOK ->
          "The rollout of %s stays in stage %s: %s".formatted(version, move.stage(), move.why());
      case HALT ->
          "The rollout of %s is halted, the champion scores all rows from %s on: %s%s"
              .formatted(version, move.fromDay(), move.why(), left(move, published));
      case PROMOTE -> "%s is champion: %s".formatted(version, move.why());
    };
  }

  /** Published days that a halt reaches back to. */
  private static String left(RolloutMove move, LocalDate published) {
    return move.fromDay().isAfter(published)
        ? ""
        : "; days until %s are published: `millrace backfill %s --from %s --to %s` scores those again whose readers saw the challenger"
            .formatted(published, move.model(), move.fromDay(), published);
  }

  @Override
  public boolean isIdle() {
    return values.isEmpty();
  }

  @Override
  public RowCounts rows() {
    return RowCounts.accepted(labelled);
  }
}
