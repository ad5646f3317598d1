package org.millrace.jobs.tables;

import static org.apache.spark.sql.functions.lit;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.Task;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.contracts.definition.SpineDefinition;

/** Columns of a prediction table beside those of its spine. */
public final class PredictionColumns {
  /** What the model predicts: the probability of label 1, or a number. */
  public static final String SCORE = "score";

  /** Of several classes the most probable one, whose probability is the score. */
  public static final String PREDICTED = "predicted";

  /** Of several classes the probability of each, in the order of the definition. */
  public static final String PROBABILITIES = "probabilities";

  /** Registered model. */
  public static final String MODEL_NAME = "model_name";

  /** Its version. */
  public static final String MODEL_VERSION = "model_version";

  /** Intent that made the row. */
  public static final String RUN_KEY = "run_key";

  /** Of definition, inputs and model: what makes the row again. */
  public static final String FINGERPRINT = "fingerprint";

  /** When it was scored. */
  public static final String SCORED_AT = "scored_at";

  /** When another run's prediction took its place; null while it is in force. */
  public static final String SUPERSEDED_AT = "superseded_at";

  /** Number of the publication: a later one of the same day has a greater number. */
  public static final String PUBLICATION = "publication";

  /** When a person took the publication back; null if none did. */
  public static final String WITHDRAWN_AT = "withdrawn_at";

  /**
   * Whose score it is: {@link #CHAMPION} or {@link #CHALLENGER}; null in rows of earlier releases.
   */
  public static final String VARIANT = "variant";

  /** Of the version that held the alias. */
  public static final String CHAMPION = "champion";

  /** Of a version that is rolled out. */
  public static final String CHALLENGER = "challenger";

  private PredictionColumns() {}

  /** The columns of a task's answer, in order. */
  public static List<String> answer(Task task) {
    return switch (task) {
      case BINARY, REGRESSION -> List.of(SCORE);
      case MULTICLASS -> List.of(SCORE, PREDICTED, PROBABILITIES);
    };
  }

  /** The column that an evaluation compares with labels. */
  public static String evaluated(Task task) {
    return switch (task) {
      case BINARY, REGRESSION -> SCORE;
      case MULTICLASS -> PROBABILITIES;
    };
  }

  /** Rows of a table that an earlier release made, with null in the columns that came since. */
  public static Dataset<Row> complete(Dataset<Row> rows) {
    List<String> known = List.of(rows.columns());
    Dataset<Row> complete = rows;
    if (!known.contains(VARIANT)) {
      complete = complete.withColumn(VARIANT, lit(null).cast("string"));
    }

    if (!known.contains(PUBLICATION)) {
      complete = complete.withColumn(PUBLICATION, lit(null).cast("bigint"));
    }

    return known.contains(WITHDRAWN_AT)
        ? complete
        : complete.withColumn(WITHDRAWN_AT, lit(null).cast("timestamp"));
  }

  /** Comments of a prediction table's columns. */
  public static Map<String, String> comments(Pipeline pipeline) {
    SpineDefinition spine = pipeline.spine();
    Map<String, String> comments = new LinkedHashMap<>();
    spine.id().forEach(id -> comments.put(id, "Names the row"));
    comments.put(spine.day(), "Local day of the question; partition");
    comments.put("as_of", "Moment of the question: nothing known later was used, instant");
    comments.put(
        SCORE,
        switch (pipeline.training().task()) {
          case BINARY -> "Probability that the answer is yes, 0 to 1";
          case REGRESSION -> "Predicted answer, in the unit of the label";
          case MULTICLASS -> "Probability of the predicted class, 0 to 1";
        });
    if (pipeline.training().task() == Task.MULTICLASS) {
      comments.put(PREDICTED, "Most probable class");
      comments.put(
          PROBABILITIES,
          "Probabilities of the classes " + String.join(", ", pipeline.training().classes()));
    }

    comments.put(MODEL_NAME, "Registered model");
    comments.put(MODEL_VERSION, "Version of the model");
    comments.put(VARIANT, "Whose score it is: champion, or challenger of a rollout");
    comments.put(RUN_KEY, "Run that made the row, as in the ledger and the model registry");
    comments.put(
        FINGERPRINT, "Digest of definitions, input days and model: equal means equal predictions");
    comments.put(SCORED_AT, "When it was scored, instant");
    comments.put(
        SUPERSEDED_AT, "When a newer prediction took its place, instant; null while in force");
    comments.put(
        PUBLICATION, "Number of the publication: a later one of the same day has a greater number");
    comments.put(
        WITHDRAWN_AT,
        "When a person took the publication back, instant; null if none did: see ops.ledger");
    return comments;
  }
}
