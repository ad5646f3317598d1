package org.millrace.jobs.score.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.TensorInfo;
import ai.onnxruntime.ValueInfo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * Compares a model's inputs with feature columns, by name, shape and type, and finds all
 * differences at once. Driver only; reads no row.
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
   * Plans the inputs, in the model's order.
   *
   * @param wanted columns by model input
   * @param nulls policy by column
   */
  List<InputPlan> inputs(Map<String, List<String>> wanted, Function<String, NullPolicy> nulls) {
    List<InputPlan> plans = new ArrayList<>();
    for (Map.Entry<String, ValueInfo> input : signature.inputs().entrySet()) {
      List<String> columns = wanted.get(input.getKey());
      if (columns == null) {
        problems.add("model input " + input.getKey() + " is fed by no column");
      } else {
        plan(input.getKey(), input.getValue(), columns, nulls).ifPresent(plans::add);
      }
    }

    for (String name : wanted.keySet()) {
      if (!signature.inputs().containsKey(name)) {
        problems.add("the model has no input " + name + ", it has " + signature.inputs().keySet());
      }
    }

    return plans;
  }

  /** Each of the columns must be there exactly once, and none be an output's name too. */
  void kept(List<String> columns, List<String> outputs) {
    columns.forEach(this::type);
    for (String output : outputs) {
      if (columns.contains(output)) {
        problems.add("column " + output + " is kept and is the output's name too");
      }
    }
  }

  /** Adds what was found elsewhere. */
  void problems(List<String> others) {
    problems.addAll(others);
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
      String name, ValueInfo info, List<String> names, Function<String, NullPolicy> nulls) {
    List<InputColumn> columns = new ArrayList<>();
    for (String column : names) {
      type(column).flatMap(type -> column(name, info, column, type, nulls)).ifPresent(columns::add);
    }

    Optional<TensorInfo> tensor = tensor(name, info);
    if (tensor.isEmpty() || columns.size() < names.size()) {
      return Optional.empty();
    }

    long[] shape = tensor.get().getShape();
    List<Long> dims = Arrays.stream(shape).skip(1).boxed().toList();
    InputPlan plan = new InputPlan(name, tensor.get().type, columns, dims);
    if (!fits(plan)) {
      problems.add(
          "model input %s is %s vs %s [N, %d]%s"
              .formatted(
                  name,
                  ModelSignature.describe(info),
                  plan.element(),
                  names.size(),
                  names.size() == 1 ? " or a column of arrays" : ""));
      return Optional.empty();
    }

    return Optional.of(plan);
  }

  /** Only tensors with an open first dimension, of element types that columns can fill. */
  private Optional<TensorInfo> tensor(String name, ValueInfo info) {
    if (!(info instanceof TensorInfo tensor) || !isKnown(tensor.type)) {
      problems.add(
          "model input %s is %s, which no column can fill"
              .formatted(name, ModelSignature.describe(info)));
      return Optional.empty();
    }

    long[] shape = tensor.getShape();
    if (shape.length == 0 || shape[0] != -1) {
      problems.add(
          "model input %s is %s, its batch dimension is fixed vs open: export it with a dynamic one"
              .formatted(name, ModelSignature.describe(info)));
      return Optional.empty();
    }

    return Optional.of(tensor);
  }

  private Optional<InputColumn> column(
      String input,
      ValueInfo info,
      String column,
      DataType type,
      Function<String, NullPolicy> nulls) {
    Optional<InputColumn> read = InputColumn.of(column, type, nulls.apply(column));
    boolean tensor = info instanceof TensorInfo known && isKnown(known.type);
    if (tensor && read.filter(it -> suits(((TensorInfo) info).type, it.kind())).isEmpty()) {
      problems.add(
          "model input %s is %s, its column %s is %s"
              .formatted(input, ((TensorInfo) info).type, column, type.sql()));
      return Optional.empty();
    }

    return read;
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

  private static boolean isKnown(OnnxJavaType type) {
    return switch (type) {
      case FLOAT, DOUBLE, FLOAT16, BFLOAT16, INT64, INT32, INT16, INT8, UINT8, BOOL, STRING -> true;
      case UNKNOWN -> false;
    };
  }

  /**
   * A number may be rounded to a float, as training does; a whole number is handed on as it is, and
   * each is looked at where the model's type holds fewer.
   */
  private static boolean suits(OnnxJavaType element, InputColumn.Kind kind) {
    return switch (element) {
      case FLOAT, DOUBLE, FLOAT16, BFLOAT16 ->
          switch (kind) {
            case STRING, INTS, LONGS -> false;
            case FLOATS, DOUBLES, VECTOR ->
                element == OnnxJavaType.FLOAT || element == OnnxJavaType.DOUBLE;
            default -> true;
          };
      case INT64 ->
          switch (kind) {
            case LONG, INT, SHORT, BYTE, BOOLEAN, INTS, LONGS -> true;
            default -> false;
          };
      case INT32 ->
          switch (kind) {
            case LONG, INT, SHORT, BYTE, BOOLEAN, INTS -> true;
            default -> false;
          };
      case INT16, INT8, UINT8 ->
          switch (kind) {
            case LONG, INT, SHORT, BYTE, BOOLEAN -> true;
            default -> false;
          };
      case BOOL -> kind == InputColumn.Kind.BOOLEAN;
      case STRING -> kind == InputColumn.Kind.STRING;
      case UNKNOWN -> false;
    };
  }

  /** Whether the columns fill a row; arrays are measured when they are read. */
  private static boolean fits(InputPlan plan) {
    long open = plan.dims().stream().filter(dim -> dim < 0).count();
    boolean arrays = plan.columns().stream().anyMatch(column -> column.kind().isArray());
    long known = 1;
    for (long dim : plan.dims()) {
      known *= Math.max(1, Math.min(dim, Integer.MAX_VALUE));
      if (dim == 0 || dim > Integer.MAX_VALUE || known > Integer.MAX_VALUE) {
        return false; // no row is as wide, and products of the like overflow
      }
    }

    if (arrays) {
      return plan.isArray() && open <= 1;
    }

    int columns = plan.columns().size();
    return open == 0 ? known == columns : open == 1 && columns % known == 0;
  }
}
