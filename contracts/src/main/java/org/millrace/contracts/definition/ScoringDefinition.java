package org.millrace.contracts.definition;

import java.util.Optional;

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
   * @param givenTolerance largest difference between the day's mean score and the mean of the
   *     previous days; empty for that of probabilities
   * @param previousDays how many earlier days count; 0 switches the comparison off
   * @param min least score; empty for that of the task
   * @param max greatest score; empty for that of the task
   */
  public record Bounds(
      Optional<Double> givenTolerance,
      int previousDays,
      Optional<Double> min,
      Optional<Double> max) {
    private static final int DEFAULT_PREVIOUS_DAYS = 7;
    private static final double DEFAULT_TOLERANCE = 0.25;

    /** Bounds of the task alone, and on the mean. */
    public Bounds(double meanTolerance, int previousDays) {
      this(Optional.of(meanTolerance), previousDays, Optional.empty(), Optional.empty());
    }

    /** The tolerance that counts. */
    public double meanTolerance() {
      return givenTolerance.orElse(DEFAULT_TOLERANCE);
    }

    static Bounds read(DefinitionNode node) {
      Bounds bounds =
          new Bounds(
              node.has("mean-tolerance")
                  ? Optional.of(node.number("mean-tolerance", DEFAULT_TOLERANCE, 0))
                  : Optional.empty(),
              node.integer("previous-days", DEFAULT_PREVIOUS_DAYS, 0, 3_660),
              node.optionalNumber("min"),
              node.optionalNumber("max"));
      if (bounds.min().isPresent()
          && bounds.max().filter(most -> most > bounds.min().get()).isEmpty()
          && bounds.max().isPresent()) {
        node.error("max", "'max': expected more than 'min'");
      }

      node.done();
      return bounds;
    }
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
        .data("bounds.mean-tolerance", bounds.meanTolerance(), Bounds.DEFAULT_TOLERANCE)
        .data("bounds.previous-days", bounds.previousDays(), Bounds.DEFAULT_PREVIOUS_DAYS)
        .data("bounds.min", bounds.min())
        .data("bounds.max", bounds.max())
        .build();
  }

  /** SHA-256 of what its predictions come from, but for the model and the rows. */
  public String hash() {
    return content().dataHash();
  }

  static ScoringDefinition read(DefinitionNode node) {
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
            Bounds.read(node.node("bounds")));
    if (scoring.batchRows() < 1) {
      node.error("batch-rows", "'batch-rows': expected at least 1, found " + scoring.batchRows());
    }

    if (scoring.allowCpu() && scoring.device() == Device.CPU) {
      node.error("allow-cpu", "'allow-cpu': it is for the device cuda, found cpu");
    }

    if (scoring.engine() == Engine.TREES && scoring.device() == Device.CUDA) {
      node.error("engine", "'engine': trees are for the device cpu, found cuda");
    }

    node.done();
    return scoring;
  }
}
