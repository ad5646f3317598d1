package org.millrace.jobs.score.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import ai.onnxruntime.ValueInfo;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.jobs.score.onnx.trees.LoneLabel;
import org.millrace.jobs.score.onnx.trees.TreeChecks;
import org.millrace.registry.onnx.OnnxInspector;

/**
 * What a model asks for and gives, as ONNX Runtime understands it. Driver only.
 *
 * @param inputs by name, in the model's order
 * @param outputs by name, in the model's order
 */
record ModelSignature(Map<String, ValueInfo> inputs, Map<String, ValueInfo> outputs) {

  /**
   * Inspects the file: the runtime must neither read other files nor end the JVM.
   *
   * @throws MillraceException DATA_CONTRACT where the model is damaged, or dangerous
   */
  static void inspect(OnnxModel model) {
    byte[] bytes = model.verifiedBytes();
    OnnxInspector.inspect(bytes, model.name() + " version " + model.version());
    TreeChecks.check(bytes);
    LoneLabel.refuse(bytes);
  }

  /**
   * Loads an inspected model and looks.
   *
   * @param keep whether tasks in this JVM are going to need the session: it then stays for them
   * @throws MillraceException DATA_CONTRACT where the model does not load
   */
  static ModelSignature of(OnnxModel model, boolean keep) {
    if (!keep) {
      return read(model);
    }

    try (SharedSessions.Lease lease = SharedSessions.ofThisJvm().lease(model)) {
      return lease.session().call(ModelSignature::of);
    }
  }

  private static ModelSignature of(OrtSession session) throws OrtException {
    return new ModelSignature(infos(session.getInputInfo()), infos(session.getOutputInfo()));
  }

  private static ModelSignature read(OnnxModel model) {
    OrtSession opened = OrtRuntime.open(model);
    try (OrtSession session = opened) {
      return of(session);
    } catch (OrtException e) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot read the inputs and outputs of %s (%s)".formatted(model, e.getMessage()),
          e);
    } finally {
      NativeHandles.SESSIONS.closed();
    }
  }

  private static Map<String, ValueInfo> infos(Map<String, NodeInfo> nodes) {
    Map<String, ValueInfo> infos = new LinkedHashMap<>();
    nodes.forEach((name, node) -> infos.put(name, node.getInfo()));
    return infos;
  }

  /** Such as {@code FLOAT [-1, 4]}. */
  static String describe(ValueInfo info) {
    return info instanceof TensorInfo tensor
        ? tensor.type + " " + Arrays.toString(tensor.getShape())
        : info.toString();
  }
}
