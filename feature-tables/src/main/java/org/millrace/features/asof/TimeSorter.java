package org.millrace.features.asof;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/**
 * Builds a {@link TimeIndex}: gives each key a number, counts, places rows by key, sorts each key's
 * few times. Work is split by key among a power of two of threads, each of which reads all keys and
 * handles its own.
 */
final class TimeSorter {
  private static final int MAX_SHARES = 8;
  private static final int SMALL_GROUP = 40;
  private static final int SMALL_SPINE = 1 << 14;
  private static final int LARGE_GROUP = 1 << 16;

  private final List<TimeBlock> blocks;
  private final KeyBlock[] keys;
  private final boolean exact;
  private final int rows;
  private final int shares;
  private final KeyNumbers[] numbers;
  private final Map<Integer, TimeSlices> sliced = new ConcurrentHashMap<>(); // by key number
  private final int[] keyOfRow; // number of a row's key among its share's, -1 without one

  private TimeSorter(List<TimeBlock> blocks, int keySet, boolean exact, int shares) {
    this.blocks = blocks;
    this.keys = blocks.stream().map(block -> block.keys()[keySet]).toArray(KeyBlock[]::new);
    this.exact = exact;
    this.rows = Math.toIntExact(blocks.stream().mapToLong(TimeBlock::rows).sum());
    this.shares = rows < SMALL_SPINE ? 1 : shares;
    this.numbers = new KeyNumbers[this.shares];
    this.keyOfRow = new int[rows];
  }

  /** The index of one of the key sets of a spine, whose blocks come in the order of partitions. */
  static TimeIndex index(List<TimeBlock> blocks, int keySet, boolean exact) {
    int cores = Runtime.getRuntime().availableProcessors();
    int shares = Integer.highestOneBit(Math.min(MAX_SHARES, cores));
    return new TimeSorter(blocks, keySet, exact, shares).index();
  }

  private TimeIndex index() {
    long seed = 0;
    while (!isNumbered()) {
      seed++;
      for (KeyBlock block : keys) {
        block.hash(seed);
      }
    }

    int[] shareStart = new int[shares + 1];
    for (int share = 0; share < shares; share++) {
      shareStart[share + 1] = shareStart[share] + numbers[share].size();
    }

    int[] starts = starts(shareStart);
    int slots = starts[starts.length - 1];
    long[] times = new long[slots];
    int[] rowOf = new int[slots];
    int[] next = Arrays.copyOf(starts, starts.length - 1);
    each(share -> place(share, shareStart[share], next, times, rowOf));
    each(share -> sort(shareStart[share], shareStart[share + 1], starts, times, rowOf));
    return assemble(seed, shareStart, starts, times, rowOf);
  }

  private void each(java.util.function.IntConsumer work) {
    if (shares == 1) {
      work.accept(0);
    } else {
      IntStream.range(0, shares).parallel().forEach(work);
    }
  }

  /** False where two different keys have the same hash. */
  private boolean isNumbered() {
    each(share -> numbers[share] = number(share));
    return exact || Arrays.stream(numbers).noneMatch(KeyNumbers::collides);
  }

  private boolean isMine(int share, long mixed) {
    return shares == 1 || mixed >>> (Long.SIZE - Integer.numberOfTrailingZeros(shares)) == share;
  }

  private KeyNumbers number(int share) {
    KeyNumbers mine = new KeyNumbers(keys, exact);
    int row = 0;
    for (int b = 0; b < keys.length; b++) {
      TimeBlock block = blocks.get(b);
      long[] key = keys[b].keys;
      for (int i = 0; i < block.rows(); i++, row++) {
        long mixed = TimeIndex.mix(key[i]);
        if (!block.isUsable(i, keys[b])) {
          keyOfRow[row] = -1; // each share writes the same
        } else if (isMine(share, mixed)) {
          keyOfRow[row] = mine.number(key[i], mixed, b, i);
        }
      }
    }

    return mine;
  }

  private int[] starts(int[] shareStart) {
    int[] starts = new int[shareStart[shares] + 1];
    int slot = 0;
    for (int share = 0; share < shares; share++) {
      for (int key = 0; key < numbers[share].size(); key++) {
        starts[shareStart[share] + key] = slot;
        slot += numbers[share].count(key);
      }
    }

    starts[shareStart[shares]] = slot;
    return starts;
  }

  private void place(int share, int firstKey, int[] next, long[] times, int[] rowOf) {
    int row = 0;
    for (int b = 0; b < keys.length; b++) {
      TimeBlock block = blocks.get(b);
      long[] key = keys[b].keys;
      long[] asOf = block.asOf();
      for (int i = 0; i < block.rows(); i++, row++) {
        int number = keyOfRow[row];
        if (number >= 0 && isMine(share, TimeIndex.mix(key[i]))) {
          int slot = next[firstKey + number]++;
          times[slot] = asOf[i];
          rowOf[slot] = row;
        }
      }
    }
  }

  /** Sorts each of some keys; one with very many rows slice by slice. */
  private void sort(int fromKey, int toKey, int[] starts, long[] times, int[] rowOf) {
    for (int key = fromKey; key < toKey; key++) {
      Optional<TimeSlices> cut = TimeSlices.cut(times, rowOf, starts[key], starts[key + 1]);
      if (cut.isEmpty()) {
        sort(times, rowOf, starts[key], starts[key + 1]);
        continue;
      }

      TimeSlices slices = cut.get();
      for (int slice = 0; slice < slices.count(); slice++) {
        sort(times, rowOf, slices.start(slice), slices.start(slice + 1));
      }

      sliced.put(key, slices);
    }
  }

  /** Insertion for a few, as is usual; for many, times and row positions packed into longs. */
  private static void sort(long[] times, int[] rowOf, int from, int to) {
    if (to - from <= SMALL_GROUP) {
      for (int i = from + 1; i < to; i++) {
        long time = times[i];
        int row = rowOf[i];
        int j = i - 1;
        for (; j >= from && times[j] > time; j--) {
          times[j + 1] = times[j];
          rowOf[j + 1] = rowOf[j];
        }

        times[j + 1] = time;
        rowOf[j + 1] = row;
      }
    } else {
      sortMany(times, rowOf, from, to);
    }
  }

  private static void sortMany(long[] times, int[] rowOf, int from, int to) {
    long first = Long.MAX_VALUE;
    long last = Long.MIN_VALUE;
    for (int i = from; i < to; i++) {
      first = Math.min(first, times[i]);
      last = Math.max(last, times[i]);
    }

    int bits = Integer.SIZE - Integer.numberOfLeadingZeros(to - from - 1);
    long range = last - first;
    if (range < 0 || Long.numberOfLeadingZeros(range) <= bits) {
      sortUnpacked(times, rowOf, from, to);
      return;
    }

    long[] packed = new long[to - from];
    for (int i = 0; i < packed.length; i++) {
      packed[i] = (times[from + i] - first) << bits | i;
    }

    if (packed.length >= LARGE_GROUP) {
      Arrays.parallelSort(packed);
    } else {
      Arrays.sort(packed);
    }

    int[] before = Arrays.copyOfRange(rowOf, from, to);
    for (int i = 0; i < packed.length; i++) {
      times[from + i] = (packed[i] >>> bits) + first;
      rowOf[from + i] = before[(int) (packed[i] & ((1L << bits) - 1))];
    }
  }

  private static void sortUnpacked(long[] times, int[] rowOf, int from, int to) {
    int[] order =
        IntStream.range(from, to)
            .boxed()
            .sorted((a, b) -> Long.compare(times[a], times[b]))
            .mapToInt(Integer::intValue)
            .toArray();
    long[] timesBefore = Arrays.copyOfRange(times, from, to);
    int[] rowsBefore = Arrays.copyOfRange(rowOf, from, to);
    for (int i = 0; i < order.length; i++) {
      times[from + i] = timesBefore[order[i] - from];
      rowOf[from + i] = rowsBefore[order[i] - from];
    }
  }

  private TimeIndex assemble(long seed, int[] shareStart, int[] starts, long[] times, int[] rowOf) {
    int keyCount = starts.length - 1;
    int capacity = Integer.highestOneBit(Math.max(2, keyCount * 2 - 1)) * 2;
    long[] table = new long[2 * capacity];
    long[] encodingOf = new long[exact ? 0 : capacity];
    KeyBlock encodings = new KeyBlock();
    int shift = Long.SIZE - Integer.numberOfTrailingZeros(capacity);
    List<TimeSlices> cut = new ArrayList<>();
    for (int share = 0; share < shares; share++) {
      encodings.append(numbers[share].encodings(), !exact);
      for (int key = 0; key < numbers[share].size(); key++) {
        int number = shareStart[share] + key;
        int entry = (int) (TimeIndex.mix(numbers[share].key(key)) >>> shift);
        while (table[2 * entry + 1] != 0) {
          entry = (entry + 1) & (capacity - 1);
        }

        table[2 * entry] = numbers[share].key(key);
        TimeSlices slices = sliced.get(number);
        if (slices == null) {
          table[2 * entry + 1] = (long) starts[number] << 32 | starts[number + 1];
        } else {
          cut.add(slices);
          table[2 * entry + 1] = -cut.size();
        }
        if (!exact) {
          encodingOf[entry] = (long) encodings.start(number) << 32 | encodings.ends[number];
        }
      }
    }

    long first = Long.MAX_VALUE;
    long last = Long.MIN_VALUE;
    for (int key = 0; key < keyCount; key++) {
      first = Math.min(first, times[starts[key]]);
      last = Math.max(last, times[starts[key + 1] - 1]);
    }

    return new TimeIndex(
        table,
        times,
        rowOf,
        starts,
        seed,
        encodings.bytes,
        encodingOf,
        cut.toArray(TimeSlices[]::new),
        first,
        last);
  }
}
