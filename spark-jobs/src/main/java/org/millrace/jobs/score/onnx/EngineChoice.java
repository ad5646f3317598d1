package org.millrace.jobs.score.onnx;

/** Which engine scores. */
public enum EngineChoice {
  /** The fastest one that gives the same scores. */
  AUTO,
  /** Always ONNX Runtime. */
  ONNXRUNTIME,
  /** The evaluator for tree ensembles; a model that it does not cover is refused. */
  TREES
}
