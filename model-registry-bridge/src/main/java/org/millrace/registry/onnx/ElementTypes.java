package org.millrace.registry.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.Locale;
import java.util.Map;

/** ONNX's numbers for element types, and the words that {@code ModelPackage.Field} has for them. */
final class ElementTypes {
  private static final Map<String, Integer> NUMBERS =
      Map.of(
          "float", TensorProto.DataType.FLOAT_VALUE,
          "double", TensorProto.DataType.DOUBLE_VALUE,
          "long", TensorProto.DataType.INT64_VALUE,
          "int", TensorProto.DataType.INT32_VALUE,
          "string", TensorProto.DataType.STRING_VALUE);

  private ElementTypes() {}

  static int number(String word) {
    Integer number = NUMBERS.get(word);
    if (number == null) {
      throw new IllegalArgumentException(
          "Cannot make a tensor of " + word + ": allowed are " + NUMBERS.keySet());
    }

    return number;
  }

  /** Our word, or ONNX's own in lower case where we have none ({@code float16}, {@code bool}). */
  static String word(int number) {
    for (Map.Entry<String, Integer> entry : NUMBERS.entrySet()) {
      if (entry.getValue() == number) {
        return entry.getKey();
      }
    }

    TensorProto.DataType type = TensorProto.DataType.forNumber(number);
    return type == null ? "type " + number : type.name().toLowerCase(Locale.ROOT);
  }

  static boolean known(String word) {
    return NUMBERS.containsKey(word);
  }
}
