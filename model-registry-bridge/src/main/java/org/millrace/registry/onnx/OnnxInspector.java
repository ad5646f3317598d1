package org.millrace.registry.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.Causes;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * Looks into an ONNX file without running it. Refuses, as DATA_CONTRACT, a file that is damaged or
 * empty, whose values come from nowhere, or that would have the runtime read other files (external
 * data). Driver and executors; stateless; loads no native code.
 */
public final class OnnxInspector {
  private static final long MAX_BYTES = 512L << 20;

  private OnnxInspector() {}

  /**
   * Reads a file of up to 512 MiB.
   *
   * @throws MillraceException INPUT_MISSING where there is no such file, DATA_CONTRACT where it is
   *     no model that may be run
   */
  public static OnnxModelInfo inspect(Path file) {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw refused(
            file.toString(),
            Files.size(file) + " bytes vs at most " + MAX_BYTES + "; make the model smaller",
            null);
      }

      return inspect(Files.readAllBytes(file), file.toString());
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.INPUT_MISSING, "Cannot read the model " + file + ": " + Causes.words(e), e);
    }
  }

  /**
   * Reads bytes in memory.
   *
   * @param source where they come from, for messages
   */
  public static OnnxModelInfo inspect(byte[] bytes, String source) {
    ModelProto model = parse(bytes, source);
    OnnxContent content = OnnxContent.of(model);
    if (!content.external().isEmpty()) {
      throw refused(
          source,
          "its data lies in other files ("
              + String.join(", ", content.external())
              + "); save it as one file",
          null);
    }

    if (!content.unknownValues().isEmpty()) {
      throw refused(
          source,
          "nothing makes the values "
              + content.unknownValues()
              + "; the file is damaged, fetch or export it again",
          null);
    }

    SortedMap<String, Long> opsets = opsets(model);
    Set<String> undeclared = new TreeSet<>(content.domains());
    undeclared.removeAll(opsets.keySet());
    if (!undeclared.isEmpty()) {
      throw refused(
          source,
          "it uses operators of "
              + undeclared
              + " and declares no version of them; the file is damaged, fetch or export it again",
          null);
    }

    return info(model, content, opsets, source);
  }

  private static ModelProto parse(byte[] bytes, String source) {
    ModelProto model;
    try {
      model = ModelProto.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw refused(
          source,
          "it is no whole ONNX file ("
              + bytes.length
              + " bytes: "
              + e.getMessage()
              + "); fetch or export it again",
          e);
    }

    String missing =
        !model.hasGraph() || model.getGraph().getOutputCount() == 0
            ? "a graph with an output"
            : model.getOpsetImportCount() == 0
                ? "an operator set"
                : model.getIrVersion() <= 0 ? "a format version" : "";
    if (!missing.isEmpty()) {
      throw refused(
          source,
          "it lacks " + missing + " (" + bytes.length + " bytes); fetch or export it again",
          null);
    }

    return model;
  }

  private static OnnxModelInfo info(
      ModelProto model, OnnxContent content, SortedMap<String, Long> opsets, String source) {
    GraphProto graph = model.getGraph();
    Set<String> constants =
        graph.getInitializerList().stream().map(TensorProto::getName).collect(Collectors.toSet());
    TreeMap<String, String> properties = new TreeMap<>();
    for (StringStringEntryProto entry : model.getMetadataPropsList()) {
      properties.put(entry.getKey(), entry.getValue());
    }

    return new OnnxModelInfo(
        source,
        model.getIrVersion(),
        opsets,
        tensors(
            graph.getInputList().stream()
                .filter(input -> !constants.contains(input.getName()))
                .toList()),
        tensors(graph.getOutputList()),
        content.operators(),
        properties);
  }

  /** Of the graph and of the functions, which declare their own. */
  private static SortedMap<String, Long> opsets(ModelProto model) {
    TreeMap<String, Long> opsets = new TreeMap<>();
    Stream.concat(
            model.getFunctionsList().stream()
                .flatMap(function -> function.getOpsetImportList().stream()),
            model.getOpsetImportList().stream())
        .forEach(opset -> opsets.put(OnnxContent.domain(opset.getDomain()), opset.getVersion()));
    return opsets;
  }

  private static List<OnnxModelInfo.Tensor> tensors(List<ValueInfoProto> values) {
    return values.stream().map(OnnxInspector::tensor).toList();
  }

  private static OnnxModelInfo.Tensor tensor(ValueInfoProto value) {
    TypeProto type = value.getType();
    return switch (type.getValueCase()) {
      case TENSOR_TYPE ->
          new OnnxModelInfo.Tensor(
              value.getName(),
              ElementTypes.word(type.getTensorType().getElemType()),
              type.getTensorType().getShape().getDimList().stream()
                  .map(OnnxInspector::dimension)
                  .toList());
      case SEQUENCE_TYPE -> new OnnxModelInfo.Tensor(value.getName(), "sequence", List.of());
      case MAP_TYPE -> new OnnxModelInfo.Tensor(value.getName(), "map", List.of());
      case OPTIONAL_TYPE -> new OnnxModelInfo.Tensor(value.getName(), "optional", List.of());
      case SPARSE_TENSOR_TYPE -> new OnnxModelInfo.Tensor(value.getName(), "sparse", List.of());
      case OPAQUE_TYPE, VALUE_NOT_SET ->
          new OnnxModelInfo.Tensor(value.getName(), "unknown", List.of());
    };
  }

  private static String dimension(TensorShapeProto.Dimension dimension) {
    return switch (dimension.getValueCase()) {
      case DIM_VALUE -> Long.toString(dimension.getDimValue());
      case DIM_PARAM -> dimension.getDimParam().isEmpty() ? "?" : dimension.getDimParam();
      case VALUE_NOT_SET -> "?";
    };
  }

  private static MillraceException refused(
      String source, String reason, @Nullable Throwable cause) {
    return new MillraceException(
        ErrorCategory.DATA_CONTRACT, "Cannot use the model " + source + ": " + reason, cause);
  }
}
