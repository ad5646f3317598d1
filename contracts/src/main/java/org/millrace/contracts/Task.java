package org.millrace.contracts;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** What a model predicts, and by which metrics it is judged. */
public enum Task {
  /** The score is the probability of label 1; labels are 0 and 1. */
  @JsonProperty("BINARY_CLASSIFICATION") // as contracts of all releases have it
  BINARY,
  /** The score is the label itself, a number in its unit. */
  REGRESSION,
  /**
   * There is a probability for each of at least three classes, and the score is that of the most
   * probable one; labels are classes.
   */
  MULTICLASS;

  /** Columns beside the score in a prediction table of {@link #MULTICLASS}. */
  public static final List<String> CLASS_COLUMNS = List.of("predicted", "probabilities");

  /** As definitions and requests write it, such as {@code binary}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The metrics of an evaluation, by name. */
  public List<String> metrics() {
    return switch (this) {
      case BINARY ->
          List.of(
              "auc",
              "pr_auc",
              "log_loss",
              "brier",
              "calibration_error",
              "base_rate",
              "mean_score",
              "rows",
              "positives");
      case REGRESSION ->
          List.of("rmse", "mae", "wape", "r2", "bias", "mean_score", "mean_label", "rows");
      case MULTICLASS ->
          List.of("macro_f1", "accuracy", "top_2_accuracy", "top_3_accuracy", "log_loss", "rows");
    };
  }

  /** The metrics that are named first, the one that a baseline is compared by before all. */
  public List<String> headline() {
    return switch (this) {
      case BINARY -> List.of("auc", "log_loss");
      case REGRESSION -> List.of("rmse", "mae");
      case MULTICLASS -> List.of("macro_f1", "log_loss");
    };
  }

  /** The metric by which a baseline is compared. */
  public String primary() {
    return headline().get(0);
  }

  /** The metrics that are kept of each judged day, in the order of the table's columns. */
  public List<String> dayMetrics() {
    return switch (this) {
      case BINARY ->
          // a base rate is a day's mean score away
          List.of("positives", "auc", "log_loss", "brier", "calibration_error", "mean_score");
      case REGRESSION -> List.of("rmse", "mae", "wape", "r2", "bias", "mean_score", "mean_label");
      case MULTICLASS ->
          List.of("macro_f1", "accuracy", "top_2_accuracy", "top_3_accuracy", "log_loss");
    };
  }

  /** The baseline's own {@link #primary}, as a metric of the gate. */
  public String baselineMetric() {
    return "baseline_" + primary();
  }

  /** A model's {@link #primary} minus the baseline's, as a metric of the gate. */
  public String overBaselineMetric() {
    return primary() + "_over_baseline";
  }

  /** A metric as people write it, such as {@code AUC} and {@code Log loss}. */
  public static String title(String metric) {
    return switch (metric) {
      case "auc", "rmse", "mae", "wape" -> metric.toUpperCase(Locale.ROOT);
      case "pr_auc" -> "PR-AUC";
      case "r2" -> "R\u00b2";
      case "macro_f1" -> "Macro F1";
      default -> Character.toUpperCase(metric.charAt(0)) + metric.substring(1).replace('_', ' ');
    };
  }

  /** The metrics that rules of a gate can name. */
  public List<String> gateMetrics() {
    return Stream.concat(metrics().stream(), Stream.of(baselineMetric(), overBaselineMetric()))
        .toList();
  }
}
