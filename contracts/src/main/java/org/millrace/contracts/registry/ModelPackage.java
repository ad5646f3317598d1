package org.millrace.contracts.registry;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.millrace.contracts.Digest;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * A model ready to be registered.
 *
 * @param name registered model's name
 * @param onnx file of the ONNX model
 * @param sha256 of that file
 * @param inputs the model's inputs in order
 * @param outputs the model's outputs in order
 * @param files further files that belong to the model: name inside the model directory, and content
 * @param tags tags of the version (verdict, {@code Major.Minor.Pipeline}, ...); the registry itself
 *     adds {@code sha256}, {@code sha256.<file>}, {@code millrace.run_key} and {@code
 *     millrace.fingerprint}
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
  private static final Pattern FILE = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9_.-]*");

  /** Copies the collections and checks the files' names. */
  public ModelPackage {
    requireNonNull(name, "name is null");
    requireNonNull(onnx, "onnx is null");
    requireNonNull(sha256, "sha256 is null");
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    files = Map.copyOf(files);
    tags = Map.copyOf(tags);
    params = Map.copyOf(params);
    files.keySet().forEach(ModelPackage::requireFileName);
  }

  /** Fails with DATA_CONTRACT where the file on disk is not the one that {@link #sha256} names. */
  public void requireIntact() {
    String found = Digest.sha256(onnx);
    if (!found.equals(sha256)) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot register %s: SHA-256 of %s is %s, expected %s; export the model again"
              .formatted(name, onnx, found, sha256));
    }
  }

  /** Fails with DEFINITION where the path could leave the model directory or needs escapes. */
  public static void requireFileName(String file) {
    for (String part : file.split("/", -1)) {
      if (!FILE.matcher(part).matches()) {
        throw new MillraceException(
            ErrorCategory.DEFINITION,
            "Cannot use '"
                + file
                + "' as a file of a model: expected words of letters, digits, '_', '-' and '.'"
                + " (not first), divided by '/'");
      }
    }
  }

  /**
   * One named tensor of the model, of shape {@code [rows, width]}.
   *
   * @param type {@code float}, {@code double}, {@code long}, {@code int} or {@code string}
   * @param width values a row, at least 1
   */
  public record Field(String name, String type, int width) {}
}
