package org.millrace.jobs.score.onnx;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the native handles that this JVM holds open. Whoever opens one says so here, and says so
 * again when it is closed; what is left over is a leak. Thread-safe.
 */
final class NativeHandles {
  static final NativeHandles TENSORS = new NativeHandles();
  static final NativeHandles RESULTS = new NativeHandles();
  static final NativeHandles SESSIONS = new NativeHandles();

  private final AtomicLong open = new AtomicLong();

  private NativeHandles() {}

  void opened() {
    open.incrementAndGet();
  }

  void closed() {
    open.decrementAndGet();
  }

  /** Handles opened and not yet closed. */
  long open() {
    return open.get();
  }
}
