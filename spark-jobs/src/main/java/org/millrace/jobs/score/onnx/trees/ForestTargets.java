package org.millrace.jobs.score.onnx.trees;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * How many numbers a row of a model's outputs has that come from a forest as they are. Converters
 * declare one for forests of several targets, and ONNX Runtime gives what the forest has
 * (microsoft/onnxruntime issue 12629). Stateless.
 */
public final class ForestTargets {
  private ForestTargets() {}

  /**
   * Looks at the nodes that make the outputs.
   *
   * @return numbers a row by output, of outputs that a forest makes
   * @throws MillraceException DATA_CONTRACT where the bytes are no model
   */
  public static Map<String, Integer> of(byte[] onnxModel) {
    try {
      Map<String, Integer> targets = new HashMap<>();
      List<NodeProto> nodes = ModelProto.parseFrom(onnxModel).getGraph().getNodeList();
      for (NodeProto node : nodes) {
        if (node.getOpType().equals("TreeEnsembleRegressor")) {
          int count =
              (int) Math.min(Integer.MAX_VALUE, new Attributes(node).integer("n_targets", 1));
          node.getOutputList().forEach(output -> targets.put(output, count));
        }
      }

      return targets;
    } catch (InvalidProtocolBufferException e) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot look for trees in a model: it is no whole ONNX file (%d bytes); fetch or export it again"
              .formatted(onnxModel.length),
          e);
    }
  }
}
