package org.millrace.bench.run;

import java.util.Map;

/**
 * Somebody who takes turns. Single-threaded: {@link Turns} calls one at a time, and no two
 * contestants at once.
 */
public interface Contestant extends AutoCloseable {

  /** Its name in tables and ratios, such as {@code millrace} or {@code mapinarrow}. */
  String name();

  /** Gets ready to work: a process started, a session opened. Told versions by name. */
  Map<String, String> start();

  /** Scores the check rows, untimed. */
  Check check();

  /** Does the work once. */
  Round round();

  /** Ends it; idempotent. */
  @Override
  void close();
}
