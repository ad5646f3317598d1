package org.millrace.orchestration;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Parameters;

/** The pipeline that a command is about. */
final class PipelineParameter {
  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "PIPELINE",
      description = JobLauncher.PIPELINE_PARAMETER)
  private @Nullable String pipeline;

  /** As it is named; empty for the only one. */
  String named() {
    return pipeline == null ? "" : pipeline;
  }
}
