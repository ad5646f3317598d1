package org.millrace.jobs.room;

/** Where a room says what it does while it works; one short line a step. Thread-safe. */
@FunctionalInterface
public interface Progress {
  /**
   * Says a line.
   *
   * @param room such as {@code materialize}
   * @param text what was done, with counts
   */
  void say(String room, String text);
}
