package org.millrace.features.asof;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Keys with so many rows that they are cut in time, and among several threads. */
class TestHotKeys {
  private static final int ROWS = 60_000;

  private final long seed = Long.getLong("millrace.test.seed", System.nanoTime());
  private final SplittableRandom random = new SplittableRandom(seed);

  /** How the times of a key lie. */
  private long time(int shape) {
    return switch (shape) {
      case 0 -> random.nextInt(1_000_000_000); // even
      case 1 -> random.nextInt(50); // equal times, many each
      case 2 -> (long) Math.exp(random.nextInt(40)) + random.nextInt(3); // clustered at the start
      default -> random.nextInt(10) == 0 ? -1L << 61 : random.nextInt(1000); // far apart
    };
  }

  @Test
  void everySlotIsFoundAsABinarySearchFindsIt() {
    for (int shape = 0; shape < 4; shape++) {
      TimeBlock block = spine(shape);
      TimeIndex index = TimeSorter.index(List.of(block), 0, true);
      int rows = 20_000;
      long[] times = random.longs(rows).toArray();
      KeyBlock keys = new KeyBlock();
      keys.start(rows, false);
      for (int i = 0; i < rows; i++) {
        keys.keys[i] = random.nextInt(4);
        times[i] = time(shape) + random.nextInt(3) - 1;
      }

      int[] found = new int[rows];
      int[] last = new int[rows];
      index.find(keys, times, 0, rows, new long[rows], found);
      index.findLast(keys, times, rows, last);
      for (int i = 0; i < rows; i++) {
        assertThat(found[i])
            .as("seed %d, shape %d, row %d", seed, shape, i)
            .isEqualTo(first(block, index, keys.keys[i], times[i]));
        assertThat(last[i])
            .as("seed %d, shape %d, row %d", seed, shape, i)
            .isEqualTo(lastAtOrBefore(block, index, keys.keys[i], times[i]));
      }
    }
  }

  @Test
  void theNewestIsCarriedThroughAKeyThatSeveralThreadsShare() {
    for (int shape = 0; shape < 2; shape++) {
      TimeBlock block = spine(shape);
      TimeIndex index = TimeSorter.index(List.of(block), 0, true);
      int facts = 500;
      KeyBlock keys = new KeyBlock();
      keys.start(facts, false);
      long[] usable = new long[facts];
      long[] events = new long[facts];
      for (int i = 0; i < facts; i++) {
        keys.keys[i] = random.nextInt(3);
        usable[i] = time(shape);
        events[i] = usable[i] - random.nextInt(1000) * 1_000L; // known later than others, but older
      }

      Candidates candidates = new Candidates(index.slots(), false);
      int[] slots = new int[facts];
      index.find(keys, usable, 0, facts, new long[facts], slots);
      candidates.offer(slots, 0, facts, events, usable, 0);
      long ttl = shape == 0 ? 900_000_000L : Long.MAX_VALUE;
      Winners winners = Winners.of(index, candidates, ttl, 1);
      int[] places = winners.placeOfRow(ROWS);
      long[] eventOfPlace = events(winners, events);
      for (int row = 0; row < ROWS; row++) {
        long found = places[row] < 0 ? Long.MIN_VALUE : eventOfPlace[places[row]];
        assertThat(found)
            .as("seed %d, shape %d, row %d", seed, shape, row)
            .isEqualTo(newest(block, row, keys, usable, events, ttl));
      }
    }
  }

  private static long[] events(Winners winners, long[] events) {
    long[] wanted = winners.wanted(0);
    long[] ofPlace = new long[winners.firstPlaces()[1]];
    int place = 0;
    for (int row = 0; row < events.length; row++) {
      if (row >>> 6 < wanted.length && (wanted[row >>> 6] >>> row & 1) != 0) {
        ofPlace[place++] = events[row];
      }
    }

    return ofPlace;
  }

  private static long newest(
      TimeBlock spine, int row, KeyBlock keys, long[] usable, long[] events, long ttl) {
    long asOf = spine.asOf()[row];
    long newest = Long.MIN_VALUE;
    for (int i = 0; i < events.length; i++) {
      boolean counts = keys.keys[i] == spine.keys()[0].keys[row] && usable[i] <= asOf;
      newest = counts ? Math.max(newest, events[i]) : newest;
    }

    return ttl != Long.MAX_VALUE && asOf - newest >= ttl ? Long.MIN_VALUE : newest;
  }

  /** Key 0 has three quarters of the rows, keys 1 to 3 the others. */
  private TimeBlock spine(int shape) {
    KeyBlock keys = new KeyBlock();
    keys.start(ROWS, false);
    long[] times = new long[ROWS];
    for (int i = 0; i < ROWS; i++) {
      keys.keys[i] = Math.max(0, random.nextInt(16) - 12);
      times[i] = time(shape);
    }

    return new TimeBlock(ROWS, times, new boolean[0], new KeyBlock[] {keys});
  }

  private Map<Long, NavigableMap<Long, int[]>> slots = Map.of();
  private @Nullable TimeIndex of;

  private int first(TimeBlock spine, TimeIndex index, long key, long time) {
    Map.Entry<Long, int[]> entry = slots(spine, index, key).ceilingEntry(time);
    return entry == null ? -1 : entry.getValue()[0];
  }

  private int lastAtOrBefore(TimeBlock spine, TimeIndex index, long key, long time) {
    Map.Entry<Long, int[]> entry = slots(spine, index, key).floorEntry(time);
    return entry == null ? -1 : entry.getValue()[1];
  }

  /** First and last slot of each time of a key, from the order that the index gave the rows. */
  private NavigableMap<Long, int[]> slots(TimeBlock spine, TimeIndex index, long key) {
    if (of != index) {
      of = index;
      slots = new TreeMap<>();
      for (int slot = 0; slot < index.slots(); slot++) {
        int row = index.rows[slot];
        long time = spine.asOf()[row];
        assertThat(index.times[slot]).isEqualTo(time);
        int[] range =
            slots
                .computeIfAbsent(spine.keys()[0].keys[row], absent -> new TreeMap<>())
                .computeIfAbsent(time, absent -> new int[] {Integer.MAX_VALUE, 0});
        range[0] = Math.min(range[0], slot);
        range[1] = Math.max(range[1], slot);
      }
    }

    return slots.getOrDefault(key, new TreeMap<>());
  }
}
