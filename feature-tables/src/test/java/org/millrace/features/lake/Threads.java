package org.millrace.features.lake;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Runs two writers at once. */
final class Threads {
  private Threads() {}

  /** How each ended: "done", or the simple name of its exception. */
  static List<String> both(Callable<?> one, Callable<?> two) throws InterruptedException {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      return threads.invokeAll(List.<Callable<Object>>of(one::call, two::call)).stream()
          .map(Threads::end)
          .toList();
    } finally {
      threads.shutdownNow();
    }
  }

  static String end(Future<?> future) {
    try {
      future.get();
      return "done";
    } catch (java.util.concurrent.ExecutionException e) {
      Throwable cause = e.getCause();
      return cause == null ? e.toString() : cause.getClass().getSimpleName();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
