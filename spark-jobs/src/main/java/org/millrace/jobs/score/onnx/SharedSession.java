package org.millrace.jobs.score.onnx;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.Causes;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * One open native session behind a gate: any number of calls at once, or the closing, never both.
 * Thread-safe.
 */
final class SharedSession {
  /** Native work on an open session; everything it makes of the session's memory it also closes. */
  interface Call<T> {
    T on(OrtSession session) throws OrtException;
  }

  /** One run computes while the next one's data is copied to the GPU. */
  private static final int GPU_RUNS = 2;

  private final String id;
  private final String model;
  private final OrtSession session;
  private final Device device;
  private final @Nullable Semaphore inFlight;
  private final ReentrantReadWriteLock gate = new ReentrantReadWriteLock();
  private boolean closed;

  SharedSession(String id, OnnxModel model, SessionOptions options, int gpu) {
    this.id = id;
    this.model = model.toString();
    OrtRuntime.Opened opened = OrtRuntime.open(model, options, gpu);
    this.session = opened.session();
    this.device = opened.device();
    this.inFlight = device == Device.CUDA ? new Semaphore(GPU_RUNS) : null;
  }

  /** Where it really runs. */
  Device device() {
    return device;
  }

  /** Names this opening among all of the application's JVMs. */
  String id() {
    return id;
  }

  /**
   * Runs native work while the session stays open.
   *
   * @throws IllegalStateException where the session has been closed
   * @throws MillraceException DATA_CONTRACT where ONNX Runtime fails on the data
   */
  <T> T call(Call<T> call) {
    gate.readLock().lock();
    try {
      if (closed) {
        throw new IllegalStateException(
            "Cannot score with " + model + ": its session is closed, the JVM is ending");
      }

      return limited(call);
    } catch (OrtException e) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot score with %s: ONNX Runtime failed (%s)".formatted(model, e.getMessage()),
          e);
    } finally {
      gate.readLock().unlock();
    }
  }

  private <T> T limited(Call<T> call) throws OrtException {
    if (inFlight == null) {
      return call.on(session);
    }

    inFlight.acquireUninterruptibly();
    try {
      return call.on(session);
    } finally {
      inFlight.release();
    }
  }

  /**
   * Releases what a caller made in the session, if the session is still open; after its end the
   * process is ending too, and the memory goes with it.
   */
  void releaseIfOpen(Runnable release) {
    gate.readLock().lock();
    try {
      if (!closed) {
        release.run();
      }
    } finally {
      gate.readLock().unlock();
    }
  }

  /**
   * Waits for running calls, then closes; a second time does nothing.
   *
   * @return whether the session is closed now; false where calls still ran after the patience, and
   *     then it stays open
   */
  boolean close(Duration patience) {
    try {
      if (!gate.writeLock().tryLock(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        return false;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }

    try {
      if (!closed) {
        closed = true;
        session.close();
        NativeHandles.SESSIONS.closed();
      }

      return true;
    } catch (OrtException e) {
      throw new MillraceException(
          ErrorCategory.INTERNAL,
          "Cannot close the session of " + model + ": " + Causes.words(e),
          e);
    } finally {
      gate.writeLock().unlock();
    }
  }
}
