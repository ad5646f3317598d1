package org.millrace.jobs.evaluate;

import java.util.ArrayList;
import java.util.List;
import org.millrace.jobs.evaluate.BinaryMetrics.RocPoint;

/**
 * Remembers corners of the ROC curve, evenly thinned by rows, without knowing how many rows will
 * come: when there are too many, every second one is forgotten and the step doubles.
 */
final class RocPath {
  private static final int MOST_POINTS = 200;
  private static final int MOST_BETWEEN = MOST_POINTS - 2; // the two ends are always there

  private final List<long[]> corners = new ArrayList<>();
  private long step = 1;
  private long next = 1;

  /** Counts of negatives and positives down to and including a score, descending. */
  void passed(long negatives, long positives) {
    long rows = negatives + positives;
    if (rows < next) {
      return;
    }

    corners.add(new long[] {negatives, positives});
    if (corners.size() > MOST_BETWEEN) {
      thin();
    }

    next = (rows / step + 1) * step;
  }

  /** From (0, 0) to (1, 1); both classes must have rows. */
  List<RocPoint> roc(long negatives, long positives) {
    List<RocPoint> points = new ArrayList<>();
    points.add(new RocPoint(0, 0));
    for (long[] corner : corners) {
      if (corner[0] + corner[1] < negatives + positives) {
        points.add(new RocPoint((double) corner[0] / negatives, (double) corner[1] / positives));
      }
    }

    points.add(new RocPoint(1, 1));
    return points;
  }

  private void thin() {
    step *= 2;
    for (int i = corners.size() - 1; i >= 0; i -= 2) {
      corners.remove(i);
    }
  }
}
