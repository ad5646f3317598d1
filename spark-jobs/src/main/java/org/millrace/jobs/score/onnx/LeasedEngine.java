package org.millrace.jobs.score.onnx;

import static java.util.Objects.requireNonNull;

import ai.onnxruntime.OnnxJavaType;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.millrace.jobs.score.onnx.trees.TreeModel;

/**
 * A task's right to what scores its model: the executor's trees, its session, or both. Executors
 * only; closing is idempotent.
 */
final class LeasedEngine implements AutoCloseable {
  private final ChosenEngine chosen;
  private final SharedSessions.@Nullable Lease lease;

  private LeasedEngine(ChosenEngine chosen, SharedSessions.@Nullable Lease lease) {
    this.chosen = chosen;
    this.lease = lease;
  }

  /**
   * Chooses, and opens what is not open yet.
   *
   * @param gpu index of the task's GPU; without meaning on the CPU
   * @throws org.millrace.contracts.MillraceException DATA_CONTRACT where the model cannot be opened
   */
  static LeasedEngine of(OnnxModel model, ScoringPlan plan, int gpu) {
    ChosenEngine chosen = ChosenEngine.of(model, plan.engine(), plan.options().device());
    OnnxModel run = chosen.model();
    return new LeasedEngine(
        chosen, run == null ? null : SharedSessions.ofThisJvm().lease(run, plan.options(), gpu));
  }

  /** Whether a session was opened for this lease. */
  boolean isFirst() {
    return lease != null && lease.isFirst();
  }

  /** The session, named among all of the application's; empty where trees alone score. */
  String session() {
    return lease == null ? "" : lease.session().id();
  }

  /** As {@link ScoringCounts#engines()} tells it. */
  String name() {
    return chosen.name(lease == null ? Device.CPU : lease.session().device());
  }

  /** A buffer for one of the model's inputs, in the form that the engine reads fastest. */
  InputBuffer input(InputPlan input, int batchRows) {
    return chosen.model() == null && input.element() == OnnxJavaType.FLOAT && !input.isArray()
        ? new ColumnsInput(input, batchRows)
        : InputBuffer.of(input, batchRows);
  }

  /** An engine over a task's buffers, for one thread at a time. */
  Engine engine(
      List<InputBuffer> inputs, List<OutputColumn> outputs, int batchRows, ScoringTimes times) {
    TreeModel trees = chosen.trees();
    if (trees == null) {
      return new OrtEngine(requireNonNull(lease).session(), inputs, outputs, batchRows, times);
    }

    TreeOutputs scores = new TreeOutputs(trees, outputs, batchRows);
    return lease == null
        ? new TreeEngine(scores, inputs.get(0), times)
        : new SplitEngine(lease.session(), inputs, scores, batchRows, times);
  }

  @Override
  public void close() {
    if (lease != null) {
      lease.close();
    }
  }
}
