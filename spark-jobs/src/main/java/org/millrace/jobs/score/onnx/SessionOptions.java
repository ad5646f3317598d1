package org.millrace.jobs.score.onnx;

import java.io.Serializable;

/**
 * How a model's sessions are opened; sessions with different options are different sessions.
 *
 * @param device to run on
 * @param allowCpu whether CUDA may be missing, and the CPU used instead
 * @param gpuMemoryMiB most memory that a session may take of its GPU
 */
record SessionOptions(Device device, boolean allowCpu, long gpuMemoryMiB) implements Serializable {
  static final SessionOptions CPU = new SessionOptions(Device.CPU, false, 0);
}
