package org.millrace.jobs.room;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;

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
   * A partition of an object is made and on record.
   *
   * @param object of which
   * @param partition which one, as it prints itself
   */
  default void made(String object, String partition) {}

  /**
   * What a room is going to do.
   *
   * @param objects which it makes
   * @param partitions how many, of all objects together
   * @param seconds how long that may take; negative if nothing is known
   */
  record Planned(Set<String> objects, int partitions, double seconds) {
    /** Copies the names. */
    public Planned {
      objects = Set.copyOf(objects);
    }

    /** Both together. */
    public Planned and(Planned more) {
      Set<String> all = new HashSet<>(objects);
      all.addAll(more.objects);
      boolean isKnown = seconds >= 0 && more.seconds >= 0;
      return new Planned(all, partitions + more.partitions, isKnown ? seconds + more.seconds : -1);
    }
  }
}
