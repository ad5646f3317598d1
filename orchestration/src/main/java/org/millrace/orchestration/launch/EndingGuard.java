package org.millrace.orchestration.launch;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that what is started is also ended where this JVM is asked to end. It is in place
 * before the start: a hook that is registered afterwards misses a signal that comes in between, and
 * a JVM that is ending waits for hooks alone, not for the thread that could have noticed.
 *
 * @param <T> what is started
 */
public final class EndingGuard<T> implements AutoCloseable {
  private final Thread hook;
  private final Object lock = new Object();
  private @Nullable T started;
  private boolean ending;

  private EndingGuard(String name, Ending<T> ending) {
    this.hook = new Thread(() -> end(ending), name);
  }

  /** How to end what was started; runs while this JVM ends. */
  public interface Ending<T> {
    void end(T started);
  }

  /** A guard in place; never returns where this JVM is ending already. */
  public static <T> EndingGuard<T> of(String name, Ending<T> ending) {
    EndingGuard<T> guard = new EndingGuard<>(name, ending);
    try {
      Runtime.getRuntime().addShutdownHook(guard.hook);
    } catch (IllegalStateException e) {
      awaitTheEnd();
    }

    return guard;
  }

  /** Starts it, as one step that the end of this JVM waits for; never starts during that end. */
  public T start(Supplier<T> start) {
    synchronized (lock) {
      if (!ending) {
        T result = requireNonNull(start.get(), "started nothing");
        started = result;
        return result;
      }
    }

    awaitTheEnd();
    throw new IllegalStateException("This JVM has ended");
  }

  /** Lets go of it; never returns where this JVM is ending: the hook is at work and decides. */
  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      awaitTheEnd(); // nobody here may go on and print that the child failed
    }
  }

  private void end(Ending<T> how) {
    T toEnd;
    synchronized (lock) {
      ending = true;
      toEnd = started;
    }

    if (toEnd != null) {
      how.end(toEnd);
    }
  }

  private static void awaitTheEnd() {
    while (true) {
      LockSupport.park();
    }
  }
}
