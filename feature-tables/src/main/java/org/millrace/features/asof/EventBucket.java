package org.millrace.features.asof;

import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.sql.vectorized.ColumnarBatch;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Rows of a spine and the events of their keys, as a task aggregates them. Usable rows of the spine
 * stand key after key, in each by as-of time; a place in that order is a <i>slot</i>. Behind them
 * stand, as further places, rows that see no event: those without an as-of time or with a null key.
 * Events stand in the order of the first slot that sees them, so key after key too; events that no
 * row can see are not there.
 *
 * <p>Arrays are shared, not copied: callers only read them. One task.
 */
public final class EventBucket {
  /** Words of an event before its values: event time, known time, a bit for each null value. */
  public static final int HEAD = 3;

  /** Most values an event can have. */
  public static final int MOST_VALUES = Long.SIZE;

  private final TimeIndex index;
  private final int[] places;
  private final OutputColumns spine;
  private final int[] enter;
  private final long[] words;
  private final int values;
  private final TextNumbers[] texts;

  EventBucket(
      TimeIndex index,
      int[] places,
      OutputColumns spine,
      int[] enter,
      long[] words,
      int values,
      TextNumbers[] texts) {
    this.index = index;
    this.places = places;
    this.spine = spine;
    this.enter = enter;
    this.words = words;
    this.values = values;
    this.texts = texts;
  }

  /** Rows of the spine, usable or not. */
  public int rows() {
    return places.length;
  }

  /** Usable rows of the spine. */
  public int slots() {
    return index.slots();
  }

  /** Different keys of usable rows. */
  public int keys() {
    return index.keys();
  }

  /** First slot of each key, and the number of slots. */
  public int[] starts() {
    return index.starts;
  }

  /** Microseconds, by slot. */
  public long[] asOf() {
    return index.times;
  }

  /** Events that some row can see. */
  public int events() {
    return enter.length;
  }

  /** By event, ascending: the first slot that sees it. */
  public int[] enter() {
    return enter;
  }

  /** Words of each event, one event after the other: {@link #HEAD}, then a word a value. */
  public long[] words() {
    return words;
  }

  /** Words of one event. */
  public int width() {
    return HEAD + values;
  }

  /** The bytes of a BINARY value, not copied. */
  public byte[] bytes(int value, long word) {
    return texts[value].bytes(word);
  }

  /** The text whose rank among those of its column is the word of a value. */
  public UTF8String text(int value, long word) {
    return texts[value].text(word);
  }

  /**
   * A batch of the spine's columns, valid until the next is asked for.
   *
   * @param from place of its first row
   */
  public ColumnarBatch spine(int from, int count) {
    spine.load(0, places, from, count);
    return spine.behind(new ColumnarBatch(new ColumnVector[0], count));
  }
}
