package org.millrace.jobs.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.millrace.jobs.evaluate.BinaryMetrics.CalibrationBin;
import org.millrace.jobs.evaluate.BinaryMetrics.ScoreBin;

/**
 * Takes groups of equal score in descending order and has all metrics at the end, in little memory.
 * Not thread-safe.
 *
 * <ul>
 *   <li>AUC: Mann-Whitney's U / (positives x negatives), a tied pair counting one half (Hanley and
 *       McNeil, Radiology 143, 1982).
 *   <li>Area under the precision-recall curve: average precision, the sum over thresholds of (rise
 *       in recall) x precision, tied scores being one threshold and nothing interpolated (Manning,
 *       Raghavan, Schuetze, Introduction to Information Retrieval, 2008, 8.4; scikit-learn's {@code
 *       average_precision_score}). Descending order is for its sake: precision counts the rows
 *       above a threshold, and the number of positives is a factor that the end brings.
 *   <li>Log loss with probabilities clipped to [1e-15, 1 - 1e-15]; a group's rows share one term.
 *   <li>Brier: mean of (score - label)^2 (Brier, Monthly Weather Review 78, 1950).
 *   <li>Expected calibration error: the sum over 10 bins of equal width of (rows in bin / rows) x
 *       |mean score - observed rate| (Naeini, Cooper, Hauskrecht, AAAI 2015), a bin being [from,
 *       to), the last one closed.
 * </ul>
 */
final class ScoreFold {
  private static final int CALIBRATION_BINS = 10;
  private static final int HISTOGRAM_BINS = 20;
  private static final double CLIP = 1e-15;

  private final Bins calibration = new Bins(CALIBRATION_BINS);
  private final Bins histogram = new Bins(HISTOGRAM_BINS);
  private final RocPath path = new RocPath();
  private long rows;
  private long positives;
  private double pairsWon; // of (positive, negative) pairs, a tie being one half
  private double precisions; // at each positive's threshold
  private double logLoss;
  private double squares;
  private double scores;

  /**
   * @param score in [0, 1], less than that of the group before
   * @param groupPositives of the group's rows
   */
  void add(double score, long groupRows, long groupPositives) {
    long groupNegatives = groupRows - groupPositives;
    pairsWon += groupNegatives * (positives + groupPositives / 2.0);
    double clipped = Math.min(Math.max(score, CLIP), 1 - CLIP);
    logLoss -= groupPositives * Math.log(clipped) + groupNegatives * Math.log1p(-clipped);
    squares += groupPositives * (1 - score) * (1 - score) + groupNegatives * score * score;
    scores += groupRows * score;
    rows += groupRows;
    positives += groupPositives;
    precisions += groupPositives * ((double) positives / rows);
    calibration.add(score, groupRows, groupPositives);
    histogram.add(score, groupRows, groupPositives);
    path.passed(rows - positives, positives);
  }

  boolean isEmpty() {
    return rows == 0;
  }

  ScoreSummary summary() {
    Optional<String> reason = missingClass();
    double negatives = rows - positives;
    return new ScoreSummary(
        rows,
        positives,
        reason.isPresent() ? Double.NaN : pairsWon / (positives * negatives),
        reason,
        positives == 0 ? OptionalDouble.empty() : OptionalDouble.of(precisions / positives),
        logLoss / rows,
        squares / rows,
        calibration.error(rows),
        (double) positives / rows,
        scores / rows);
  }

  BinaryMetrics metrics() {
    return new BinaryMetrics(
        summary(),
        missingClass().isPresent() ? List.of() : path.roc(rows - positives, positives),
        calibration.calibrationBins(),
        histogram.scoreBins());
  }

  private Optional<String> missingClass() {
    if (positives == 0) {
      return Optional.of("all " + rows + " labels are 0: AUC compares two classes");
    }

    return positives == rows
        ? Optional.of("all " + rows + " labels are 1: AUC compares two classes")
        : Optional.empty();
  }

  /** Counts in bins of equal width over [0, 1]. */
  private static final class Bins {
    private final long[] rows;
    private final long[] positives;
    private final double[] scores;

    Bins(int count) {
      rows = new long[count];
      positives = new long[count];
      scores = new double[count];
    }

    void add(double score, long groupRows, long groupPositives) {
      int bin = Math.min((int) (score * rows.length), rows.length - 1);
      rows[bin] += groupRows;
      positives[bin] += groupPositives;
      scores[bin] += groupRows * score;
    }

    double error(long allRows) {
      double error = 0;
      for (int bin = 0; bin < rows.length; bin++) {
        error += Math.abs(scores[bin] - positives[bin]); // the bin's rows cancel out
      }

      return error / allRows;
    }

    List<CalibrationBin> calibrationBins() {
      List<CalibrationBin> bins = new ArrayList<>();
      for (int bin = 0; bin < rows.length; bin++) {
        if (rows[bin] > 0) {
          bins.add(
              new CalibrationBin(
                  (double) bin / rows.length,
                  (bin + 1.0) / rows.length,
                  rows[bin],
                  scores[bin] / rows[bin],
                  (double) positives[bin] / rows[bin]));
        }
      }

      return bins;
    }

    List<ScoreBin> scoreBins() {
      List<ScoreBin> bins = new ArrayList<>();
      for (int bin = 0; bin < rows.length; bin++) {
        bins.add(
            new ScoreBin(
                (double) bin / rows.length, (bin + 1.0) / rows.length, rows[bin], positives[bin]));
      }

      return bins;
    }
  }
}
