package org.millrace.jobs.score.onnx;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.TaskContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.resource.ResourceInformation;
import org.apache.spark.sql.catalyst.CatalystTypeConverters;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.util.TaskCompletionListener;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * What a task is sent: plan, model, counters, and where the columns lie in the child's rows. Made
 * on the driver.
 *
 * @param kept positions of the columns that are handed on
 * @param keptTypes their types
 * @param inputs positions of the feature columns, by model input
 */
record ScoringTask(
    ScoringPlan plan,
    Broadcast<OnnxModel> model,
    ScoringAccumulator tallies,
    ScoringMetrics metrics,
    List<Integer> kept,
    List<DataType> keptTypes,
    List<List<Integer>> inputs)
    implements Serializable {
  private static final int LONGEST_VALUE = 60;

  /** {@link #kept} for loops. */
  int[] keptOrdinals() {
    return ordinals(kept);
  }

  /** {@link #inputs} for loops. */
  int[][] inputOrdinals() {
    return inputs.stream().map(ScoringTask::ordinals).toArray(int[][]::new);
  }

  private static int[] ordinals(List<Integer> positions) {
    return positions.stream().mapToInt(Integer::intValue).toArray();
  }

  /**
   * Opens a scorer that ends with its rows or with the running task, whichever comes first: a task
   * that succeeds, fails, is killed, or is read only in part gives everything back.
   *
   * @param partition that is scored; a coalesced task scores several
   */
  TaskScorer open(int partition) {
    TaskContext task = requireNonNull(TaskContext.get(), "not running inside a Spark task");
    LeasedEngine lease = LeasedEngine.of(model.value(), plan, gpu(task));
    TaskCompletionListener giveBack = ended -> lease.close();
    task.addTaskCompletionListener(giveBack); // runs after the one added below
    if (lease.isFirst()) {
      metrics.opened();
    }

    TaskScorer scorer = new TaskScorer(this, task.stageId(), partition, lease);
    TaskCompletionListener end = ended -> scorer.finish();
    task.addTaskCompletionListener(end);
    return scorer;
  }

  /** Says which row was refused, by its kept columns. */
  MillraceException rejected(RejectedInput rejected, InternalRow row) {
    Map<String, String> key = new LinkedHashMap<>();
    for (int i = 0; i < kept.size(); i++) {
      int ordinal = kept.get(i);
      DataType type = keptTypes.get(i);
      Object value =
          row.isNullAt(ordinal)
              ? null
              : CatalystTypeConverters.convertToScala(row.get(ordinal, type), type);
      key.put(plan.kept().get(i), shortened(String.valueOf(value)));
    }

    return new MillraceException(
        ErrorCategory.DATA_CONTRACT,
        "Cannot score: column %s %s in the row %s, and %s"
            .formatted(rejected.column(), rejected.is(), key, rejected.why()));
  }

  /** A kept column may be an array of thousands. */
  private static String shortened(String value) {
    return value.length() <= LONGEST_VALUE ? value : value.substring(0, LONGEST_VALUE) + "...";
  }

  /** The address that Spark gave to the task; the first GPU where Spark schedules none. */
  private static int gpu(TaskContext task) {
    ResourceInformation given = task.resourcesJMap().get("gpu");
    if (given == null || given.addresses().length == 0) {
      return 0;
    }

    try {
      return Integer.parseInt(given.addresses()[0]);
    } catch (NumberFormatException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL,
          "Cannot use the GPU %s that Spark gave to the task: ONNX Runtime knows GPUs by number; let the discovery script print indexes"
              .formatted(given.addresses()[0]),
          e);
    }
  }
}
