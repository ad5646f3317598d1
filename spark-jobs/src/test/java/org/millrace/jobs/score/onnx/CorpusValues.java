package org.millrace.jobs.score.onnx;

import ai.onnxruntime.OnnxMap;
import ai.onnxruntime.OnnxSequence;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Outputs of a model in one form, wherever they come from: for each row a list of its numbers and
 * texts; a map is its keys, as texts and in their order, each with its value behind it.
 */
final class CorpusValues {
  private static final double TOLERANCE = 1e-6;

  private CorpusValues() {}

  static List<List<Object>> ofJson(JsonNode rows) {
    List<List<Object>> all = new ArrayList<>();
    rows.forEach(row -> all.add(flat(row)));
    return all;
  }

  static List<List<Object>> ofOrt(OnnxValue value) throws OrtException {
    List<List<Object>> all = new ArrayList<>();
    if (value instanceof OnnxSequence sequence) {
      for (OnnxValue map : sequence.getValue()) {
        all.add(flat(((OnnxMap) map).getValue()));
        map.close();
      }
    } else {
      Object rows = ((OnnxTensor) value).getValue();
      for (int i = 0; i < Array.getLength(rows); i++) {
        all.add(flat(Array.get(rows, i)));
      }
    }

    return all;
  }

  static List<Object> ofSpark(Object cell) {
    if (cell instanceof scala.collection.Map<?, ?> map) {
      return flat(scala.collection.JavaConverters.mapAsJavaMap(map));
    } else if (cell instanceof scala.collection.Seq<?> list) {
      List<Object> all = new ArrayList<>();
      scala.collection.JavaConverters.seqAsJavaList(list).forEach(one -> all.addAll(ofSpark(one)));
      return all;
    }

    return flat(cell);
  }

  private static List<Object> flat(@Nullable Object value) {
    List<Object> all = new ArrayList<>();
    if (value instanceof JsonNode json && json.isContainerNode()) {
      if (json.isArray()) {
        json.forEach(one -> all.addAll(flat(one)));
      } else {
        TreeMap<String, Object> map = new TreeMap<>();
        json.fields().forEachRemaining(entry -> map.put(entry.getKey(), entry.getValue()));
        all.addAll(flat(map));
      }
    } else if (value instanceof JsonNode json) {
      all.add(json.isNumber() ? json.numberValue() : json.asText());
    } else if (value instanceof Map<?, ?> map) {
      TreeMap<String, @Nullable Object> sorted = new TreeMap<>();
      map.forEach((key, one) -> sorted.put(String.valueOf(key), one));
      sorted.forEach(
          (key, one) -> {
            all.add(key);
            all.addAll(flat(one));
          });
    } else if (value != null && value.getClass().isArray()) {
      for (int i = 0; i < Array.getLength(value); i++) {
        all.addAll(flat(Array.get(value, i)));
      }
    } else if (value != null) {
      all.add(value);
    }

    return all;
  }

  /** How near a number must be; texts and whole numbers are always the same. */
  enum Rule {
    /** To the last bit of what was found. */
    EXACT,
    /** Within 1e-6 of what was expected. */
    NEAR,
    /** Within 1e-6 of the larger of 1 and what was expected. */
    NEAR_OF_ONE
  }

  /** Whether a row is as expected. */
  static boolean agree(List<Object> found, List<Object> expected, Rule rule) {
    if (found.size() != expected.size()) {
      return false;
    }

    for (int i = 0; i < found.size(); i++) {
      if (!agree(found.get(i), expected.get(i), rule)) {
        return false;
      }
    }

    return true;
  }

  private static boolean agree(Object found, Object expected, Rule rule) {
    if (found instanceof Float number && expected instanceof Number other) {
      return rule == Rule.EXACT
          ? Float.floatToRawIntBits(number) == Float.floatToRawIntBits(other.floatValue())
          : isNear(number, other.doubleValue(), rule);
    } else if (found instanceof Double number && expected instanceof Number other) {
      return rule == Rule.EXACT
          ? Double.doubleToRawLongBits(number) == Double.doubleToRawLongBits(other.doubleValue())
          : isNear(number, other.doubleValue(), rule);
    } else if (found instanceof Long number && expected instanceof Number other) {
      return number == other.longValue();
    }

    return found.equals(expected);
  }

  private static boolean isNear(double found, double expected, Rule rule) {
    double size = rule == Rule.NEAR ? Math.abs(expected) : Math.max(1, Math.abs(expected));
    return Math.abs(found - expected) <= TOLERANCE * size;
  }
}
