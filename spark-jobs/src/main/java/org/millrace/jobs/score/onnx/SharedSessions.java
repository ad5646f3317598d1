package org.millrace.jobs.score.onnx;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sessions of one JVM, one per model SHA-256 and options, leased to tasks. A session is opened
 * once even when many tasks ask at the same moment, kept while it is idle for a while (the next job
 * of the application finds it), and closed after that or when the JVM ends. Thread-safe.
 */
final class SharedSessions {
  private static final Logger LOG = LoggerFactory.getLogger(SharedSessions.class);
  private static final Duration IDLE = Duration.ofMinutes(5);
  private static final Duration PATIENCE_AT_END = Duration.ofSeconds(10);

  private final String jvm;
  private final Duration idle;
  private final LongSupplier nanoTime;
  private final Map<Key, Entry> entries = new HashMap<>();
  private int opened;
  private boolean ended;

  /**
   * @param jvm names the JVM among those of the application
   * @param idle after which an unused session may be closed
   * @param nanoTime monotonic clock
   */
  SharedSessions(String jvm, Duration idle, LongSupplier nanoTime) {
    this.jvm = jvm;
    this.idle = idle;
    this.nanoTime = nanoTime;
  }

  /** This JVM's; made at the first call. */
  static SharedSessions ofThisJvm() {
    return Holder.INSTANCE;
  }

  /**
   * Leases the model's session, opening it where needed. The caller closes the lease.
   *
   * @throws org.millrace.contracts.MillraceException DATA_CONTRACT where the model cannot be opened
   */
  Lease lease(OnnxModel model) {
    return lease(model, SessionOptions.CPU, 0);
  }

  /**
   * Like {@link #lease(OnnxModel)}, with options of the session.
   *
   * @param gpu index of the task's GPU; without meaning on the CPU
   */
  Lease lease(OnnxModel model, SessionOptions options, int gpu) {
    Entry entry = enter(new Key(model.sha256(), options, gpu));
    try {
      return new Lease(entry, entry.session(model, options, gpu));
    } catch (RuntimeException | Error e) {
      leave(entry);
      throw e;
    }
  }

  /**
   * Closes sessions that nobody has used for the idle time.
   *
   * @return how many
   */
  int closeIdle() {
    List<Entry> unused = new ArrayList<>();
    synchronized (this) {
      for (Iterator<Entry> all = entries.values().iterator(); all.hasNext(); ) {
        Entry entry = all.next();
        if (entry.leases == 0 && nanoTime.getAsLong() - entry.unusedSince >= idle.toNanos()) {
          all.remove();
          unused.add(entry);
        }
      }
    }

    unused.forEach(entry -> entry.close(PATIENCE_AT_END));
    return unused.size();
  }

  /** Refuses new work, waits for running calls up to the patience, and closes. */
  void end(Duration patience) {
    List<Entry> all;
    synchronized (this) {
      ended = true;
      all = List.copyOf(entries.values());
      entries.clear();
    }

    all.forEach(entry -> entry.close(patience));
  }

  /** Sessions opened by this JVM so far, of any model. */
  synchronized int opened() {
    return opened;
  }

  /** Sessions that are held open now, leased or idle. */
  int held() {
    List<Entry> all;
    synchronized (this) {
      all = List.copyOf(entries.values());
    }

    return (int) all.stream().filter(Entry::isOpen).count();
  }

  private synchronized Entry enter(Key wanted) {
    if (ended) {
      throw new IllegalStateException("Cannot open a model: the JVM " + jvm + " is ending");
    }

    Entry entry = entries.computeIfAbsent(wanted, key -> new Entry());
    entry.leases++;
    return entry;
  }

  private synchronized void leave(Entry entry) {
    entry.leases--;
    entry.unusedSince = nanoTime.getAsLong();
  }

  private synchronized String nextId() {
    opened++;
    return jvm + "#" + opened;
  }

  private record Key(String sha256, SessionOptions options, int gpu) {}

  private record Opening(SharedSession session, boolean first) {}

  /** A model's place; its own lock is held while the model loads, the registry's never is. */
  private final class Entry {
    private int leases; // under the registry's lock, as the next field
    private long unusedSince;
    private @Nullable SharedSession session;

    synchronized Opening session(OnnxModel model, SessionOptions options, int gpu) {
      if (session != null) {
        return new Opening(session, false);
      }

      SharedSession opened = new SharedSession(nextId(), model, options, gpu);
      session = opened;
      return new Opening(opened, true);
    }

    synchronized boolean isOpen() {
      return session != null;
    }

    synchronized void close(Duration patience) {
      if (session != null && !session.close(patience)) {
        LOG.warn("A session of {} is still scoring after {}: left to the process", jvm, patience);
      }
    }
  }

  /** A task's right to a session. Closing is idempotent. */
  final class Lease implements AutoCloseable {
    private final Entry entry;
    private final SharedSession session;
    private final boolean first;
    private final AtomicBoolean returned = new AtomicBoolean();

    private Lease(Entry entry, Opening opening) {
      this.entry = entry;
      this.session = opening.session;
      this.first = opening.first;
    }

    /** Whether the session was opened for this lease. */
    boolean isFirst() {
      return first;
    }

    SharedSession session() {
      return session;
    }

    @Override
    public void close() {
      if (returned.compareAndSet(false, true)) {
        leave(entry);
      }
    }
  }

  private static final class Holder {
    static final SharedSessions INSTANCE = start();

    private static SharedSessions start() {
      SharedSessions sessions = new SharedSessions(ExecutorJvm.id(), IDLE, System::nanoTime);
      Runtime.getRuntime()
          .addShutdownHook(new Thread(() -> sessions.end(PATIENCE_AT_END), "onnx-sessions-end"));
      ScheduledExecutorService sweeper =
          Executors.newSingleThreadScheduledExecutor(
              work -> {
                Thread thread = new Thread(work, "onnx-sessions-idle");
                thread.setDaemon(true);
                return thread;
              });
      var unused = sweeper.scheduleWithFixedDelay(sessions::sweep, 1, 1, TimeUnit.MINUTES);
      return sessions;
    }
  }

  private void sweep() {
    try {
      closeIdle();
    } catch (RuntimeException e) {
      LOG.warn("An idle session of {} was not closed", jvm, e); // the next sweep must still run
    }
  }
}
