package org.millrace.jobs.score.onnx.trees;

import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Chooses among engines: by estimate where that is clear, else by timing them for a moment on the
 * same sample rows. Stateless.
 */
final class Fastest {
  private static final int ROWS = 512;
  private static final double CLEAR = 1.5;
  private static final long MOST_NANOS = TimeUnit.MILLISECONDS.toNanos(60);
  private static final int LEAST_PASSES = 3;

  private Fastest() {}

  /**
   * The fastest engine, made. Whichever it is, the scores are the same.
   *
   * @param suited by estimated time, at least one
   */
  static Engine of(List<Engines.Candidate> suited, Ensemble ensemble, int features) {
    Engine first = suited.get(0).maker().get();
    if (suited.size() == 1 || suited.get(1).nanos() > CLEAR * suited.get(0).nanos()) {
      return first;
    }

    Engine second = suited.get(1).maker().get();
    Samples samples = new Samples(ensemble, features);
    Object[] columns = ensemble.doubles() ? samples.doubles(ROWS) : samples.floats(ROWS);
    Rows<Object> rows = new Rows.Columns<>(columns, 0);
    return fastestPass(first, ensemble, rows) <= fastestPass(second, ensemble, rows)
        ? first
        : second;
  }

  private static long fastestPass(Engine engine, Ensemble ensemble, Rows<Object> rows) {
    Engine.Run run = engine.run();
    int block = Math.min(ROWS, engine.blockRows());
    Totals totals = Totals.of(ensemble, engine.leafValues(), engine.blockRows());
    long fastest = Long.MAX_VALUE;
    long begin = System.nanoTime();
    long now = begin;
    for (int pass = 0; pass < LEAST_PASSES || now - begin < MOST_NANOS; pass++) {
      long start = System.nanoTime();
      for (int from = 0; from < ROWS; from += block) {
        rows.block(from, block);
        totals.clear();
        run.block(rows, block, totals);
      }

      now = System.nanoTime();
      fastest = Math.min(fastest, now - start);
    }

    return fastest;
  }
}
