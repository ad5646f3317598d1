package org.millrace.features.asof;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Values of the rows of one view and bucket that may still win. When they have become many more
 * than the slots they compete for, those that no slot wants any more are dropped, so that a bucket
 * of a view of any length fits. One task.
 */
final class HeldRows {
  private static final int MIN_ROWS = 1 << 16;
  private static final ValueChunk NOTHING =
      new ValueChunk(ValueColumns.of(List.of(), 0, false, false), 0);

  private final TimeIndex index;
  private final Candidates candidates;
  private final List<@Nullable PackedRows> packed = new ArrayList<>(); // null once picked from
  private final List<ValueChunk> chunks = new ArrayList<>(); // empty until then
  private final List<int[]> positions = new ArrayList<>(); // as received, by row that is held
  private long held;
  private long limit;

  HeldRows(TimeIndex index, Candidates candidates) {
    this.index = index;
    this.candidates = candidates;
    this.limit = MIN_ROWS + 2L * index.slots();
  }

  /** Number of the first row of the next chunk, as {@link Candidates} count. */
  long nextRow() {
    return (long) chunks.size() << FindCandidates.POSITION_BITS;
  }

  /** Holds a chunk whose rows were offered. */
  void add(PackedRows chunk) {
    int[] all = chunk.everyRow();
    packed.add(chunk);
    chunks.add(NOTHING);
    positions.add(all);
    held += all.length;
    if (held > limit) {
      Winners live = Winners.of(index, candidates, Long.MAX_VALUE, chunks.size());
      held = 0;
      for (int i = 0; i < chunks.size(); i++) {
        keep(i, live.wanted(i));
        held += positions.get(i).length;
      }

      limit = MIN_ROWS + 2L * held;
    }
  }

  private void keep(int chunk, long[] wanted) {
    int[] before = positions.get(chunk);
    int[] rows = new int[before.length];
    int count = 0;
    for (int row = 0; row < before.length; row++) {
      int word = before[row] >>> 6;
      if (word < wanted.length && (wanted[word] >>> before[row] & 1) != 0) {
        rows[count++] = row;
      }
    }

    PackedRows all = packed.get(chunk);
    if (count < before.length || all != null) {
      int[] kept = Arrays.copyOf(rows, count);
      chunks.set(chunk, all == null ? chunks.get(chunk).pick(kept) : all.pick(kept));
      packed.set(chunk, null);
      positions.set(chunk, Arrays.stream(kept).map(row -> before[row]).toArray());
    }
  }

  /** The values of the winners. */
  ValueTable values(Winners winners) {
    for (int i = 0; i < chunks.size(); i++) {
      keep(i, winners.wanted(i));
    }

    return new ValueTable(chunks.toArray(ValueChunk[]::new), winners.firstPlaces());
  }

  int chunks() {
    return chunks.size();
  }
}
