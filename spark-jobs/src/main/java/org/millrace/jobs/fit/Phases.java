package org.millrace.jobs.fit;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** Wall time by phase, in order. Not thread-safe. */
final class Phases {
  private final Map<String, Double> seconds = new LinkedHashMap<>();

  /** Does the work and notes its time, added up where a name comes again. */
  <T> T time(String name, Supplier<T> work) {
    long start = System.nanoTime();
    try {
      return work.get();
    } finally {
      seconds.merge(name, (System.nanoTime() - start) / 1e9, Double::sum);
    }
  }

  Map<String, Double> seconds() {
    return seconds;
  }
}
