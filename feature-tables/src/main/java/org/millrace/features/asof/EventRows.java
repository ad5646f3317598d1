package org.millrace.features.asof;

import java.util.Arrays;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/** Collects events as they come, and puts them into the order of an {@link EventBucket}. */
final class EventRows {
  private static final int MOST_WORDS = Integer.MAX_VALUE - 8;

  private final Cell[] cells;
  private final TextNumbers[] texts;
  private final int width;
  private int[] enter = new int[1 << 12];
  private long[] words;
  private int size;

  EventRows(Cell[] cells) {
    this.cells = cells;
    texts = new TextNumbers[cells.length];
    Arrays.setAll(texts, c -> new TextNumbers());
    width = EventBucket.HEAD + cells.length;
    words = new long[enter.length * width];
  }

  /**
   * Adds an event.
   *
   * @param slot the first that sees it
   */
  void add(int slot, long event, long known, ValueChunk values, int row) {
    if (size == enter.length) {
      grow();
    }

    enter[size] = slot;
    int at = size * width;
    words[at] = event;
    words[at + 1] = known;
    long nulls = 0;
    for (int c = 0; c < cells.length; c++) {
      if (values.isNull(row, c)) {
        nulls |= 1L << c;
      } else {
        words[at + EventBucket.HEAD + c] = word(values, row, c);
      }
    }

    words[at + 2] = nulls;
    size++;
  }

  private long word(ValueChunk values, int row, int c) {
    long word = values.word(row, c);
    return switch (cells[c]) {
      case DOUBLE -> Double.doubleToLongBits(Double.longBitsToDouble(word)); // one NaN
      case FLOAT -> Float.floatToIntBits(Float.intBitsToFloat((int) word));
      case TEXT, BINARY -> texts[c].number(values.bytes, (int) (word >>> 32), (int) word);
      default -> word;
    };
  }

  private void grow() {
    long wanted = Math.min(2L * size, MOST_WORDS / width);
    if (wanted == size) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot aggregate events: more than "
              + size
              + " of them fall into one bucket of keys; filter the events to the spine's range of"
              + " time, or split the key that has most of them");
    }

    enter = Arrays.copyOf(enter, (int) wanted);
    words = Arrays.copyOf(words, (int) wanted * width);
  }

  /** The bucket; nothing can be added any more. */
  EventBucket bucket(TimeIndex index, int[] places, OutputColumns spine) {
    rankTexts();
    int[] next = new int[index.slots() + 1];
    for (int i = 0; i < size; i++) {
      next[enter[i] + 1]++;
    }
    for (int slot = 0; slot < index.slots(); slot++) {
      next[slot + 1] += next[slot];
    }

    int[] sortedEnter = new int[size];
    long[] sorted = new long[size * width];
    for (int i = 0; i < size; i++) {
      int to = next[enter[i]]++;
      sortedEnter[to] = enter[i];
      int from = i * width;
      int at = to * width;
      for (int w = 0; w < width; w++) {
        sorted[at + w] = words[from + w];
      }
    }

    enter = new int[0];
    words = new long[0];
    return new EventBucket(index, places, spine, sortedEnter, sorted, cells.length, texts);
  }

  private void rankTexts() {
    for (int c = 0; c < cells.length; c++) {
      if (cells[c] == Cell.TEXT) {
        int[] ranks = texts[c].sort();
        int at = EventBucket.HEAD + c;
        for (int i = 0; i < size; i++, at += width) {
          words[at] = (words[i * width + 2] >>> c & 1) != 0 ? 0 : ranks[(int) words[at]];
        }
      }
    }
  }
}
