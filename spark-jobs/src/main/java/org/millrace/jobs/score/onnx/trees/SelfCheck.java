package org.millrace.jobs.score.onnx.trees;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.List;

/** Compares a model with ONNX Runtime bit for bit; any NaN equals any other. Stateless. */
final class SelfCheck {
  /** Not a multiple of any block or group: the last ones are tried too. */
  private static final int ROWS = 700;

  /** For large models, whose first rows are slow: the compiler has not come round yet. */
  private static final int FEWER_ROWS = 260;

  private static final int MANY_BRANCHES = 4096;

  private SelfCheck() {}

  /**
   * Compares.
   *
   * @param values by output of the model: its name in the reference
   * @throws NotCovered where a score differs
   */
  static void requireEqual(TreeModel model, Reference reference, List<String> values)
      throws OrtException {
    Samples samples = new Samples(model.ensemble(), model.features());
    int rows = rows(model.ensemble());
    TreeScorer scorer = model.scorer(rows);
    OrtSession.Result opened;
    if (model.takesDoubles()) {
      double[][] columns = samples.doubles(rows);
      scorer.score(columns, 0, rows);
      opened = reference.run(columns);
    } else {
      float[][] columns = samples.floats(rows);
      scorer.score(columns, 0, rows);
      opened = reference.run(columns);
    }

    try (OrtSession.Result result = opened) {
      for (int output = 0; output < values.size(); output++) {
        OnnxTensor tensor = Reference.tensor(result, values.get(output));
        compare(model, output, scorer, tensor);
      }
    }
  }

  private static int rows(Ensemble ensemble) {
    int branches = ensemble.trees().stream().mapToInt(tree -> tree.features().length).sum();
    return branches > MANY_BRANCHES ? FEWER_ROWS : ROWS;
  }

  private static void compare(TreeModel model, int output, TreeScorer scorer, OnnxTensor tensor)
      throws OrtException {
    TreeOutput one = model.outputs().get(output);
    int count = rows(model.ensemble()) * one.width();
    if (tensor.getInfo().getNumElements() != count) {
      throw differs(
          model,
          "%s has %d values vs %d in ONNX Runtime"
              .formatted(one.name(), count, tensor.getInfo().getNumElements()));
    }

    switch (one.kind()) {
      case FLOAT -> {
        FloatBuffer wanted = tensor.getFloatBuffer();
        for (int at = 0; at < count; at++) {
          float given = scorer.floats(output)[at];
          if (Float.floatToIntBits(given) != Float.floatToIntBits(wanted.get(at))) {
            throw differs(model, one, at, given, wanted.get(at));
          }
        }
      }
      case DOUBLE -> {
        DoubleBuffer wanted = tensor.getDoubleBuffer();
        for (int at = 0; at < count; at++) {
          double given = scorer.doubles(output)[at];
          if (Double.doubleToLongBits(given) != Double.doubleToLongBits(wanted.get(at))) {
            throw differs(model, one, at, given, wanted.get(at));
          }
        }
      }
      case INT64 -> {
        LongBuffer wanted = tensor.getLongBuffer();
        for (int at = 0; at < count; at++) {
          if (scorer.longs(output)[at] != wanted.get(at)) {
            throw differs(model, one, at, scorer.longs(output)[at], wanted.get(at));
          }
        }
      }
      case LABEL -> {
        String[] wanted = (String[]) tensor.getValue();
        for (int at = 0; at < count; at++) {
          String given = one.labels().get((int) scorer.longs(output)[at]);
          if (!given.equals(wanted[at])) {
            throw differs(model, one, at, given, wanted[at]);
          }
        }
      }
    }
  }

  private static NotCovered differs(
      TreeModel model, TreeOutput output, int at, Object given, Object wanted) {
    return differs(
        model,
        "%s of sample row %d is %s vs %s in ONNX Runtime"
            .formatted(output.name(), at / output.width(), given, wanted));
  }

  private static NotCovered differs(TreeModel model, String how) {
    return new NotCovered(model.engine() + " is not equal to ONNX Runtime: " + how);
  }
}
