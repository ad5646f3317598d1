package org.millrace.features.asof;

import java.io.Serializable;

/**
 * {@link Candidates} as they travel from a task to the driver: a bit for each slot that has a row,
 * and the packed times and numbers of those rows.
 *
 * @param slots how many there are
 * @param filled a bit for each slot
 * @param knowns none where the known time is the event time
 * @param partitions of the rows
 * @param positions of the rows in their partitions
 * @param ties as candidates keep them
 */
@SuppressWarnings("ArrayRecordComponent") // bulk data, never compared
record PackedCandidates(
    int slots,
    boolean oneTime,
    long[] filled,
    PackedLongs events,
    PackedLongs knowns,
    PackedLongs partitions,
    PackedLongs positions,
    long[] ties)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  private static final long POSITION = (1L << FindCandidates.POSITION_BITS) - 1;

  static PackedCandidates of(Candidates candidates, long[] ties) {
    int slots = candidates.best.length / candidates.width;
    boolean oneTime = candidates.width == 2;
    long[] filled = new long[(slots + Long.SIZE - 1) / Long.SIZE];
    int count = 0;
    for (int slot = 0; slot < slots; slot++) {
      long bit = candidates.row(slot) == 0 ? 0 : 1;
      filled[slot >>> 6] |= bit << slot;
      count += (int) bit;
    }

    long[][] columns = new long[4][count]; // event, known, partition, position
    int at = 0;
    for (int slot = next(filled, 0); slot >= 0; slot = next(filled, slot + 1)) {
      long row = candidates.row(slot) - 1;
      columns[0][at] = candidates.event(slot);
      columns[1][at] = candidates.known(slot);
      columns[2][at] = row >>> FindCandidates.POSITION_BITS;
      columns[3][at++] = row & POSITION;
    }

    return new PackedCandidates(
        slots,
        oneTime,
        filled,
        PackedLongs.of(columns[0], count),
        PackedLongs.of(columns[1], oneTime ? 0 : count),
        PackedLongs.of(columns[2], count),
        PackedLongs.of(columns[3], count),
        ties);
  }

  /** The next filled slot, this one included; -1 for none. */
  private static int next(long[] filled, int slot) {
    int word = slot >>> 6;
    if (word >= filled.length) {
      return -1;
    }

    long rest = filled[word] & (-1L << slot);
    while (rest == 0) {
      if (++word == filled.length) {
        return -1;
      }

      rest = filled[word];
    }

    return (word << 6) + Long.numberOfTrailingZeros(rest);
  }

  private Object readResolve() {
    long[][] columns = {
      events.unpacked(), knowns.unpacked(), partitions.unpacked(), positions.unpacked()
    };
    Candidates candidates = new Candidates(slots, oneTime, ties);
    int at = 0;
    for (int slot = next(filled, 0); slot >= 0; slot = next(filled, slot + 1), at++) {
      long row = (columns[2][at] << FindCandidates.POSITION_BITS) | columns[3][at];
      candidates.put(slot, columns[0][at], oneTime ? columns[0][at] : columns[1][at], row + 1);
    }

    return candidates;
  }
}
