package org.millrace.jobs.score.onnx.trees;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OrtException;
import com.google.protobuf.InvalidProtocolBufferException;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * A model taken apart for explaining its raw scores: what makes the trees' input, and the trees.
 * What comes after the trees is not looked at. Driver only.
 *
 * @param trees the one ensemble
 * @param front an ONNX model with the same inputs whose one output is the trees' input; where the
 *     trees take the model's input as it is, so does this one
 * @param output name of that output
 */
@SuppressWarnings("ArrayRecordComponent") // handed to ONNX Runtime once; never compared
public record RawModel(RawTrees trees, byte[] front, String output) {
  private static final String PASSED = "trees/row";

  /**
   * Takes apart. Uses ONNX Runtime to find the width of what the front part makes, and closes what
   * it opens.
   *
   * @param onnxModel whole and inspected: data in other files is not read
   * @throws MillraceException DATA_CONTRACT where the trees are malformed, unsupported, or do not
   *     have one raw score a row
   */
  public static RawModel read(byte[] onnxModel, SessionSource sessions) {
    try {
      return read(TreeGraph.upToTrees(ModelProto.parseFrom(onnxModel)), sessions);
    } catch (NotCovered e) {
      throw refused(e.reason(), e);
    } catch (OrtException e) {
      throw refused("ONNX Runtime refuses what comes before them: " + e.getMessage(), e);
    } catch (InvalidProtocolBufferException e) {
      throw refused("the model is no whole ONNX file", e);
    }
  }

  private static RawModel read(TreeGraph graph, SessionSource sessions) throws OrtException {
    TreeLoader.Input input = TreeLoader.input(graph, sessions);
    Ensemble ensemble = TreeLoader.ensemble(graph, input);
    new Finish(ensemble); // refuses what has no defined score
    RawTrees trees = RawTreesBuilder.build(ensemble, input.features());
    if (graph.prefix().isEmpty()) {
      byte[] identity =
          Protos.identity(graph.input(), PASSED, input.elementType(), input.features());
      return new RawModel(trees, identity, PASSED);
    }

    ValueInfoProto output = Protos.tensor(graph.input(), input.elementType(), -1, input.features());
    return new RawModel(trees, graph.prefixModel(output).toByteArray(), graph.input());
  }

  private static MillraceException refused(String reason, Exception cause) {
    return new MillraceException(
        ErrorCategory.DATA_CONTRACT,
        "Cannot explain the trees: %s; covered are models with one tree ensemble behind steps of their own"
            .formatted(reason),
        cause);
  }
}
