package org.millrace.jobs.score.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.Row;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.ScoringDefinition;

/**
 * One task's way to the shared session: buffers that are filled again for each batch, and counts.
 * The lease stays the caller's to close, afterwards.
 *
 * <p>Scoring and closing exclude each other: rows may be pulled by another thread of the task (a
 * Python or script writer) while the task ends. Closing is idempotent.
 */
final class BatchScorer implements AutoCloseable {
  private final ScoringPlan plan;
  private final SharedSessions.Lease lease;
  private final List<InputBuffer> inputs;
  private final long[] nulls;
  private long rows;
  private long batches;
  private boolean closed;

  BatchScorer(ScoringPlan plan, SharedSessions.Lease lease) {
    this.plan = plan;
    this.lease = lease;
    this.inputs =
        plan.inputs().stream().map(input -> InputBuffer.of(input, plan.batchRows())).toList();
    this.nulls = new long[plan.inputColumns().size()];
  }

  /** Scores the first {@code count} rows, in order. */
  synchronized float[] score(Row[] batch, int count) {
    if (closed) {
      throw new IllegalStateException("Cannot score: the task that opened this scorer has ended");
    }

    for (int row = 0; row < count; row++) {
      fill(row, batch[row]);
    }

    float[] scores = lease.session().call(session -> run(session, count));
    rows += count;
    batches++;
    return scores;
  }

  /** What has been scored so far, under the task's identity. */
  synchronized TaskTally tally(int stage, int partition) {
    return new TaskTally(
        stage, partition, rows, batches, nulls.clone(), ExecutorJvm.id(), lease.session().id());
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      lease.session().releaseIfOpen(() -> inputs.forEach(InputBuffer::close));
    }
  }

  private void fill(int row, Row values) {
    int index = 0;
    for (InputBuffer input : inputs) {
      int columns = input.plan.columns().size();
      for (int column = 0; column < columns; column++) {
        if (input.put(row, column, values)) {
          nulls[index]++;
          if (plan.nulls() == ScoringDefinition.Nulls.REJECT) {
            throw missing(input.plan.columns().get(column), values);
          }
        }

        index++;
      }
    }
  }

  private float[] run(OrtSession session, int count) throws OrtException {
    Map<String, OnnxTensor> tensors = new LinkedHashMap<>();
    try {
      for (InputBuffer input : inputs) {
        tensors.put(input.plan.name(), input.tensor(count));
      }

      return result(session, tensors, count);
    } finally {
      for (InputBuffer input : inputs) {
        OnnxTensor tensor = tensors.get(input.plan.name());
        if (tensor != null) {
          input.release(tensor);
        }
      }
    }
  }

  private float[] result(OrtSession session, Map<String, OnnxTensor> tensors, int count)
      throws OrtException {
    OrtSession.Result made = session.run(tensors, Set.of(plan.modelOutput()));
    NativeHandles.RESULTS.opened();
    try (OrtSession.Result result = made) {
      return scores(result.get(0), count);
    } finally {
      NativeHandles.RESULTS.closed();
    }
  }

  private float[] scores(OnnxValue value, int count) {
    FloatBuffer floats = value instanceof OnnxTensor tensor ? tensor.getFloatBuffer() : null;
    if (floats == null || floats.remaining() != count) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot read the model's output %s: expected one float for each of %d rows, found %s"
              .formatted(plan.modelOutput(), count, value.getInfo()));
    }

    float[] scores = new float[count];
    floats.get(scores);
    return scores;
  }

  private MillraceException missing(String column, Row values) {
    Map<String, Object> key = new LinkedHashMap<>();
    for (int i = 0; i < plan.kept().size(); i++) {
      key.put(plan.kept().get(i), String.valueOf(values.get(i)));
    }

    return new MillraceException(
        ErrorCategory.DATA_CONTRACT,
        "Cannot score: column %s is null or NaN in the row %s, and the null policy is REJECT; fill the feature or use IMPUTE"
            .formatted(column, key));
  }
}
