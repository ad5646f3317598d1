package org.millrace.contracts.definition;

/**
 * {@code conf/scoring/*.yaml}: how predictions are made and published.
 *
 * @param model registered model's name
 * @param alias of the version to score with
 * @param predictions qualified name of the prediction table
 * @param batchRows rows that ONNX Runtime is handed at once
 * @param nulls what a missing number becomes
 * @param engine what scores
 * @param device where the model runs
 * @param allowCpu whether a scoring that is meant for the GPU may run on the CPU where there is
 *     none
 * @param bounds publish checks
 * @param hash SHA-256 of the definition file
 */
public record ScoringDefinition(
    String model,
    String alias,
    String predictions,
    int batchRows,
    Nulls nulls,
    Engine engine,
    Device device,
    boolean allowCpu,
    Bounds bounds,
    String hash) {

  /** Policy for null and NaN numbers; always counted in the result. */
  public enum Nulls {
    /** Hand NaN to the model, which imputes. */
    IMPUTE,
    /** Fail the run with category DATA_CONTRACT. */
    REJECT
  }

  /** What scores; all give the same scores. */
  public enum Engine {
    /** The fastest one that covers the model. */
    AUTO,
    /** ONNX Runtime. */
    ONNXRUNTIME,
    /** The evaluator of tree ensembles; fails where it does not cover the model. */
    TREES
  }

  /** Where the model runs. */
  public enum Device {
    /** The executors' cores. */
    CPU,
    /** The GPUs that Spark gives to tasks. */
    CUDA
  }

  /**
   * Bounds that a day's predictions must keep.
   *
   * @param meanTolerance largest difference between the day's mean score and the mean of the
   *     previous days
   * @param previousDays how many earlier days count; 0 switches the comparison off
   */
  public record Bounds(double meanTolerance, int previousDays) {}

  static ScoringDefinition read(DefinitionNode node, String hash) {
    DefinitionNode bounds = node.node("bounds");
    ScoringDefinition scoring =
        new ScoringDefinition(
            Names.word(node, "model"),
            Names.optionalAlias(node, "alias").orElse("champion"),
            Names.qualified(node, "predictions"),
            node.integer("batch-rows", 4096),
            node.choice("nulls", Nulls.class, Nulls.IMPUTE),
            node.choice("engine", Engine.class, Engine.AUTO),
            node.choice("device", Device.class, Device.CPU),
            node.flag("allow-cpu", false),
            new Bounds(
                bounds.number("mean-tolerance", 0.25, 0),
                bounds.integer("previous-days", 7, 0, 3_660)),
            hash);
    if (scoring.batchRows() < 1) {
      node.error("batch-rows", "'batch-rows': expected at least 1, found " + scoring.batchRows());
    }

    if (scoring.allowCpu() && scoring.device() == Device.CPU) {
      node.error("allow-cpu", "'allow-cpu': it is for the device cuda, found cpu");
    }

    if (scoring.engine() == Engine.TREES && scoring.device() == Device.CUDA) {
      node.error("engine", "'engine': trees are for the device cpu, found cuda");
    }

    bounds.done();
    node.done();
    return scoring;
  }
}
