package org.millrace.features.asof;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Which rows of one view are wanted by the spine, and by which of its rows. A wanted row gets a
 * number, its <i>place</i>: in the order of partitions, then of positions, so that a scan in file
 * order meets places in ascending order.
 *
 * <p>Carries the best row forward through the slots of each key, by comparison: a row that becomes
 * known later can be about an earlier time. Driver only.
 */
final class Winners {
  private static final int MIN_PARALLEL = 1 << 14;
  private static final long POSITION = (1L << FindCandidates.POSITION_BITS) - 1;

  private final TimeIndex index;
  private final Candidates best;
  private final long[][] wanted; // by partition, a bit for each position
  private final int[][] wantedBefore; // by partition and word
  private final int[] firstPlace; // by partition, and the number of places
  private final long[] rowOfSlot; // row + 1 that a slot takes, 0 for none

  /** Places that stand for several rows of equal times, and those rows, one pair an entry. */
  private int[][] ties = new int[2][0];

  private Winners(TimeIndex index, Candidates best, int partitions) {
    this.index = index;
    this.best = best;
    this.wanted = new long[partitions][0];
    this.wantedBefore = new int[partitions][];
    this.firstPlace = new int[partitions + 1];
    this.rowOfSlot = new long[index.slots()];
  }

  /**
   * Picks the winners.
   *
   * @param best candidates of all tasks, merged
   * @param ttlMicros longest age of a fact, {@code Long.MAX_VALUE} for any
   * @param partitions of the view
   */
  static Winners of(TimeIndex index, Candidates best, long ttlMicros, int partitions) {
    Winners winners = new Winners(index, best, partitions);
    winners.carry(ttlMicros);
    winners.markWanted();
    winners.number();
    winners.numberTies();
    return winners;
  }

  /** Merges into the first what the others found. */
  static Candidates merge(TimeIndex index, java.util.List<Candidates> found) {

    Candidates all = found.get(0);
    for (Candidates other : found.subList(1, found.size())) {
      eachShare(index, (share, from, to) -> all.merge(other, from, to));
      all.mergeTies(other);
    }

    return all;
  }

  private static int shares(TimeIndex index) {
    return index.slots() < MIN_PARALLEL ? 1 : Runtime.getRuntime().availableProcessors();
  }

  /** Cuts the slots into even shares, wherever keys begin and end, and works on all at once. */
  private static void eachShare(TimeIndex index, Share work) {
    int shares = shares(index);
    IntStream.range(0, shares)
        .parallel()
        .forEach(
            share ->
                work.work(share, bound(index, share, shares), bound(index, share + 1, shares)));
  }

  private static int bound(TimeIndex index, int share, int shares) {
    return (int) ((long) index.slots() * share / shares);
  }

  private interface Share {
    void work(int share, int fromSlot, int toSlot);
  }

  /** A key that lies in several shares hands the best row that it has so far to the next one. */
  private void carry(long ttlMicros) {
    int[] carried = new int[shares(index) + 1];
    eachShare(index, (share, from, to) -> carried[share + 1] = bestOfOpenKey(from, to));
    carried[0] = -1;
    for (int share = 1; share < carried.length - 1; share++) {
      int to = bound(index, share, carried.length - 1);
      int before = carried[share - 1];
      boolean wasOpen = before >= 0 && to < index.slots() && index.keyOf(to) == index.keyOf(before);
      if (wasOpen && (carried[share] < 0 || !isLater(carried[share], before))) {
        carried[share] = before;
      }
    }

    eachShare(index, (share, from, to) -> carry(ttlMicros, from, to, carried[share]));
  }

  /** The best slot of the key that goes on behind these slots; -1 for none. */
  private int bestOfOpenKey(int from, int to) {
    int key = to == from ? -1 : index.keyOf(to - 1);
    int best = -1;
    if (key >= 0 && index.starts[key + 1] > to) {
      for (int slot = Math.max(from, index.starts[key]); slot < to; slot++) {
        best = better(slot, best);
      }
    }

    return best;
  }

  private int better(int slot, int than) {
    return best.row(slot) != 0 && (than < 0 || isLater(slot, than)) ? slot : than;
  }

  private void carry(long ttlMicros, int from, int to, int carriedIn) {
    int carried = carriedIn;
    int key = from == to ? -1 : index.keyOf(from);
    for (int slot = from; slot < to; slot++) {
      if (slot == index.starts[key + 1]) {
        key++;
        carried = -1;
      }

      carried = better(slot, carried);
      if (carried >= 0 && isWithin(ttlMicros, best.event(carried), index.times[slot])) {
        rowOfSlot[slot] = best.row(carried);
      }
    }
  }

  private boolean isLater(int slot, int than) {
    long event = best.event(slot);
    long other = best.event(than);
    return event > other || (event == other && best.known(slot) > best.known(than));
  }

  /** Whether a fact of this time is not too old; it never lies after {@code asOf}. */
  static boolean isWithin(long ttlMicros, long event, long asOf) {
    long age = asOf - event; // never negative, but for an overflow
    return ttlMicros == Long.MAX_VALUE || (age >= 0 && age < ttlMicros);
  }

  private void markWanted() {
    for (long row : rowOfSlot) {
      if (row != 0) {
        want(row - 1);
      }
    }

    best.forEachTie(
        (slot, leader, equal) -> {
          if (isWanted(leader - 1)) {
            want(equal - 1);
          }
        });
  }

  private void want(long row) {
    int partition = (int) (row >>> FindCandidates.POSITION_BITS);
    long position = row & POSITION;
    int word = Math.toIntExact(position >>> 6);
    if (word >= wanted[partition].length) {
      wanted[partition] = Arrays.copyOf(wanted[partition], Math.max(word + 1, 2 * word));
    }

    wanted[partition][word] |= 1L << position;
  }

  private boolean isWanted(long row) {
    long[] bits = wanted[(int) (row >>> FindCandidates.POSITION_BITS)];
    int word = (int) ((row & POSITION) >>> 6);
    return word < bits.length && (bits[word] >>> (row & POSITION) & 1) != 0;
  }

  private void number() {
    for (int partition = 0; partition < wanted.length; partition++) {
      long[] bits = wanted[partition];
      int[] before = new int[bits.length];
      int count = 0;
      for (int word = 0; word < bits.length; word++) {
        before[word] = count;
        count += Long.bitCount(bits[word]);
      }

      wantedBefore[partition] = before;
      firstPlace[partition + 1] = Math.addExact(firstPlace[partition], count);
    }
  }

  private int place(long row) {
    int partition = (int) (row >>> FindCandidates.POSITION_BITS);
    long position = row & POSITION;
    int word = (int) (position >>> 6);
    long before = wanted[partition][word] & ((1L << position) - 1);
    return firstPlace[partition] + wantedBefore[partition][word] + Long.bitCount(before);
  }

  private void numberTies() {
    IntStream.Builder leaders = IntStream.builder();
    IntStream.Builder equals = IntStream.builder();
    best.forEachTie(
        (slot, leader, equal) -> {
          if (isWanted(leader - 1)) {
            leaders.add(place(leader - 1));
            equals.add(place(equal - 1));
          }
        });
    ties = new int[][] {leaders.build().toArray(), equals.build().toArray()};
  }

  /** The place that each spine row takes, -1 for none; in the order of the spine's partitions. */
  int[] placeOfRow(int spineRows) {
    int[] places = new int[spineRows];
    Arrays.fill(places, -1);
    eachShare(
        index,
        (share, from, to) -> {
          for (int slot = from; slot < to; slot++) {
            if (rowOfSlot[slot] != 0) {
              places[index.rows[slot]] = place(rowOfSlot[slot] - 1);
            }
          }
        });
    return places;
  }

  /** Places of rows that stand for others, then the places of those others. */
  int[][] ties() {
    return ties;
  }

  /** A bit for each wanted position of a partition. */
  long[] wanted(int partition) {
    return wanted[partition];
  }

  /** The place of the first wanted row of each partition, and the number of places. */
  int[] firstPlaces() {
    return firstPlace;
  }
}
