package org.millrace.jobs.room;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/**
 * Does independent parts of a room's work on a few threads. A small part is mostly planning, which
 * Spark does in the calling thread: one after the other would leave cores idle. The threads have
 * the caller's session and its names for Spark's jobs.
 *
 * <p>Placement: driver only. The work must be thread-safe; a ledger is not.
 */
public final class SideBySide {
  /** Bounds what the parts hold at once. */
  private static final int MAX_THREADS = 4;

  private SideBySide() {}

  /**
   * The answers for all parts, in their order. After a failure no further part begins. When no part
   * is at work any more, the failure of the first part in the list that failed is thrown, with the
   * others' as suppressed ones.
   */
  public static <T, R> List<R> map(List<T> parts, Function<T, R> work) {
    int threads = Math.min(MAX_THREADS, Runtime.getRuntime().availableProcessors());
    if (parts.size() < 2 || threads < 2) {
      return parts.stream().map(work).toList();
    }

    AtomicBoolean hasFailed = new AtomicBoolean();
    List<Future<Optional<R>>> answers = new ArrayList<>();
    ExecutorService pool = pool(Math.min(threads, parts.size()));
    try {
      parts.forEach(part -> answers.add(pool.submit(() -> answer(part, work, hasFailed))));
    } finally {
      pool.shutdown();
      awaitEnd(pool);
    }

    return answers(answers);
  }

  /** New threads for each call: Spark's local properties go from a thread to those it starts. */
  private static ExecutorService pool(int threads) {
    return Executors.newFixedThreadPool(
        threads,
        task -> {
          Thread thread = new Thread(task, "millrace-part");
          thread.setDaemon(true);
          return thread;
        });
  }

  /** Empty if another part had failed before. */
  private static <T, R> Optional<R> answer(T part, Function<T, R> work, AtomicBoolean hasFailed) {
    if (hasFailed.get()) {
      return Optional.empty();
    }

    boolean isDone = false;
    try {
      Optional<R> answer = Optional.of(work.apply(part));
      isDone = true;
      return answer;
    } finally {
      hasFailed.compareAndSet(false, !isDone);
    }
  }

  private static <R> List<R> answers(List<Future<Optional<R>>> answers) {
    List<R> all = new ArrayList<>();
    List<Throwable> failures = new ArrayList<>();
    for (Future<Optional<R>> answer : answers) {
      try {
        answer.get().ifPresent(all::add);
      } catch (ExecutionException e) {
        failures.add(Objects.requireNonNullElse(e.getCause(), e));
      } catch (InterruptedException e) { // all have ended, so that nothing waits
        Thread.currentThread().interrupt();
        failures.add(e);
      }
    }

    if (!failures.isEmpty()) {
      Throwable first = failures.get(0);
      failures.stream().skip(1).filter(other -> other != first).forEach(first::addSuppressed);
      throw SideBySide.<RuntimeException>unchecked(first);
    }

    return all;
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
