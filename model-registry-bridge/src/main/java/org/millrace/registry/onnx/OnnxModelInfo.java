package org.millrace.registry.onnx;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.registry.ModelPackage;

/**
 * What an ONNX file says of itself.
 *
 * @param source the file, for messages
 * @param irVersion version of the file format
 * @param opsets version by operator domain; ONNX's own domain is {@code ai.onnx}
 * @param inputs what a caller must feed, in order (constants are not among them)
 * @param outputs in order
 * @param operators {@code domain.Name} of all nodes, those in subgraphs and functions too
 * @param properties the model's metadata
 */
public record OnnxModelInfo(
    String source,
    long irVersion,
    SortedMap<String, Long> opsets,
    List<Tensor> inputs,
    List<Tensor> outputs,
    SortedSet<String> operators,
    SortedMap<String, String> properties) {
  /** Copies the collections. */
  public OnnxModelInfo {
    opsets = Collections.unmodifiableSortedMap(new TreeMap<>(opsets));
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    operators = Collections.unmodifiableSortedSet(new TreeSet<>(operators));
    properties = Collections.unmodifiableSortedMap(new TreeMap<>(properties));
  }

  /**
   * An input or output.
   *
   * @param type {@code float}, {@code double}, {@code long}, {@code int}, {@code string}; another
   *     tensor type in ONNX's word in lower case; {@code sequence} and the like where it is no
   *     tensor
   * @param shape a number, a name, or {@code ?} for each dimension; empty for a scalar, an unknown
   *     rank or no tensor
   */
  public record Tensor(String name, String type, List<String> shape) {
    /** Copies the shape. */
    public Tensor {
      shape = List.copyOf(shape);
    }

    private boolean isRowOfKnownType() {
      return ElementTypes.known(type)
          && shape.size() == 2
          && !isFixed(shape.get(0))
          && isFixed(shape.get(1));
    }

    private static boolean isFixed(String dimension) {
      return Character.isDigit(dimension.charAt(0));
    }

    @Override
    public String toString() {
      return name + ": " + type + shape;
    }
  }

  /**
   * The inputs as fields {@code [rows, width]}.
   *
   * @throws MillraceException DATA_CONTRACT where one is not such a tensor, with all of them named
   */
  public List<ModelPackage.Field> inputFields() {
    return fields("inputs", inputs);
  }

  /** The outputs as fields; like {@link #inputFields()}. */
  public List<ModelPackage.Field> outputFields() {
    return fields("outputs", outputs);
  }

  /**
   * The inputs as fields for a description of the model; none of them if one is no tensor {@code
   * [rows, width]}, as a description of some is one of none.
   */
  public List<ModelPackage.Field> describedInputs() {
    return described(inputs);
  }

  /** The outputs as {@link #describedInputs()}. */
  public List<ModelPackage.Field> describedOutputs() {
    return described(outputs);
  }

  private List<ModelPackage.Field> described(List<Tensor> tensors) {
    return tensors.stream().allMatch(Tensor::isRowOfKnownType)
        ? fields("tensors", tensors)
        : List.of();
  }

  /**
   * Refuses a model that these columns cannot feed. Columns that the model does not ask for do no
   * harm.
   *
   * @param columns {@code float}, {@code double}, {@code long}, {@code int} or {@code string} by
   *     column name
   * @throws MillraceException DATA_CONTRACT that names every missing and every wrong column
   */
  public void requireInputs(Map<String, String> columns) {
    List<String> problems = new ArrayList<>();
    for (ModelPackage.Field input : inputFields()) {
      String column = columns.get(input.name());
      if (input.width() != 1) {
        problems.add("'" + input.name() + "' needs " + input.width() + " values, a column has 1");
      } else if (column == null) {
        problems.add("'" + input.name() + "' (" + input.type() + ") is missing");
      } else if (!feeds(column, input.type())) {
        problems.add("'" + input.name() + "' needs " + input.type() + ", the column is " + column);
      }
    }

    if (!problems.isEmpty()) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot feed "
              + source
              + ": "
              + String.join("; ", problems)
              + "; the columns are "
              + new TreeMap<>(columns)
              + "; retrain the model or add the columns");
    }
  }

  /** A number may be narrowed to a float, as training does; a float never becomes an integer. */
  private static boolean feeds(String column, String input) {
    return switch (input) {
      case "float", "double" -> !column.equals("string") && ElementTypes.known(column);
      case "long" -> column.equals("long") || column.equals("int");
      default -> column.equals(input);
    };
  }

  private List<ModelPackage.Field> fields(String what, List<Tensor> tensors) {
    List<Tensor> refused = tensors.stream().filter(one -> !one.isRowOfKnownType()).toList();
    if (!refused.isEmpty()) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot use "
              + source
              + ": its "
              + what
              + " "
              + refused
              + " are not [rows, width] of float, double, long, int or string, with rows open and"
              + " width fixed; export it with such tensors");
    }

    return tensors.stream()
        .map(one -> new ModelPackage.Field(one.name(), one.type(), width(one)))
        .toList();
  }

  private int width(Tensor tensor) {
    try {
      return Integer.parseInt(tensor.shape().get(1));
    } catch (NumberFormatException e) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT, "Cannot use " + source + ": too wide is " + tensor, e);
    }
  }
}
