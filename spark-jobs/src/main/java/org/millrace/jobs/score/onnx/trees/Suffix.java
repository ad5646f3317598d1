package org.millrace.jobs.score.onnx.trees;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.Arrays;
import java.util.List;

/**
 * The way from the trees' scores or label to one output of the model: steps that change nothing,
 * Sigmoid, and at the end maps, which are left to the caller.
 *
 * @param label whether it starts from the classifier's label
 * @param sigmoids how often Sigmoid is applied
 */
record Suffix(TreeOutput output, boolean label, int sigmoids) {
  /** The operator that makes a map a row. */
  static final String MAP = "ZipMap";

  /**
   * @throws NotCovered where a step is not ours
   */
  static Suffix of(TreeGraph.Outlet outlet, Ensemble ensemble) {
    int sigmoids = 0;
    List<String> keys = List.of();
    for (NodeProto step : outlet.steps()) {
      if (!keys.isEmpty()) {
        throw new NotCovered("after its maps comes " + step.getOpType());
      }

      if (step.getOpType().equals(MAP) && !outlet.label()) {
        keys = keys(step);
      } else if (step.getOpType().equals("Sigmoid")
          && !outlet.label()
          && !ensemble.doubleOutput()) {
        sigmoids++;
      } else if (!changesNothing(step, outlet.label(), ensemble)) {
        throw new NotCovered("after its trees comes " + step.getOpType());
      }
    }

    return new Suffix(output(outlet, ensemble, keys), outlet.label(), sigmoids);
  }

  private static TreeOutput output(TreeGraph.Outlet outlet, Ensemble ensemble, List<String> keys) {
    ValueInfoProto value = outlet.output();
    Ensemble.Classes classes = ensemble.classes();
    if (outlet.label() && classes != null) {
      return new TreeOutput(
          value.getName(),
          classes.texts().isEmpty() ? TreeOutput.Kind.INT64 : TreeOutput.Kind.LABEL,
          1,
          true,
          classes.texts(),
          List.of());
    }

    if (!keys.isEmpty() && keys.size() != ensemble.targets()) {
      throw new NotCovered(
          "its maps have " + keys.size() + " keys for " + ensemble.targets() + " scores");
    }

    TreeOutput.Kind kind = ensemble.doubleOutput() ? TreeOutput.Kind.DOUBLE : TreeOutput.Kind.FLOAT;
    return new TreeOutput(value.getName(), kind, ensemble.targets(), false, List.of(), keys);
  }

  private static List<String> keys(NodeProto map) {
    Attributes attributes = new Attributes(map);
    List<String> texts = attributes.texts("classlabels_strings");
    return texts.isEmpty()
        ? Arrays.stream(attributes.integers("classlabels_int64s")).mapToObj(Long::toString).toList()
        : texts;
  }

  private static boolean changesNothing(NodeProto step, boolean label, Ensemble ensemble) {
    if (step.getOpType().equals("Identity")) {
      return true;
    }

    TensorProto.DataType own = TensorProto.DataType.FLOAT;
    if (label) {
      Ensemble.Classes classes = ensemble.classes();
      own =
          classes == null || classes.texts().isEmpty()
              ? TensorProto.DataType.INT64
              : TensorProto.DataType.STRING;
    } else if (ensemble.doubleOutput()) {
      own = TensorProto.DataType.DOUBLE;
    }

    return step.getOpType().equals("Cast")
        && new Attributes(step).integer("to", 0) == own.getNumber();
  }
}
