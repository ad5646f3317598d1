package org.millrace.features.asof;

import java.io.Serializable;
import java.util.Arrays;

/**
 * The best row of one view found so far for each slot of a spine index, looking only at rows that
 * become usable between the slot before and this one. "Best" is by (event_timestamp, known_at);
 * rows equal in both are all kept, until their values decide.
 *
 * <p>A row is a number, {@code partition << 40 | position in it}, plus one, so that 0 is none. Rows
 * of equal times always meet in one slot, as they become usable at the same time.
 */
final class Candidates implements Serializable {
  private static final long serialVersionUID = 1L;

  private static final int TIE = 4; // slot, event, known, row

  /** Event time, known time where it differs, row + 1; by slot. */
  final long[] best;

  /** Words a slot: 2 where the known time is the event time, else 3. */
  final int width;

  private long[] ties = new long[0];
  private int tieCount;

  Candidates(int slots, boolean oneTime) {
    width = oneTime ? 2 : 3;
    best = new long[Math.multiplyExact(slots, width)];
  }

  /** Row + 1 at a slot, 0 for none. */
  long row(int slot) {
    return best[slot * width + width - 1];
  }

  long event(int slot) {
    return best[slot * width];
  }

  /** Known time at a slot; the event time where they are one. */
  long known(int slot) {
    return best[slot * width + width - 2];
  }

  /** Loads what {@link #offer} will need, so that cache misses overlap. */
  long touch(int[] slots, int from, int to) {
    long sum = 0;
    for (int i = from; i < to; i++) {
      sum += best[Math.max(0, slots[i]) * width];
    }

    return sum;
  }

  /**
   * Offers rows to slots.
   *
   * @param slots by row of the batch, -1 for none
   * @param firstRow number of the batch's first row
   */
  void offer(int[] slots, int from, int to, long[] events, long[] knowns, long firstRow) {
    if (width == 2) {
      offerByEvent(slots, from, to, events, firstRow);
    } else {
      offerByBoth(slots, from, to, events, knowns, firstRow);
    }
  }

  @SuppressWarnings("ShortCircuitBoolean") // no branch that the processor could guess wrong
  private void offerByEvent(int[] slots, int from, int to, long[] events, long firstRow) {
    for (int i = from; i < to; i++) {
      if (slots[i] < 0) {
        continue;
      }

      int at = slots[i] * 2;
      long event = events[i];
      long bestEvent = best[at];
      long bestRow = best[at + 1];
      boolean wins = bestRow == 0 | event > bestEvent;
      best[at] = wins ? event : bestEvent;
      best[at + 1] = wins ? firstRow + i + 1 : bestRow;
      if (bestRow != 0 && event == bestEvent) {
        addTie(slots[i], event, event, firstRow + i + 1);
      }
    }
  }

  private void offerByBoth(
      int[] slots, int from, int to, long[] events, long[] knowns, long firstRow) {
    for (int i = from; i < to; i++) {
      if (slots[i] >= 0) {
        offer(slots[i], events[i], knowns[i], firstRow + i + 1);
      }
    }
  }

  /** Offers one row (its number + 1). */
  @SuppressWarnings("ShortCircuitBoolean") // no branch that the processor could guess wrong
  void offer(int slot, long event, long known, long row) {
    int at = slot * width;
    long bestEvent = best[at];
    long bestKnown = best[at + width - 2];
    long bestRow = best[at + width - 1];
    boolean later = event > bestEvent | (event == bestEvent & known > bestKnown);
    if (bestRow == 0 | later) {
      put(slot, event, width == 2 ? event : known, row);
    } else if (event == bestEvent && known == bestKnown) {
      addTie(slot, event, known, row);
    }
  }

  /** Sets the best row of a slot (its number + 1). */
  void put(int slot, long event, long known, long row) {
    int at = slot * width;
    best[at] = event;
    best[at + width - 2] = known;
    best[at + width - 1] = row;
  }

  private void addTie(int slot, long event, long known, long row) {
    int at = tieCount * TIE;
    if (at == ties.length) {
      ties = Arrays.copyOf(ties, Math.max(64, Math.multiplyExact(at, 2)));
    }

    ties[at] = slot;
    ties[at + 1] = event;
    ties[at + 2] = known;
    ties[at + 3] = row;
    tieCount++;
  }

  /** Takes in what another task found; slots of one range only, so that threads can share it. */
  void merge(Candidates other, int from, int to) {
    for (int slot = from; slot < to; slot++) {
      long row = other.row(slot);
      if (row != 0) {
        long bestRow = row(slot);
        long event = other.event(slot);
        if (bestRow == 0 || event > event(slot)) {
          System.arraycopy(other.best, slot * width, best, slot * width, width);
        } else if (event == event(slot)) {
          mergeSameEvent(other, slot, event, row);
        }
      }
    }
  }

  private void mergeSameEvent(Candidates other, int slot, long event, long row) {
    synchronized (this) { // ties are few
      offer(slot, event, other.known(slot), row);
    }
  }

  /** Takes in the ties that another task found. */
  void mergeTies(Candidates other) {
    for (int i = 0; i < other.tieCount; i++) {
      int at = i * TIE;
      addTie((int) other.ties[at], other.ties[at + 1], other.ties[at + 2], other.ties[at + 3]);
    }
  }

  /** Passes on the rows that equal the best row of their slot in both times, but are not it. */
  void forEachTie(TieVisitor visitor) {
    for (int i = 0; i < tieCount; i++) {
      int at = i * TIE;
      int slot = (int) ties[at];
      boolean stillBest = ties[at + 1] == event(slot) && ties[at + 2] == known(slot);
      if (stillBest && ties[at + 3] != row(slot)) {
        visitor.visit(slot, row(slot), ties[at + 3]);
      }
    }
  }

  /** Travels as the slots that have a row, their numbers packed. */
  private Object writeReplace() {
    return PackedCandidates.of(this, Arrays.copyOf(ties, tieCount * TIE));
  }

  /** As {@link PackedCandidates} kept them. */
  Candidates(int slots, boolean oneTime, long[] ties) {
    this(slots, oneTime);
    this.ties = ties;
    this.tieCount = ties.length / TIE;
  }

  /** Gets a slot, the row + 1 that stands for it and one that equals that in its times. */
  interface TieVisitor {
    void visit(int slot, long best, long equal);
  }
}
