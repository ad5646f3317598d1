package org.millrace.jobs.score.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;

/** What of ONNX Runtime's the tests of this JVM have left open. */
final class OpenHandles {
  private OpenHandles() {}

  /** Fails where a tensor or a result stays open: a failed job ends before its other tasks do. */
  static void requireNone() {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (NativeHandles.TENSORS.open() + NativeHandles.RESULTS.open() > 0
        && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }

    assertThat(NativeHandles.TENSORS.open()).as("tensors left open").isZero();
    assertThat(NativeHandles.RESULTS.open()).as("results left open").isZero();
  }
}
