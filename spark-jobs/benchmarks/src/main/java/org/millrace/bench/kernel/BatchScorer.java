package org.millrace.bench.kernel;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.nio.FloatBuffer;
import java.util.Map;
import org.millrace.jobs.score.onnx.trees.SessionSource;
import org.millrace.jobs.score.onnx.trees.TreeModel;
import org.millrace.jobs.score.onnx.trees.TreeReading;
import org.millrace.jobs.score.onnx.trees.TreeScorer;

/** Scores the same batch again and again. For one thread. */
interface BatchScorer extends AutoCloseable {
  /** Scores all rows and returns one of the scores. */
  float score() throws OrtException;

  @Override
  default void close() throws OrtException {}

  /** A model that is open for scorers of all threads. */
  interface Model extends AutoCloseable {
    /** Columns of its input. */
    int features();

    /**
     * A scorer for a thread.
     *
     * @param rows row by row; not copied
     */
    BatchScorer scorer(FloatBuffer rows, int count) throws OrtException;

    @Override
    default void close() throws OrtException {}

    /**
     * Opens it.
     *
     * @param engine {@code onnxruntime}, or one of our evaluators
     */
    static Model open(byte[] bytes, String engine) throws OrtException {
      if (engine.equals("onnxruntime")) {
        return new OrtModel(new OneThread().open(bytes));
      }

      TreeReading reading = TreeModel.read(bytes, new OneThread(), engine);
      if (reading instanceof TreeReading.Trees trees) {
        return new Trees(trees.model());
      }

      throw new IllegalStateException("Cannot score by " + engine + ": " + reading);
    }
  }

  /** Our evaluators. */
  record Trees(TreeModel model) implements Model {
    @Override
    public int features() {
      return model.features();
    }

    @Override
    public BatchScorer scorer(FloatBuffer rows, int count) {
      TreeScorer scorer = model.scorer(count);
      return () -> {
        scorer.score(rows, count);
        return scorer.floats(0)[0];
      };
    }
  }

  /** ONNX Runtime. */
  record OrtModel(OrtSession session) implements Model {
    @Override
    public int features() {
      try {
        NodeInfo input = session.getInputInfo().values().iterator().next();
        return (int) ((TensorInfo) input.getInfo()).getShape()[1];
      } catch (OrtException e) {
        throw new IllegalStateException("Cannot read the model's input: " + e.getMessage(), e);
      }
    }

    @Override
    public BatchScorer scorer(FloatBuffer rows, int count) throws OrtException {
      OnnxTensor input =
          OnnxTensor.createTensor(
              OrtEnvironment.getEnvironment(), rows, new long[] {count, features()});
      return new OrtScorer(session, input);
    }

    @Override
    public void close() throws OrtException {
      session.close();
    }
  }

  /** A batch as ONNX Runtime's tensor. */
  record OrtScorer(OrtSession session, OnnxTensor input) implements BatchScorer {
    @Override
    public float score() throws OrtException {
      String name = session.getInputNames().iterator().next();
      try (OrtSession.Result result = session.run(Map.of(name, input))) {
        return ((OnnxTensor) result.get(0)).getFloatBuffer().get(0);
      }
    }

    @Override
    public void close() {
      input.close();
    }
  }

  /** Sessions of one thread a call. */
  final class OneThread implements SessionSource {
    @Override
    public OrtSession open(byte[] model) throws OrtException {
      try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
        options.setIntraOpNumThreads(1);
        options.setInterOpNumThreads(1);
        return OrtEnvironment.getEnvironment().createSession(model, options);
      }
    }

    @Override
    public void close(OrtSession session) throws OrtException {
      session.close();
    }
  }
}
