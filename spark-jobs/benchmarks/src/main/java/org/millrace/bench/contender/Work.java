package org.millrace.bench.contender;

import java.util.Map;
import org.millrace.bench.run.Check;

/** One way to do the job, ready to do it again and again. Single-threaded. */
interface Work extends AutoCloseable {

  /** Scores the check rows. */
  Check check() throws Exception;

  /** Does the whole job once. */
  Done round() throws Exception;

  @Override
  void close();

  /**
   * What a round took.
   *
   * @param seconds wall time of the job alone
   * @param rows worked on
   * @param notes for the table, such as sessions opened
   */
  record Done(double seconds, long rows, Map<String, String> notes) {

    static Done since(long startNanos, long rows) {
      return new Done((System.nanoTime() - startNanos) / 1e9, rows, Map.of());
    }
  }
}
