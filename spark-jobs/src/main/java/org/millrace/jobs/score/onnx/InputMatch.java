package org.millrace.jobs.score.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.TensorInfo;
import ai.onnxruntime.ValueInfo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * Compares a model's inputs and outputs with feature columns, by name, shape and type, and finds
 * all differences at once. Driver only; reads no row.
 */
final class InputMatch {
  private final OnnxModel model;
  private final ModelSignature signature;
  private final StructType features;
  private final List<String> problems = new ArrayList<>();

  InputMatch(OnnxModel model, ModelSignature signature, StructType features) {
    this.model = model;
    this.signature = signature;
    this.features = features;
  }

  /**
   * Positions start behind the kept columns.
   *
   * @param wanted columns by model input
   */
  List<InputPlan> inputs(Map<String, List<String>> wanted, int firstPosition) {
    List<InputPlan> plans = new ArrayList<>();
    int position = firstPosition;
    for (Map.Entry<String, ValueInfo> input : signature.inputs().entrySet()) {
      List<String> columns = wanted.get(input.getKey());
      if (columns == null) {
        problems.add("model input " + input.getKey() + " is fed by no column");
        continue;
      }

      Optional<InputPlan> plan = plan(input.getKey(), input.getValue(), columns, position);
      plan.ifPresent(plans::add);
      position += columns.size();
    }

    for (String name : wanted.keySet()) {
      if (!signature.inputs().containsKey(name)) {
        problems.add("the model has no input " + name + ", it has " + signature.inputs().keySet());
      }
    }

    return plans;
  }

  /**
   * @param wanted the output's name, or empty for the only one
   */
  String output(Optional<String> wanted) {
    Map<String, ValueInfo> outputs = signature.outputs();
    if (wanted.isEmpty() && outputs.size() != 1) {
      problems.add("the model has the outputs " + outputs.keySet() + ": name one with modelOutput");
      return "";
    }

    String name = wanted.orElseGet(() -> outputs.keySet().iterator().next());
    ValueInfo info = outputs.get(name);
    if (info == null) {
      problems.add("the model has no output " + name + ", it has " + outputs.keySet());
    } else if (!isOneFloatPerRow(info)) {
      problems.add(
          "model output %s is %s vs FLOAT [N] or [N, 1]"
              .formatted(name, ModelSignature.describe(info)));
    }

    return name;
  }

  /** Each of the columns must be there exactly once. */
  void kept(List<String> columns, String output) {
    columns.forEach(this::type);
    if (columns.contains(output)) {
      problems.add("column " + output + " is kept and is the output's name too");
    }
  }

  /**
   * @throws MillraceException DATA_CONTRACT with all differences
   */
  void orThrow() {
    if (!problems.isEmpty()) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot score with %s: %s; no row was read"
              .formatted(model, String.join("; ", problems)));
    }
  }

  private Optional<InputPlan> plan(
      String name, ValueInfo info, List<String> columns, int position) {
    Optional<InputPlan.Kind> kind = kind(info);
    if (kind.isEmpty() || !fits((TensorInfo) info, columns.size(), kind.get())) {
      problems.add(
          "model input %s is %s vs FLOAT [N, %d]%s"
              .formatted(
                  name,
                  ModelSignature.describe(info),
                  columns.size(),
                  columns.size() == 1 ? " or STRING [N, 1]" : ""));
      return Optional.empty();
    }

    for (String column : columns) {
      Optional<DataType> type = type(column);
      if (type.isPresent() && !suits(type.get(), kind.get())) {
        problems.add(
            "model input %s is %s, its column %s is %s"
                .formatted(name, kind.get(), column, type.get().sql()));
      }
    }

    boolean flat = ((TensorInfo) info).getShape().length == 1;
    return Optional.of(new InputPlan(name, kind.get(), position, columns, flat));
  }

  private Optional<DataType> type(String column) {
    List<StructField> found =
        Arrays.stream(features.fields()).filter(field -> field.name().equals(column)).toList();
    if (found.size() != 1) {
      problems.add(
          "column "
              + column
              + (found.isEmpty() ? " is missing from" : " is twice among")
              + " the features "
              + Arrays.toString(features.fieldNames()));
      return Optional.empty();
    }

    return Optional.of(found.get(0).dataType());
  }

  private static boolean suits(DataType type, InputPlan.Kind kind) {
    return kind == InputPlan.Kind.STRING
        ? type instanceof StringType
        : type instanceof NumericType || type.equals(DataTypes.BooleanType);
  }

  private static Optional<InputPlan.Kind> kind(ValueInfo info) {
    OnnxJavaType type = info instanceof TensorInfo tensor ? tensor.type : OnnxJavaType.UNKNOWN;
    return switch (type) {
      case FLOAT -> Optional.of(InputPlan.Kind.FLOAT);
      case STRING -> Optional.of(InputPlan.Kind.STRING);
      default -> Optional.empty();
    };
  }

  private static boolean fits(TensorInfo info, int columns, InputPlan.Kind kind) {
    long[] shape = info.getShape();
    boolean anyBatch = shape.length > 0 && shape[0] == -1;
    boolean width =
        shape.length == 1 ? columns == 1 : shape.length == 2 && isDimension(shape[1], columns);
    return anyBatch && width && (kind == InputPlan.Kind.FLOAT || columns == 1);
  }

  private static boolean isOneFloatPerRow(ValueInfo info) {
    if (!(info instanceof TensorInfo tensor) || tensor.type != OnnxJavaType.FLOAT) {
      return false;
    }

    long[] shape = tensor.getShape();
    return shape.length == 1 || (shape.length == 2 && isDimension(shape[1], 1));
  }

  /** An open dimension (-1) may turn out right; the first batch tells. */
  private static boolean isDimension(long given, int expected) {
    return given == -1 || given == expected;
  }
}
