package org.millrace.contracts.files;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The scoring of an input by an ONNX file. The output has the kept columns, then the model's
 * outputs by their names: vectors as arrays, ZipMap as a map.
 *
 * @param model absolute path of the ONNX file, on the driver's machine
 * @param input a table's name, or a path or pattern of files or of a Delta table
 * @param keep columns to hand on
 * @param columns in order for a model of one input, else named like the model's inputs; empty to
 *     take, for each input of the model, the column of its name
 * @param inputs columns, in order, by the model input that they feed; others are fed as above
 * @param outputs names of columns by output, or part of one such as {@code probabilities[1]}, in
 *     their order; empty for all outputs by their own names
 * @param outputName name of the output's column, for a model of one output; empty for its own
 * @param nulls what stands for a missing value, by column
 * @param output where the rows go
 */
public record ScoreFileRequest(
    String model,
    String input,
    List<String> keep,
    List<String> columns,
    Map<String, List<String>> inputs,
    Map<String, String> outputs,
    Optional<String> outputName,
    Map<String, String> nulls,
    OutputRequest output) {
  /** Copies the collections. */
  public ScoreFileRequest {
    requireNonNull(model, "model is null");
    requireNonNull(input, "input is null");
    requireNonNull(output, "output is null");
    keep = List.copyOf(keep);
    columns = List.copyOf(columns);
    inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
    outputs = Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
    nulls = Map.copyOf(nulls);
  }
}
