package org.millrace.features.asof;

import java.io.Serializable;
import java.util.stream.IntStream;

/**
 * Which winners of one view each partition of the spine takes, and where they stand among those
 * that it takes. Driver only.
 */
final class WinnerTargets {
  private final int[] firstPlaces; // of the view's partitions, among all winners
  private final Target[] targets; // by partition of the spine
  private final PackedLongs[][] wanted; // by partition of the view, then of the spine

  WinnerTargets(Winners winners, int[] places, int[] starts) {
    firstPlaces = winners.firstPlaces();
    targets = new Target[starts.length - 1];
    wanted = new PackedLongs[firstPlaces.length - 1][targets.length];
    IntStream.range(0, targets.length)
        .parallel()
        .forEach(i -> targets[i] = target(winners, places, i, starts[i], starts[i + 1]));
  }

  /**
   * What one partition of the spine takes of a view.
   *
   * @param firstPlaces by partition of the view, among what this partition takes
   * @param places by row of this partition
   * @param ties as {@link Winners#ties}, in these places
   */
  @SuppressWarnings("ArrayRecordComponent") // bulk data, never compared
  record Target(int[] firstPlaces, PackedLongs places, int[][] ties) implements Serializable {
    private static final long serialVersionUID = 1L;
  }

  /**
   * Numbers of a view partition's winners (0 for its first), each as its difference from the one
   * before, by partition of the spine.
   */
  PackedLongs[] wanted(int partition) {
    return wanted[partition];
  }

  Target target(int partition) {
    return targets[partition];
  }

  private Target target(Winners winners, int[] places, int target, int from, int to) {
    int[] here = new int[firstPlaces[firstPlaces.length - 1]]; // 1, then the place here + 1
    for (int row = from; row < to; row++) {
      if (places[row] >= 0) {
        here[places[row]] = 1;
      }
    }

    int[][] ties = winners.ties();
    int[] mine = IntStream.range(0, ties[0].length).filter(i -> here[ties[0][i]] != 0).toArray();
    for (int i : mine) {
      here[ties[1][i]] = 1;
    }

    int[] firstHere = number(here, target);
    int[] placesHere = new int[to - from];
    for (int row = from; row < to; row++) {
      placesHere[row - from] = places[row] < 0 ? -1 : here[places[row]] - 1;
    }

    int[][] tiesHere = new int[2][];
    for (int side = 0; side < 2; side++) {
      int[] of = ties[side];
      tiesHere[side] = IntStream.of(mine).map(i -> here[of[i]] - 1).toArray();
    }

    return new Target(firstHere, PackedLongs.of(placesHere), tiesHere);
  }

  private int[] number(int[] here, int target) {
    int[] firstHere = new int[firstPlaces.length];
    int count = 0;
    for (int partition = 0; partition < wanted.length; partition++) {
      int first = firstPlaces[partition];
      int before = count;
      int last = 0;
      int[] steps = new int[firstPlaces[partition + 1] - first];
      for (int i = 0; i < steps.length; i++) {
        if (here[first + i] != 0) {
          steps[count - before] = i - last;
          last = i;
          here[first + i] = ++count;
        }
      }

      wanted[partition][target] = PackedLongs.of(java.util.Arrays.copyOf(steps, count - before));
      firstHere[partition + 1] = count;
    }

    return firstHere;
  }
}
