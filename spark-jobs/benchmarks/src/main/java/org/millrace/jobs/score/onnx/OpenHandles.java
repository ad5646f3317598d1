package org.millrace.jobs.score.onnx;

/**
 * Shows the soak benchmark the product's own count of native handles. Lives in the product's
 * package because the count is nobody else's business; not part of the product.
 */
public final class OpenHandles {
  private OpenHandles() {}

  /** Tensors and results that this JVM holds open: none while nothing is being scored. */
  public static long ofBatches() {
    return NativeHandles.TENSORS.open() + NativeHandles.RESULTS.open();
  }

  /** Sessions that this JVM holds open: at most one a model. */
  public static long ofSessions() {
    return NativeHandles.SESSIONS.open();
  }
}
