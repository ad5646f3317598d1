package org.millrace.jobs.score.onnx;

import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/** Which engines there are for a model. Driver only; stateless. */
final class Engines {
  private Engines() {}

  /**
   * Refuses an engine that is asked for and cannot score the model.
   *
   * @throws MillraceException DATA_CONTRACT
   */
  static void require(EngineChoice choice, OnnxModel model) {
    if (choice == EngineChoice.TREES) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot score with %s by the tree evaluator: it does not cover the model; use AUTO or ONNXRUNTIME"
              .formatted(model));
    }
  }
}
