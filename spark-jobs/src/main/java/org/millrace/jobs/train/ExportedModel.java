package org.millrace.jobs.train;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.millrace.contracts.registry.ModelPackage;
import org.millrace.registry.onnx.TreeEnsemble;

/**
 * A model as a file, and the same model as Spark has it. Driver only.
 *
 * @param onnx the file
 * @param sha256 of the file
 * @param inputs one tensor a column, in order
 * @param outputs {@code score}: the probability of label 1
 * @param spark the original
 * @param trees the plain trees, to tell ties on thresholds; empty for a linear model
 */
public record ExportedModel(
    Path onnx,
    String sha256,
    List<ModelPackage.Field> inputs,
    List<ModelPackage.Field> outputs,
    SparkScorer spark,
    Optional<TreeEnsemble> trees) {
  /** Copies the lists. */
  public ExportedModel {
    requireNonNull(onnx, "onnx is null");
    requireNonNull(sha256, "sha256 is null");
    requireNonNull(spark, "spark is null");
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }
}
