package org.millrace.jobs.score.onnx.trees;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;

/**
 * Where the sessions of ONNX Runtime come from to which trees are compared: whoever opens sessions
 * in this JVM also counts these. Thread-safe.
 */
public interface SessionSource {
  /**
   * Opens a session with one thread a call.
   *
   * @param model whole, with no data in other files
   * @return the caller's to give back
   * @throws OrtException where ONNX Runtime refuses the model
   */
  OrtSession open(byte[] model) throws OrtException;

  /** Closes a session that was opened here. */
  void close(OrtSession session) throws OrtException;
}
