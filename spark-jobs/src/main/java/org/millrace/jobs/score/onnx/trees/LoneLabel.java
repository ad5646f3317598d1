package org.millrace.jobs.score.onnx.trees;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.List;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * A tree classifier with one label that is a text: ONNX Runtime 1.28 reads past the label and ends
 * the process, so it must never run one. Stateless.
 */
public final class LoneLabel {
  private LoneLabel() {}

  /**
   * Looks through the graph, its branches and its functions.
   *
   * @throws MillraceException DATA_CONTRACT where there is one, or where the bytes are no model
   */
  public static void refuse(byte[] onnxModel) {
    try {
      ModelProto model = ModelProto.parseFrom(onnxModel);
      refuse(model.getGraph());
      model.getFunctionsList().forEach(function -> refuse(function.getNodeList()));
    } catch (InvalidProtocolBufferException e) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot look for trees in a model: it is no whole ONNX file (%d bytes); fetch or export it again"
              .formatted(onnxModel.length),
          e);
    }
  }

  private static void refuse(GraphProto graph) {
    refuse(graph.getNodeList());
  }

  private static void refuse(List<NodeProto> nodes) {
    for (NodeProto node : nodes) {
      Attributes attributes = new Attributes(node);
      if (EnsembleReader.isTrees(node) && attributes.texts("classlabels_strings").size() == 1) {
        throw new MillraceException(
            ErrorCategory.DATA_CONTRACT,
            "Cannot use the trees of %s: its classlabels_strings has 1 text vs 2 or more, and ONNX Runtime ends the process on it; export it with two classes"
                .formatted(attributes.owner()));
      }

      for (AttributeProto attribute : node.getAttributeList()) {
        refuse(attribute.getG());
        attribute.getGraphsList().forEach(LoneLabel::refuse);
      }
    }
  }
}
