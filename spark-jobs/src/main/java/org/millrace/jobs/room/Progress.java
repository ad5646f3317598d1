package org.millrace.jobs.room;

import java.util.Map;

/** Where a room reports what it does while it works; one short line a step. Thread-safe. */
@FunctionalInterface
public interface Progress {
  /**
   * Reports a line.
   *
   * @param room such as {@code materialize}
   * @param text what was done, with counts
   */
  void say(String room, String text);

  /**
   * What a run is going to do, as far as it is known before.
   *
   * @param byRoom of each room that works, in order
   */
  default void plan(Map<String, Planned> byRoom) {}

  /**
   * A room begins, and the one before it is over.
   *
   * @param room such as {@code materialize}
   * @param days that it works on, in words
   */
  default void enter(String room, String days) {}

  /**
   * A room begins with an object; others may be at work beside it.
   *
   * @param object such as {@code features.origin_weather}
   */
  default void work(String object) {}

  /**
   * Partitions of an object are made and on record.
   *
   * @param object of which
   * @param partitions how many
   */
  default void made(String object, int partitions) {}

  /**
   * What a room is going to do.
   *
   * @param partitions how many it makes
   * @param seconds how long that may take; negative if nothing is known
   */
  record Planned(int partitions, double seconds) {
    /** Both together. */
    public Planned and(Planned more) {
      boolean isKnown = seconds >= 0 && more.seconds >= 0;
      return new Planned(partitions + more.partitions, isKnown ? seconds + more.seconds : -1);
    }
  }
}
