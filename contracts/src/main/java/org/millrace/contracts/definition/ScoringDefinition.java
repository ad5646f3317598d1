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
    Bounds bounds) {

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
  public record Bounds(double meanTolerance, int previousDays) {
    private static final Bounds DEFAULT = new Bounds(0.25, 7);
  }

  private static final String DEFAULT_ALIAS = "champion";
  private static final int DEFAULT_BATCH_ROWS = 4096;

  /** What it means. */
  public DefinitionContent content() {
    return new ContentBuilder()
        .data("alias", alias, DEFAULT_ALIAS)
        .data("predictions", predictions)
        .data("batch-rows", batchRows, DEFAULT_BATCH_ROWS)
        .data("nulls", nulls, Nulls.IMPUTE)
        .data("engine", engine, Engine.AUTO)
        .data("device", device, Device.CPU)
        .data("allow-cpu", allowCpu, false)
        .data("bounds.mean-tolerance", bounds.meanTolerance(), Bounds.DEFAULT.meanTolerance())
        .data("bounds.previous-days", bounds.previousDays(), Bounds.DEFAULT.previousDays())
        .build();
  }

  /** SHA-256 of what its predictions come from, but for the model and the rows. */
  public String hash() {
    return content().dataHash();
  }

  static ScoringDefinition read(DefinitionNode node) {
    DefinitionNode bounds = node.node("bounds");
    ScoringDefinition scoring =
        new ScoringDefinition(
            Names.word(node, "model"),
            Names.optionalAlias(node, "alias").orElse(DEFAULT_ALIAS),
            Names.qualified(node, "predictions"),
            node.integer("batch-rows", DEFAULT_BATCH_ROWS),
            node.choice("nulls", Nulls.class, Nulls.IMPUTE),
            node.choice("engine", Engine.class, Engine.AUTO),
            node.choice("device", Device.class, Device.CPU),
            node.flag("allow-cpu", false),
            new Bounds(
                bounds.number("mean-tolerance", Bounds.DEFAULT.meanTolerance(), 0),
                bounds.integer("previous-days", Bounds.DEFAULT.previousDays(), 0, 3_660)));
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
