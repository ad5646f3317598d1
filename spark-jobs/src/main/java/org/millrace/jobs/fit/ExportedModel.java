package org.millrace.jobs.fit;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.millrace.contracts.Causes;
import org.millrace.contracts.Digest;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Task;
import org.millrace.contracts.registry.ModelPackage;
import org.millrace.registry.onnx.OnnxExport;
import org.millrace.registry.onnx.TreeEnsemble;

/**
 * A model as a file, and the same model as Spark has it. Driver only.
 *
 * @param onnx the file
 * @param sha256 of the file
 * @param inputs one tensor a column, in order
 * @param outputs {@code score}, of several classes a number for each
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

  /** What the exports of a task do to the sum of their parts. */
  static OnnxExport.Link link(Task task) {
    return switch (task) {
      case BINARY -> OnnxExport.Link.LOGIT;
      case REGRESSION -> OnnxExport.Link.IDENTITY;
      case MULTICLASS -> throw new IllegalStateException("a class has a margin of its own");
    };
  }

  /**
   * Writes an export.
   *
   * @param file where; its directory is made if absent
   * @throws MillraceException of category EXTERNAL if the disk refuses
   */
  static ExportedModel written(
      Path file, byte[] onnx, SparkScorer scorer, Optional<TreeEnsemble> trees) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.write(file, onnx);
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL, "Cannot write " + file + ": " + Causes.words(e), e);
    }

    return new ExportedModel(
        file, Digest.sha256(onnx), scorer.encoding().inputs(), scorer.outputs(), scorer, trees);
  }
}
