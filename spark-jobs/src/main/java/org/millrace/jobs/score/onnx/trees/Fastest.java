package org.millrace.jobs.score.onnx.trees;

import java.util.List;
import java.util.concurrent.TimeUnit;

/** Times engines on the same sample rows. Stateless. */
final class Fastest {
  private static final int ROWS = 1024;
  private static final long MOST_NANOS = TimeUnit.MILLISECONDS.toNanos(1500);

  /** An engine that has not become a tenth faster for so long is as fast as it gets. */
  private static final long SETTLED_NANOS = TimeUnit.MILLISECONDS.toNanos(150);

  private static final int LEAST_PASSES = 3;

  private Fastest() {}

  /**
   * The engine with the fastest pass. Passes go on for a while, so that the compiler has come
   * round; whichever wins, the scores are the same.
   */
  static Engine of(List<Engine> engines, Ensemble ensemble, int features) {
    if (engines.size() == 1) {
      return engines.get(0);
    }

    Samples samples = new Samples(ensemble, features);
    Object[] columns = ensemble.doubles() ? samples.doubles(ROWS) : samples.floats(ROWS);
    Engine fastest = engines.get(0);
    long best = Long.MAX_VALUE;
    for (Engine engine : engines) {
      long nanos = fastestPass(engine, ensemble, new Rows.Columns<>(columns, 0));
      if (nanos < best) {
        best = nanos;
        fastest = engine;
      }
    }

    return fastest;
  }

  private static long fastestPass(Engine engine, Ensemble ensemble, Rows<Object> rows) {
    Engine.Run run = engine.run();
    int block = engine.blockRows();
    Totals totals = Totals.of(ensemble, engine.leafValues(), block);
    long fastest = Long.MAX_VALUE;
    long begin = System.nanoTime();
    long improved = begin;
    long now = begin;
    for (int pass = 0; pass < LEAST_PASSES || !isSettled(begin, improved, now); pass++) {
      long start = System.nanoTime();
      for (int from = 0; from < ROWS; from += block) {
        rows.block(from, block);
        totals.clear();
        run.block(rows, block, totals);
      }

      now = System.nanoTime();
      long nanos = now - start;
      improved = nanos < fastest - fastest / 10 ? now : improved;
      fastest = Math.min(fastest, nanos);
    }

    return fastest;
  }

  private static boolean isSettled(long begin, long improved, long now) {
    return now - improved > SETTLED_NANOS || now - begin > MOST_NANOS;
  }
}
