package org.millrace.jobs.score.onnx.trees;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * Follows each column of the trees' input back to an element of one of the model's inputs. Covered
 * are steps that treat elements one by one (filling, scaling, codes of texts, casts, arithmetic
 * with constants), that join or pick columns, and one-hot encoders, which spread an element over
 * several columns. A step that mixes elements, such as MatMul, is refused. Driver only; for one
 * thread.
 */
public final class FeatureSources {
  private static final int MAX_STEPS = 1000;

  /** One element in, one out, at the same place; inputs but for the first are parameters. */
  private static final Set<String> ONE_BY_ONE =
      Set.of(
          ("Identity Cast Imputer Scaler LabelEncoder Binarizer Abs Neg Exp Log "
                  + "Sqrt Reciprocal Floor Ceil Round Sign Tanh Sigmoid Relu IsNaN IsInf "
                  + "Not Clip Dropout StringNormalizer")
              .split(" "));

  /** Elements at the same place of all inputs that are not constant. */
  private static final Set<String> AT_ONE_PLACE =
      Set.of(
          ("Add Sub Mul Div Pow Where Min Max Equal Greater Less GreaterOrEqual "
                  + "LessOrEqual And Or")
              .split(" "));

  private final Map<String, NodeProto> makers = new HashMap<>();
  private final Map<String, TensorProto> constants = new HashMap<>();
  private final Map<String, SourceRow> known = new HashMap<>();
  private int steps;

  private FeatureSources(GraphProto graph) {
    graph.getNodeList().forEach(one -> one.getOutputList().forEach(name -> makers.put(name, one)));
    graph.getInitializerList().forEach(one -> constants.put(one.getName(), one));
    for (NodeProto node : graph.getNodeList()) {
      if (node.getOpType().equals("Constant") && node.getAttribute(0).hasT()) {
        constants.put(node.getOutput(0), node.getAttribute(0).getT());
      }
    }

    for (ValueInfoProto input : graph.getInputList()) {
      int width = width(input);
      if (!constants.containsKey(input.getName()) && width > 0) {
        known.put(input.getName(), SourceRow.input(input.getName(), width));
      }
    }
  }

  /**
   * By column of the trees' input.
   *
   * @param onnxModel with one tree ensemble
   * @param features columns of its input
   * @throws MillraceException DATA_CONTRACT where a column does not come from one element
   */
  public static List<FeatureSource> of(byte[] onnxModel, int features) {
    try {
      ModelProto model = ModelProto.parseFrom(onnxModel);
      List<FeatureSource> sources =
          new FeatureSources(model.getGraph()).row(TreeGraph.upToTrees(model).input()).sources();
      if (sources.size() != features) {
        throw refused(
            "%d columns were followed vs %d of their input".formatted(sources.size(), features));
      }

      return sources;
    } catch (NotCovered e) {
      throw refused(e.reason());
    } catch (InvalidProtocolBufferException e) {
      throw refused("the model is no whole ONNX file");
    }
  }

  private SourceRow row(String value) {
    SourceRow found = known.get(value);
    if (found == null) {
      NodeProto maker = makers.get(value);
      if (maker == null || ++steps > MAX_STEPS) {
        throw refused("the width of %s is unknown".formatted(value));
      }

      found = made(maker, maker.getOpType());
      known.put(value, found);
    }

    return found;
  }

  private SourceRow made(NodeProto node, String type) {
    if (ONE_BY_ONE.contains(type)) {
      return row(node.getInput(0));
    } else if (AT_ONE_PLACE.contains(type)) {
      return atOnePlace(node);
    }

    return switch (type) {
      case "Concat" -> joined(node, new Attributes(node).integer("axis", 0));
      case "FeatureVectorizer" -> joined(node, 1);
      case "OneHotEncoder" -> row(node.getInput(0)).spread(categories(node));
      case "ArrayFeatureExtractor" -> picked(node, -1);
      case "Gather" -> picked(node, new Attributes(node).integer("axis", 0));
      case "Reshape", "Flatten", "Squeeze", "Unsqueeze" -> flattened(node);
      default -> throw refused(described(node) + " mixes columns, or is unknown");
    };
  }

  private SourceRow atOnePlace(NodeProto node) {
    SourceRow all = null;
    for (String input : node.getInputList()) {
      if (!constants.containsKey(input)) {
        SourceRow one = row(input);
        if (all != null && !all.equals(one)) {
          throw refused(described(node) + " mixes columns");
        }

        all = one;
      }
    }

    if (all == null || node.getInputList().stream().anyMatch(name -> isWider(name, all(node)))) {
      throw refused(described(node) + " does not keep the width of its row");
    }

    return all;
  }

  private int all(NodeProto node) {
    return node.getInputList().stream()
        .filter(name -> !constants.containsKey(name))
        .mapToInt(name -> row(name).sources().size())
        .max()
        .orElse(0);
  }

  /** A constant with more elements than a row would widen it. */
  private boolean isWider(String name, int width) {
    TensorProto constant = constants.get(name);
    long count = constant == null ? 1 : constant.getDimsList().stream().reduce(1L, (a, b) -> a * b);
    return count > width;
  }

  private SourceRow joined(NodeProto node, long axis) {
    SourceRow all = null;
    for (String input : node.getInputList()) {
      SourceRow row = row(input);
      if (!row.isJoinedAlong(axis)) {
        throw refused(described(node) + " joins along axis " + axis);
      }

      all = all == null ? row : all.joined(row, axis);
    }

    if (all == null) {
      throw refused(described(node) + " joins nothing");
    }

    return all;
  }

  private static int categories(NodeProto node) {
    Attributes attributes = new Attributes(node);
    int texts = attributes.words("cats_strings").size();
    return texts > 0 ? texts : attributes.integers("cats_int64s").length;
  }

  private SourceRow picked(NodeProto node, long axis) {
    SourceRow row = row(node.getInput(0));
    long[] positions = integers(constants.get(node.getInput(1)));
    boolean last = axis == -1 || axis == row.dims().size();
    if (positions == null || !last || row.dims().size() != 1) {
      throw refused(described(node) + " picks by what is not constant, or not columns");
    }

    return row.picked(positions);
  }

  private SourceRow flattened(NodeProto node) {
    SourceRow row = row(node.getInput(0));
    boolean keepsRows =
        switch (node.getOpType()) {
          case "Flatten" -> new Attributes(node).integer("axis", 1) == 1;
          case "Reshape" ->
              keepsRows(integers(constants.get(node.getInput(1))), row.sources().size());
          default -> true;
        };
    if (!keepsRows) {
      throw refused(described(node) + " does not keep the width of its row");
    }

    return SourceRow.flat(row.sources());
  }

  /** Whether a constant shape leaves each row what it is. */
  private static boolean keepsRows(long @Nullable [] shape, int width) {
    if (shape == null || shape.length == 0 || shape.length > 2) {
      return false;
    }

    long last = shape[shape.length - 1];
    return shape.length == 1 ? width == 1 : last == width || (last == -1 && shape[0] == 0);
  }

  private static long @Nullable [] integers(@Nullable TensorProto tensor) {
    if (tensor == null || tensor.getDataType() != TensorProto.DataType.INT64_VALUE) {
      return null;
    }

    if (tensor.hasRawData()) {
      LongBuffer longs =
          tensor.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asLongBuffer();
      long[] values = new long[longs.remaining()];
      longs.get(values);
      return values;
    }

    return tensor.getInt64DataList().stream().mapToLong(Long::longValue).toArray();
  }

  /** Elements of a row, as the input declares it; 0 where it is open. */
  private static int width(ValueInfoProto input) {
    List<TensorShapeProto.Dimension> shape =
        input.getType().getTensorType().getShape().getDimList();
    return shape.isEmpty() || shape.size() > 2
        ? 0
        : shape.size() == 1 ? 1 : (int) shape.get(1).getDimValue();
  }

  private static String described(NodeProto node) {
    return new Attributes(node).owner();
  }

  private static MillraceException refused(String reason) {
    return new MillraceException(
        ErrorCategory.DATA_CONTRACT,
        "Cannot name the columns that the trees read: %s; covered are steps that treat, join or pick columns, and one-hot encoders; read the contributions by position"
            .formatted(reason));
  }
}
