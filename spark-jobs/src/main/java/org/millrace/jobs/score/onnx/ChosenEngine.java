package org.millrace.jobs.score.onnx;

import org.jspecify.annotations.Nullable;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.jobs.score.onnx.trees.TreeModel;
import org.millrace.jobs.score.onnx.trees.TreeReading;

/**
 * What scores a model in this JVM. Driver and executors choose each for themselves: they may run on
 * different machines.
 *
 * @param trees null where ONNX Runtime does it all
 * @param model what ONNX Runtime runs: all, or what makes the trees' input; null where it has
 *     nothing to do
 * @param reason why the trees are not ours, or empty
 */
record ChosenEngine(@Nullable TreeModel trees, @Nullable OnnxModel model, String reason) {
  private static final String ONNX_RUNTIME = "onnxruntime";

  /**
   * Chooses.
   *
   * @throws MillraceException DATA_CONTRACT where the trees are malformed, or are asked for and
   *     cannot score the model; DEFINITION where they are asked for on a GPU
   */
  static ChosenEngine of(OnnxModel model, EngineChoice choice, Device device) {
    if (choice == EngineChoice.ONNXRUNTIME) {
      return new ChosenEngine(null, model, "as asked");
    }

    if (device == Device.CUDA) {
      requireCpu(choice, model);
      return new ChosenEngine(null, model, "trees are for the CPU");
    }

    ModelTrees found = ModelTrees.of(model);
    if (found.reading() instanceof TreeReading.Trees all) {
      return new ChosenEngine(all.model(), null, "");
    } else if (found.reading() instanceof TreeReading.TreeSplit split) {
      return new ChosenEngine(split.model(), found.prefix(), "");
    }

    String reason = ((TreeReading.NotTrees) found.reading()).reason();
    if (choice == EngineChoice.TREES) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot score with %s by the tree evaluator: it does not cover the model, %s; use AUTO or ONNXRUNTIME"
              .formatted(model, reason));
    }

    return new ChosenEngine(null, model, reason);
  }

  private static void requireCpu(EngineChoice choice, OnnxModel model) {
    if (choice == EngineChoice.TREES) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot score with %s by the tree evaluator on the device CUDA vs CPU: its trees are for the CPU; set engine AUTO, or device CPU"
              .formatted(model));
    }
  }

  /** For EXPLAIN: {@code trees:bits}, {@code onnxruntime (it has 0 tree ensembles)}. */
  String description() {
    return reason.isEmpty() ? name("") : name("") + " (" + reason + ")";
  }

  /**
   * For the counts.
   *
   * @param device on which a session runs
   */
  String name(Device device) {
    return name(" on " + device);
  }

  private String name(String where) {
    if (trees == null) {
      return ONNX_RUNTIME + where;
    }

    return model == null ? trees.engine() : ONNX_RUNTIME + where + " then " + trees.engine();
  }
}
