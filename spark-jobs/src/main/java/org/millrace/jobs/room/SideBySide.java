package org.millrace.jobs.room;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Does independent parts of a room's work on a few threads. A small part is mostly planning, which
 * Spark does in the calling thread: one after the other would leave cores idle. The threads have
 * the caller's session and its names for Spark's jobs.
 *
 * <p>Placement: driver only. The work must be thread-safe; a ledger and a lease are not.
 */
public final class SideBySide {
  /** Beyond this the parts' data, which they hold at once, weighs more than the planning. */
  private static final int MAX_THREADS = 4;

  private SideBySide() {}

  /**
   * The answers for all parts, in their order. Where parts fail, the failure of the first of them
   * is thrown, parts that had not begun are left out, and no part is at work any more.
   */
  public static <T, R> List<R> map(List<T> parts, Function<T, R> work) {
    int threads = Math.min(MAX_THREADS, Runtime.getRuntime().availableProcessors());
    if (parts.size() < 2 || threads < 2) {
      return parts.stream().map(work).toList();
    }

    // new ones for each call: Spark's local properties go from a thread to those that it starts
    ExecutorService pool =
        Executors.newFixedThreadPool(
            Math.min(threads, parts.size()),
            task -> {
              Thread thread = new Thread(task, "millrace-part");
              thread.setDaemon(true);
              return thread;
            });
    List<Future<R>> answers = new ArrayList<>();
    try {
      parts.forEach(part -> answers.add(pool.submit(() -> work.apply(part))));
      List<R> all = new ArrayList<>();
      for (Future<R> answer : answers) {
        all.add(answer.get());
      }

      return all;
    } catch (ExecutionException e) {
      throw SideBySide.<RuntimeException>unchecked(Objects.requireNonNullElse(e.getCause(), e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw SideBySide.<RuntimeException>unchecked(e);
    } finally {
      answers.forEach(answer -> answer.cancel(false));
      pool.shutdown();
      awaitEnd(pool);
    }
  }

  /** However often this thread is interrupted: the lease must not end before the work. */
  private static void awaitEnd(ExecutorService pool) {
    boolean isInterrupted = false;
    boolean hasEnded = false;
    while (!hasEnded) {
      try {
        hasEnded = pool.awaitTermination(1, TimeUnit.HOURS);
      } catch (InterruptedException e) {
        isInterrupted = true;
      }
    }

    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Scala's code throws checked exceptions without declaring them, and so they come from here. */
  @SuppressWarnings("unchecked")
  private static <E extends Throwable> RuntimeException unchecked(Throwable failure) throws E {
    throw (E) failure;
  }
}
