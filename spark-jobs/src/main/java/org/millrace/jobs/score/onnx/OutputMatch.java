package org.millrace.jobs.score.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.SequenceInfo;
import ai.onnxruntime.TensorInfo;
import ai.onnxruntime.ValueInfo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.jspecify.annotations.Nullable;

/**
 * Turns a model's outputs into columns, and finds all that cannot be. Driver only; reads no row.
 */
final class OutputMatch {
  private static final String NO_COLUMN = "which no column can hold";

  private static final Pattern PART = Pattern.compile("(.+)\\[(.+)]");

  private final Map<String, ValueInfo> outputs;
  private final Map<String, List<Long>> known = new LinkedHashMap<>();
  private final List<String> problems = new ArrayList<>();

  /**
   * Compares with what the model says of itself.
   *
   * @param targets numbers a row of outputs that forests make, whatever the model says of them
   */
  OutputMatch(ModelSignature signature, Map<String, Integer> targets) {
    this.outputs = signature.outputs();
    targets.forEach(
        (output, count) -> {
          if (count > 1) {
            known.put(output, List.of((long) count));
          }
        });
  }

  /** What did not fit so far. */
  List<String> problems() {
    return problems;
  }

  /**
   * One number a row, as DOUBLE.
   *
   * @param wanted the output's name, or empty for the only one
   * @param pick index of the row's element, or key of its map; null where the row has one element
   */
  Optional<OutputPlan> score(String column, Optional<String> wanted, @Nullable String pick) {
    return only(wanted)
        .flatMap(output -> pick == null ? one(column, output) : picked(column, output, pick));
  }

  private Optional<Map.Entry<String, ValueInfo>> only(Optional<String> wanted) {
    if (wanted.isEmpty() && outputs.size() != 1) {
      problems.add(
          "the model has the outputs " + outputs.keySet() + ": name the one that is the score");
      return Optional.empty();
    }

    return find(wanted.orElseGet(() -> outputs.keySet().iterator().next()));
  }

  /**
   * A number for each class of a row, as ARRAY of DOUBLE.
   *
   * @param wanted as of {@link #score}
   */
  Optional<OutputPlan> classes(String column, Optional<String> wanted, int count) {
    return only(wanted).flatMap(output -> classes(column, output, count));
  }

  private Optional<OutputPlan> classes(
      String column, Map.Entry<String, ValueInfo> output, int count) {
    if (output.getValue() instanceof TensorInfo tensor && isNumber(tensor.type)) {
      List<Long> dims = dims(output.getKey(), tensor);
      // an open dimension may turn out right; whoever takes the probabilities counts them
      if (dims.size() == 1 && (dims.get(0) == -1 || dims.get(0) == count)) {
        DataType array = DataTypes.createArrayType(DataTypes.DoubleType, false);
        return Optional.of(plan(output.getKey(), column, array, tensor, null));
      }
    }

    problems.add(
        "model output %s is %s vs FLOAT [N, %d], a probability for each class"
            .formatted(output.getKey(), ModelSignature.describe(output.getValue()), count));
    return Optional.empty();
  }

  /** A part, where the name is none of an output and ends as in {@code probabilities[1]}. */
  Optional<OutputPlan> wholeOrPart(String column, String wanted) {
    Matcher part = PART.matcher(wanted);
    return !outputs.containsKey(wanted) && part.matches()
        ? score(column, Optional.of(part.group(1)), part.group(2))
        : whole(column, wanted);
  }

  /** A whole output, in its own type: a number, text or boolean, an array of them, or a map. */
  Optional<OutputPlan> whole(String column, String wanted) {
    return find(wanted)
        .flatMap(
            output ->
                output.getValue() instanceof SequenceInfo sequence
                    ? maps(column, output.getKey(), sequence, null)
                    : tensor(column, output));
  }

  private Optional<Map.Entry<String, ValueInfo>> find(String name) {
    ValueInfo info = outputs.get(name);
    if (info == null) {
      problems.add("the model has no output " + name + ", it has " + outputs.keySet());
      return Optional.empty();
    }

    if (info instanceof TensorInfo tensor
        && tensor.getShape().length > 0
        && tensor.getShape()[0] != -1
        && !isLabel(tensor)) {
      problems.add(
          "model output %s is %s: its first dimension is not one entry for each row, so no row has a value of its own; ask for other outputs alone, or export the model with one"
              .formatted(name, ModelSignature.describe(info)));
      return Optional.empty();
    }

    return Optional.of(Map.entry(name, info));
  }

  private Optional<OutputPlan> one(String column, Map.Entry<String, ValueInfo> output) {
    if (output.getValue() instanceof TensorInfo tensor && isNumber(tensor.type)) {
      List<Long> dims = dims(output.getKey(), tensor);
      // an open dimension may turn out right; the first batch tells
      if (dims.isEmpty() || (dims.size() == 1 && (dims.get(0) == -1 || dims.get(0) == 1))) {
        return Optional.of(plan(output.getKey(), column, DataTypes.DoubleType, tensor, null));
      }
    }

    problems.add(
        "model output %s is %s vs FLOAT [N] or [N, 1]"
            .formatted(output.getKey(), ModelSignature.describe(output.getValue())));
    return Optional.empty();
  }

  private Optional<OutputPlan> picked(
      String column, Map.Entry<String, ValueInfo> output, String pick) {
    if (output.getValue() instanceof SequenceInfo sequence) {
      return maps(column, output.getKey(), sequence, pick);
    }

    if (output.getValue() instanceof TensorInfo tensor
        && isNumber(tensor.type)
        && isIndex(pick, dims(output.getKey(), tensor))) {
      return Optional.of(plan(output.getKey(), column, DataTypes.DoubleType, tensor, pick));
    }

    problems.add(
        "model output %s is %s and has no number %s in a row"
            .formatted(output.getKey(), ModelSignature.describe(output.getValue()), pick));
    return Optional.empty();
  }

  private Optional<OutputPlan> tensor(String column, Map.Entry<String, ValueInfo> output) {
    Optional<DataType> element =
        output.getValue() instanceof TensorInfo tensor ? type(tensor.type) : Optional.empty();
    if (element.isEmpty()) {
      return refused(output.getKey(), output.getValue());
    }

    TensorInfo tensor = (TensorInfo) output.getValue();
    List<Long> dims = dims(output.getKey(), tensor);
    DataType type = element.get();
    if (!(dims.isEmpty() || dims.equals(List.of(1L)))) {
      for (int i = 0; i < dims.size(); i++) {
        type = DataTypes.createArrayType(type, false);
      }
    }

    return Optional.of(plan(output.getKey(), column, type, tensor, null));
  }

  private Optional<OutputPlan> maps(
      String column, String output, SequenceInfo sequence, @Nullable String pick) {
    if (!sequence.isSequenceOfMaps() || sequence.mapInfo == null) {
      return refused(output, sequence);
    }

    OnnxJavaType keys = sequence.mapInfo.keyType;
    OnnxJavaType values = sequence.mapInfo.valueType;
    Optional<DataType> key = type(keys);
    Optional<DataType> value = type(values);
    if (key.isEmpty() || value.isEmpty() || (pick != null && !isNumber(values))) {
      return refused(output, sequence);
    }

    DataType type =
        pick == null
            ? DataTypes.createMapType(key.get(), value.get(), false)
            : DataTypes.DoubleType;
    return Optional.of(new OutputPlan(output, column, type, values, keys, List.of(), pick));
  }

  private Optional<OutputPlan> refused(String output, ValueInfo info) {
    problems.add(
        "model output %s is %s, %s".formatted(output, ModelSignature.describe(info), NO_COLUMN));
    return Optional.empty();
  }

  private OutputPlan plan(
      String output, String column, DataType type, TensorInfo tensor, @Nullable String pick) {
    return new OutputPlan(output, column, type, tensor.type, null, dims(output, tensor), pick);
  }

  private List<Long> dims(String output, TensorInfo tensor) {
    List<Long> certain = known.get(output);
    if (certain != null) {
      return certain;
    }

    return Arrays.stream(tensor.getShape()).skip(1).boxed().toList();
  }

  /** Converters of LightGBM declare one label for all rows, and mean one for each of them. */
  private static boolean isLabel(TensorInfo tensor) {
    return Arrays.equals(tensor.getShape(), new long[] {1})
        && (tensor.type == OnnxJavaType.INT64 || tensor.type == OnnxJavaType.STRING);
  }

  private static boolean isNumber(OnnxJavaType type) {
    return type == OnnxJavaType.FLOAT || type == OnnxJavaType.DOUBLE;
  }

  private static boolean isIndex(String pick, List<Long> dims) {
    if (!pick.matches("\\d{1,9}")) {
      return false;
    }

    long width = 1;
    for (long dim : dims) {
      width = dim < 0 ? Integer.MAX_VALUE : width * dim;
    }

    return Integer.parseInt(pick) < width;
  }

  private static Optional<DataType> type(OnnxJavaType element) {
    return switch (element) {
      case FLOAT, FLOAT16, BFLOAT16 -> Optional.of(DataTypes.FloatType);
      case DOUBLE -> Optional.of(DataTypes.DoubleType);
      case INT64 -> Optional.of(DataTypes.LongType);
      case INT32 -> Optional.of(DataTypes.IntegerType);
      case INT16, UINT8 -> Optional.of(DataTypes.ShortType);
      case INT8 -> Optional.of(DataTypes.ByteType);
      case BOOL -> Optional.of(DataTypes.BooleanType);
      case STRING -> Optional.of(DataTypes.StringType);
      case UNKNOWN -> Optional.empty();
    };
  }
}
