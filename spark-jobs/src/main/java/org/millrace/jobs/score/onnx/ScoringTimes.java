package org.millrace.jobs.score.onnx;

/** Nanoseconds that one task spent, by kind; handed on and forgotten after each batch. */
final class ScoringTimes {
  private long filling;
  private long running;

  void filled(long nanos) {
    filling += nanos;
  }

  void ran(long nanos) {
    running += nanos;
  }

  long takeFilling() {
    long taken = filling;
    filling = 0;
    return taken;
  }

  long takeRunning() {
    long taken = running;
    running = 0;
    return taken;
  }
}
