package org.millrace.jobs.score.onnx.trees;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.TensorInfo;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/** Takes a model from bytes to a {@link TreeModel}, or says why not. Stateless. */
final class TreeLoader {
  private static final int MAX_FEATURES = 100_000;

  /** What the trees take. */
  record Input(int elementType, int features) {
    boolean doubles() {
      return elementType == TensorProto.DataType.DOUBLE_VALUE;
    }
  }

  private final Set<String> engines;
  private final SessionSource sessions;

  /**
   * @param engines names of those that may be chosen
   */
  TreeLoader(Set<String> engines, SessionSource sessions) {
    this.engines = engines;
    this.sessions = sessions;
  }

  TreeReading read(byte[] bytes) {
    ModelProto model;
    try {
      model = ModelProto.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot look for trees in a model: it is no whole ONNX file ("
              + bytes.length
              + " bytes); fetch or export it again",
          e);
    }

    try {
      return read(TreeGraph.of(model));
    } catch (NotCovered e) {
      return new TreeReading.NotTrees(e.reason());
    } catch (OrtException e) {
      return new TreeReading.NotTrees("ONNX Runtime refuses its trees: " + e.getMessage());
    }
  }

  private TreeReading read(TreeGraph graph) throws OrtException {
    Input input = input(graph, sessions);
    if (graph.prefix().isEmpty()) {
      return new TreeReading.Trees(model(graph, input));
    }

    TreeModel model = model(graph, input);
    ValueInfoProto output = Protos.tensor(graph.input(), input.elementType(), -1, input.features());
    return new TreeReading.TreeSplit(graph.prefixModel(output).toByteArray(), model);
  }

  private TreeModel model(TreeGraph graph, Input input) throws OrtException {
    Ensemble ensemble = ensemble(graph, input);
    List<Suffix> suffixes =
        graph.outputs().stream().map(outlet -> Suffix.of(outlet, ensemble)).toList();
    new Finish(ensemble); // refuses what it does not do, before anything is compiled
    List<Engines.Candidate> suited = Engines.suited(ForestBuilder.build(ensemble), engines);
    Engine engine = Fastest.of(suited, ensemble, input.features());
    TreeModel model = new TreeModel(graph.input(), input.features(), ensemble, engine, suffixes);
    byte[] alone = graph.treesModel(input.elementType(), input.features()).toByteArray();
    try (Reference reference = new Reference(sessions, alone)) {
      SelfCheck.requireEqual(model, reference, graph.outputs().stream().map(graph::value).toList());
    }

    return model;
  }

  /**
   * Reads the ensemble.
   *
   * @throws NotCovered where it is whole but not for our evaluators
   * @throws MillraceException DATA_CONTRACT where it is malformed
   */
  static Ensemble ensemble(TreeGraph graph, Input input) {
    Ensemble ensemble = EnsembleReader.read(graph.trees(), input.doubles());
    if (ensemble.leastFeatures() > input.features()) {
      throw new Attributes(graph.trees())
          .malformed(
              "a branch asks for column %d vs 0 to %d"
                  .formatted(ensemble.leastFeatures() - 1, input.features() - 1));
    }

    return ensemble;
  }

  /**
   * Finds out what the trees take.
   *
   * @throws NotCovered where that is unknown, or not for our evaluators
   * @throws OrtException where ONNX Runtime refuses what comes before them
   */
  static Input input(TreeGraph graph, SessionSource sessions) throws OrtException {
    return graph.prefix().isEmpty() ? declared(graph) : inferred(graph, sessions);
  }

  /** The model's one input is the trees' own. */
  private static Input declared(TreeGraph graph) {
    Set<String> constants =
        graph.model().getGraph().getInitializerList().stream()
            .map(TensorProto::getName)
            .collect(Collectors.toSet());
    List<ValueInfoProto> inputs =
        graph.model().getGraph().getInputList().stream()
            .filter(input -> !constants.contains(input.getName()))
            .toList();
    if (inputs.size() != 1 || !inputs.get(0).getName().equals(graph.input())) {
      throw new NotCovered("its trees do not take its one input");
    }

    TypeProto.Tensor tensor = inputs.get(0).getType().getTensorType();
    List<TensorShapeProto.Dimension> shape = tensor.getShape().getDimList();
    if (shape.size() != 2 || shape.get(0).hasDimValue()) {
      throw new NotCovered("its input is not [rows, features] with rows open");
    }

    return input(tensor.getElemType(), shape.get(1).getDimValue());
  }

  /** ONNX Runtime knows what the prefix ends with. */
  private static Input inferred(TreeGraph graph, SessionSource sessions) throws OrtException {
    ValueInfoProto bare = ValueInfoProto.newBuilder().setName(graph.input()).build();
    try (Reference prefix = new Reference(sessions, graph.prefixModel(bare).toByteArray())) {
      TensorInfo info = prefix.output();
      if (info.getShape().length != 2) {
        throw new NotCovered("its trees do not take [rows, features]");
      }

      int type =
          info.type == OnnxJavaType.FLOAT
              ? TensorProto.DataType.FLOAT_VALUE
              : info.type == OnnxJavaType.DOUBLE ? TensorProto.DataType.DOUBLE_VALUE : 0;
      return input(type, info.getShape()[1]);
    }
  }

  private static Input input(int elementType, long features) {
    if (elementType != TensorProto.DataType.FLOAT_VALUE
        && elementType != TensorProto.DataType.DOUBLE_VALUE) {
      throw new NotCovered("its trees take neither floats nor doubles");
    }

    if (features < 1 || features > MAX_FEATURES) {
      throw new NotCovered("its trees take a number of columns that is not known, or too large");
    }

    return new Input(elementType, (int) features);
  }
}
