package org.millrace.jobs.score.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxMap;
import ai.onnxruntime.OnnxSequence;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.execution.vectorized.WritableColumnVector;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.MapType;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * A sequence of maps, one a row, as converters of classifiers make it (operator ZipMap): as a map
 * column, or as the column of one key. Stateless.
 */
final class MapValues {
  private MapValues() {}

  /** Copies the maps out and closes each: the sequence's elements are handles of their own. */
  static List<Map<?, ?>> read(OnnxSequence sequence) throws OrtException {
    List<Map<?, ?>> maps = new ArrayList<>();
    List<? extends OnnxValue> values = sequence.getValue();
    try {
      for (OnnxValue value : values) {
        maps.add(((OnnxMap) value).getValue());
      }
    } finally {
      values.forEach(OnnxValue::close);
    }

    return maps;
  }

  static void put(OutputColumn column, List<Map<?, ?>> maps, int at) {
    for (int i = 0; i < maps.size(); i++) {
      String key = column.plan.pick();
      if (key == null) {
        putMap(column.vector, maps.get(i), at + i);
      } else {
        column.vector.putDouble(at + i, value(column.plan, maps.get(i), key));
      }
    }
  }

  /**
   * Maps that were not made: their keys, the same for all rows, and their values.
   *
   * @param values of each row, in the keys' order
   */
  static void put(OutputColumn column, List<String> keys, TensorValues values, int rows, int at) {
    String picked = column.plan.pick();
    if (picked != null) {
      int index = keys.indexOf(picked);
      if (index < 0) {
        throw noNumber(column.plan, picked, keys);
      }

      for (int i = 0; i < rows; i++) {
        values.put(column.vector, column.plan.type(), at + i, i * keys.size() + index);
      }

      return;
    }

    DataType type = ((MapType) column.plan.type()).valueType();
    for (int i = 0; i < rows; i++) {
      putMap(column, keys, values, type, i, at + i);
    }
  }

  private static void putMap(
      OutputColumn column, List<String> keys, TensorValues values, DataType type, int row, int at) {
    WritableColumnVector allKeys = column.vector.getChild(0);
    WritableColumnVector allValues = column.vector.getChild(1);
    int offset = allKeys.getElementsAppended();
    int size = keys.size();
    allValues.reserve(offset + size);
    for (int key = 0; key < size; key++) {
      append(
          allKeys,
          column.plan.keys() == OnnxJavaType.INT64 ? Long.valueOf(keys.get(key)) : keys.get(key));
      values.put(allValues, type, offset + key, row * size + key);
    }

    allValues.addElementsAppended(size);
    column.vector.putArray(at, offset, size);
  }

  private static void putMap(WritableColumnVector into, Map<?, ?> map, int at) {
    WritableColumnVector keys = into.getChild(0);
    WritableColumnVector values = into.getChild(1);
    int offset = keys.getElementsAppended();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      append(keys, entry.getKey());
      append(values, entry.getValue());
    }

    into.putArray(at, offset, map.size());
  }

  private static void append(WritableColumnVector values, Object value) {
    if (value instanceof Float number) {
      values.appendFloat(number);
    } else if (value instanceof Double number) {
      values.appendDouble(number);
    } else if (value instanceof Long number) {
      values.appendLong(number);
    } else {
      byte[] text = value.toString().getBytes(StandardCharsets.UTF_8);
      values.appendByteArray(text, 0, text.length);
    }
  }

  private static double value(OutputPlan plan, Map<?, ?> map, String key) {
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      if (entry.getKey().toString().equals(key) && entry.getValue() instanceof Number number) {
        return number.doubleValue();
      }
    }

    throw noNumber(plan, key, map.keySet());
  }

  private static MillraceException noNumber(OutputPlan plan, String key, Collection<?> keys) {
    return new MillraceException(
        ErrorCategory.DATA_CONTRACT,
        "Cannot read the model's output %s: it has no number for %s, it has %s; name one of these"
            .formatted(plan.modelOutput(), key, keys));
  }
}
