package org.millrace.jobs.score.onnx.trees;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;

/** Sessions with one thread a call, and nothing more. */
enum PlainSessions implements SessionSource {
  INSTANCE;

  @Override
  public OrtSession open(byte[] model) throws OrtException {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      return OrtEnvironment.getEnvironment().createSession(model, options);
    }
  }

  @Override
  public void close(OrtSession session) throws OrtException {
    session.close();
  }
}
