package org.millrace.jobs.score.onnx.trees;

import static java.util.Objects.requireNonNull;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/** An operator's attributes by name, read with their types. Stateless after it is made. */
final class Attributes {
  private final String owner;
  private final Map<String, AttributeProto> byName = new HashMap<>();

  Attributes(NodeProto node) {
    owner = node.getOpType() + (node.getName().isEmpty() ? "" : " '" + node.getName() + "'");
    node.getAttributeList().forEach(attribute -> byName.put(attribute.getName(), attribute));
  }

  /** Such as {@code TreeEnsembleRegressor 'trees/margin'}. */
  String owner() {
    return owner;
  }

  long integer(String name, long absent) {
    AttributeProto attribute = typed(name, AttributeProto.AttributeType.INT);
    return attribute == null ? absent : attribute.getI();
  }

  String text(String name, String absent) {
    AttributeProto attribute = typed(name, AttributeProto.AttributeType.STRING);
    return attribute == null ? absent : attribute.getS().toStringUtf8();
  }

  /** Empty where absent; as the numbers below. */
  long[] integers(String name) {
    AttributeProto attribute = typed(name, AttributeProto.AttributeType.INTS);
    long[] values = new long[attribute == null ? 0 : attribute.getIntsCount()];
    for (int i = 0; i < values.length; i++) {
      values[i] = requireNonNull(attribute).getInts(i);
    }

    return values;
  }

  List<String> texts(String name) {
    return words(name).stream().map(ByteString::toStringUtf8).toList();
  }

  /** Texts as the file has them: a forest has millions of a few words. */
  List<ByteString> words(String name) {
    AttributeProto attribute = typed(name, AttributeProto.AttributeType.STRINGS);
    return attribute == null ? List.of() : attribute.getStringsList();
  }

  /** Of a list of floats, or of the tensor of the same name with {@code _as_tensor}. */
  double[] numbers(String name) {
    AttributeProto attribute = typed(name, AttributeProto.AttributeType.FLOATS);
    if (attribute == null || attribute.getFloatsCount() == 0) {
      return tensor(name + "_as_tensor");
    }

    double[] values = new double[attribute.getFloatsCount()];
    for (int i = 0; i < values.length; i++) {
      values[i] = attribute.getFloats(i);
    }

    return values;
  }

  /** Floats, doubles or bytes of a tensor. */
  double[] tensor(String name) {
    AttributeProto attribute = typed(name, AttributeProto.AttributeType.TENSOR);
    if (attribute == null) {
      return new double[0];
    }

    TensorProto tensor = attribute.getT();
    TensorProto.DataType type = TensorProto.DataType.forNumber(tensor.getDataType());
    if (type == TensorProto.DataType.FLOAT) {
      return tensor.hasRawData()
          ? raw(name, tensor, Float.BYTES)
          : tensor.getFloatDataList().stream().mapToDouble(Float::doubleValue).toArray();
    } else if (type == TensorProto.DataType.DOUBLE) {
      return tensor.hasRawData()
          ? raw(name, tensor, Double.BYTES)
          : tensor.getDoubleDataList().stream().mapToDouble(Double::doubleValue).toArray();
    } else if (type == TensorProto.DataType.UINT8) {
      return tensor.hasRawData()
          ? raw(name, tensor, Byte.BYTES)
          : tensor.getInt32DataList().stream().mapToDouble(Integer::doubleValue).toArray();
    }

    throw malformed("its " + name + " is a tensor of " + type + " vs float, double or uint8");
  }

  private double[] raw(String name, TensorProto tensor, int size) {
    ByteString bytes = tensor.getRawData();
    if (bytes.size() % size != 0) {
      throw malformed("its " + name + " has " + bytes.size() + " bytes for values of " + size);
    }

    var buffer = bytes.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    double[] values = new double[bytes.size() / size];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          size == Float.BYTES
              ? buffer.getFloat()
              : size == Double.BYTES ? buffer.getDouble() : buffer.get() & 0xff;
    }

    return values;
  }

  private @Nullable AttributeProto typed(String name, AttributeProto.AttributeType type) {
    AttributeProto attribute = byName.get(name);
    if (attribute != null && attribute.getType() != type) {
      throw malformed("its " + name + " is of " + attribute.getType() + " vs " + type);
    }

    return attribute;
  }

  /** A refusal of the whole model, as DATA_CONTRACT. */
  MillraceException malformed(String reason) {
    return new MillraceException(
        ErrorCategory.DATA_CONTRACT,
        "Cannot use the trees of "
            + owner
            + ": "
            + reason
            + "; the file is damaged, fetch or export it again");
  }
}
