package org.millrace.jobs.score.onnx.trees;

/** Ends the reading of a model that is whole but not for us; ONNX Runtime runs it instead. */
final class NotCovered extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param reason as in {@link TreeReading.NotTrees}
   */
  NotCovered(String reason) {
    super(reason, null, false, false);
  }

  String reason() {
    return String.valueOf(getMessage());
  }
}
