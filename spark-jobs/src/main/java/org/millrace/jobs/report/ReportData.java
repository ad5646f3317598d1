package org.millrace.jobs.report;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.millrace.contracts.GateDecision;
import org.millrace.contracts.Task;

/**
 * All that a report shows. Any list may be empty: its section then says so. A number that is not
 * defined is {@link Double#NaN}: it is shown as a dash and left out of the pictures.
 *
 * @param pipeline such as {@code late_flight}
 * @param generatedAt when the report was made
 * @param model the version that is reported on
 * @param gate what the gate said of it last, with its reasons; empty if it never judged it
 * @param task what the model predicts
 * @param slices evaluations; the first one gives the headline's numbers
 * @param roc points of the ROC curve of the first slice, from (0, 0) to (1, 1)
 * @param calibration bins of the first slice, by rising mean score
 * @param scores histogram of the scores, by rising lower bound; of a binary task alone
 * @param residuals histogram of score - label, by rising lower bound; of a regression alone
 * @param days realised quality by day, by rising day
 * @param importance model inputs, in any order
 * @param otherDays how many judged days other versions scored; they are not among {@code days}
 * @param drift features of the last monitored days, in any order
 * @param driftOf which days these are, with their rows; empty if none was monitored
 * @param psiWarning PSI from which a feature counts as drifted
 * @param lineage which versions made this model and these predictions
 * @param steps rooms that ran, in order
 */
public record ReportData(
    String pipeline,
    Instant generatedAt,
    Model model,
    Optional<GateDecision> gate,
    Task task,
    List<SliceMetrics> slices,
    List<RocPoint> roc,
    List<CalibrationBin> calibration,
    List<ScoreBin> scores,
    List<ScoreBin> residuals,
    List<DayQuality> days,
    int otherDays,
    List<FeatureImportance> importance,
    List<FeatureDrift> drift,
    String driftOf,
    double psiWarning,
    Lineage lineage,
    List<Step> steps) {

  /** Copies the lists. */
  public ReportData {
    requireNonNull(pipeline, "pipeline is null");
    requireNonNull(generatedAt, "generatedAt is null");
    requireNonNull(model, "model is null");
    requireNonNull(gate, "gate is null");
    requireNonNull(task, "task is null");
    requireNonNull(lineage, "lineage is null");
    slices = List.copyOf(slices);
    roc = List.copyOf(roc);
    calibration = List.copyOf(calibration);
    scores = List.copyOf(scores);
    residuals = List.copyOf(residuals);
    days = List.copyOf(days);
    importance = List.copyOf(importance);
    drift = List.copyOf(drift);
    steps = List.copyOf(steps);
  }

  /**
   * A registered model version.
   *
   * @param name registered model
   * @param version as the registry numbers it
   * @param alias such as {@code champion}; empty where it has none
   */
  public record Model(String name, String version, Optional<String> alias) {}

  /**
   * How well the model does on a slice.
   *
   * @param slice such as {@code "November 2013, held out"}
   * @param rows rows with a label
   * @param metrics by name; an undefined one is absent or NaN
   */
  public record SliceMetrics(String slice, long rows, Map<String, Double> metrics) {
    /** Copies the map. */
    public SliceMetrics {
      metrics = Map.copyOf(metrics);
    }

    /** NaN where it is undefined. */
    public double metric(String name) {
      return metrics.getOrDefault(name, Double.NaN);
    }
  }

  /** One threshold: both rates in [0, 1]. */
  public record RocPoint(double falsePositiveRate, double truePositiveRate) {}

  /**
   * Rows of like score.
   *
   * @param meanScore what the model said
   * @param meanLabel what came true: of a classification the share of rows where it did
   */
  public record CalibrationBin(double meanScore, double meanLabel, long rows) {}

  /** Rows whose score lies in [{@code from}, {@code to}). */
  public record ScoreBin(double from, double to, long rows) {}

  /**
   * Realised quality of one day's predictions.
   *
   * @param rows those whose label is known
   * @param metrics by name; an undefined one is absent or NaN
   */
  public record DayQuality(LocalDate day, long rows, Map<String, Double> metrics) {
    /** Copies the map. */
    public DayQuality {
      metrics = Map.copyOf(metrics);
    }

    /** NaN where it is undefined. */
    public double metric(String name) {
      return metrics.getOrDefault(name, Double.NaN);
    }
  }

  /** The metrics that are shown, the most telling one first. */
  public List<String> shown() {
    return switch (task) {
      case BINARY -> List.of("auc", "log_loss", "calibration_error");
      case REGRESSION -> List.of("rmse", "mae", "bias");
      case MULTICLASS -> List.of("macro_f1", "log_loss", "accuracy");
    };
  }

  /** Share of the model's gain that an input brings, in [0, 1]. */
  public record FeatureImportance(String feature, double share) {}

  /**
   * How far a feature is from what the model was trained on.
   *
   * @param psi population stability index
   * @param isDrifted whether it is large, and no chance
   * @param trainingNullRate share of nulls in the training set
   * @param nullRate share of nulls now
   */
  public record FeatureDrift(
      String feature, double psi, boolean isDrifted, double trainingNullRate, double nullRate) {}

  /** Directed graph without cycles. */
  public record Lineage(List<Node> nodes, List<Edge> edges) {
    /** Copies the lists. */
    public Lineage {
      nodes = List.copyOf(nodes);
      edges = List.copyOf(edges);
    }

    /**
     * A table version, a run or a model version.
     *
     * @param id unique in the graph
     * @param kind what it is
     * @param name such as {@code raw.flights} or {@code late_flight.train.2013-01-01_2013-10-31}
     * @param version such as {@code v12}; empty for a run
     */
    public record Node(String id, Kind kind, String name, Optional<String> version) {}

    /** {@code to} was made with {@code from}; both are ids of nodes. */
    public record Edge(String from, String to) {}

    /** What a node stands for. */
    public enum Kind {
      TABLE,
      RUN,
      MODEL
    }
  }

  /**
   * A room that ran.
   *
   * @param room such as {@code score}
   * @param seconds wall seconds
   */
  public record Step(String room, long rowsIn, long rowsOut, double seconds) {}
}
