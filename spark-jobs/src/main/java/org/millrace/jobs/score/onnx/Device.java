package org.millrace.jobs.score.onnx;

/** Where a model runs. */
public enum Device {
  /** On the executor's cores, one thread a task. */
  CPU,
  /** On the GPU that Spark gave to the task, by ONNX Runtime's CUDA provider. */
  CUDA
}
