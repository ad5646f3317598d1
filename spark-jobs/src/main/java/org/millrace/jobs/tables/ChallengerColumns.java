package org.millrace.jobs.tables;

import java.util.LinkedHashMap;
import java.util.Map;
import org.millrace.contracts.definition.SpineDefinition;

/**
 * Columns of a table of what challengers score, beside those of its spine. A row is one of the
 * spine that champion and challenger have scored, whoever's score readers see.
 */
public final class ChallengerColumns {
  /** Number of the champion. */
  public static final String CHAMPION_VERSION = "champion_version";

  /** What the champion predicts. */
  public static final String CHAMPION_SCORE = "champion_score";

  /** Number of the challenger. */
  public static final String CHALLENGER_VERSION = "challenger_version";

  /** What the challenger predicts. */
  public static final String CHALLENGER_SCORE = "challenger_score";

  /** The rollout, such as {@code late_flight/1}. */
  public static final String ROLLOUT = "rollout";

  /** Its stage. */
  public static final String STAGE = "stage";

  private ChallengerColumns() {}

  /** Comments of the columns. */
  public static Map<String, String> comments(SpineDefinition spine) {
    Map<String, String> comments = new LinkedHashMap<>();
    spine.id().forEach(id -> comments.put(id, "Names the row"));
    comments.put(spine.day(), "Local day of the question; partition");
    comments.put(CHAMPION_VERSION, "Version that held the alias");
    comments.put(CHAMPION_SCORE, "What it predicts");
    comments.put(CHALLENGER_VERSION, "Version that is rolled out");
    comments.put(CHALLENGER_SCORE, "What it predicts");
    comments.put(PredictionColumns.VARIANT, "Whose score readers see: champion or challenger");
    comments.put(ROLLOUT, "Model and number of the rollout, as in ops.rollouts");
    comments.put(STAGE, "Stage of the rollout");
    return comments;
  }
}
