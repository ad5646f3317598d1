package org.millrace.jobs.score.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import ai.onnxruntime.ValueInfo;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.SparkContext;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
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
   * Inspects the file (it must not have the runtime read other files), then loads it and looks. In
   * local mode the session stays for the tasks, which would open it anyway.
   *
   * @throws MillraceException DATA_CONTRACT where the model is damaged, or does not load
   */
  static ModelSignature of(OnnxModel model, SparkContext spark) {
    check(model);
    if (!spark.isLocal()) {
      return read(model);
    }

    try (SharedSessions.Lease lease = SharedSessions.ofThisJvm().lease(model)) {
      return lease.session().call(ModelSignature::of); // the tasks run in this JVM and share it
    }
  }

  /**
   * What can be told without native code, which some damage would crash.
   *
   * @throws MillraceException DATA_CONTRACT where the model is damaged
   */
  static void check(OnnxModel model) {
    byte[] bytes = model.verifiedBytes();
    OnnxInspector.inspect(bytes, model.name() + " version " + model.version());
    TreeChecks.check(bytes);
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
