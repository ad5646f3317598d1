package org.millrace.contracts.registry;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A model ready to be registered.
 *
 * @param name registered model's name
 * @param onnx file of the ONNX model
 * @param sha256 of that file
 * @param inputs the model's inputs in order
 * @param outputs the model's outputs in order
 * @param files further files that belong to the model: name inside the model directory, and content
 * @param tags tags of the version (verdict, {@code Major.Minor.Pipeline}, run key, ...)
 * @param params what it was trained with
 */
public record ModelPackage(
    String name,
    Path onnx,
    String sha256,
    List<Field> inputs,
    List<Field> outputs,
    Map<String, byte[]> files,
    Map<String, String> tags,
    Map<String, String> params) {
  /** Copies the collections. */
  public ModelPackage {
    requireNonNull(name, "name is null");
    requireNonNull(onnx, "onnx is null");
    requireNonNull(sha256, "sha256 is null");
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    files = Map.copyOf(files);
    tags = Map.copyOf(tags);
    params = Map.copyOf(params);
  }

  /**
   * One named tensor of the model, of shape {@code [rows, width]}.
   *
   * @param type {@code float}, {@code double}, {@code long}, {@code int} or {@code string}
   * @param width values a row, at least 1
   */
  public record Field(String name, String type, int width) {}
}
