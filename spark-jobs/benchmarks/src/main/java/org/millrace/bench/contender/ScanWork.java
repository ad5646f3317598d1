package org.millrace.bench.contender;

import static org.apache.spark.sql.functions.col;

import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.vectorized.ColumnarBatch;
import org.millrace.bench.run.Check;

/**
 * Spark's vectorised scan alone: all columns of all rows decoded into column batches, which are
 * counted and dropped. No row is made, so that this is what any operator on top starts from.
 */
final class ScanWork implements Work {
  private final SparkSession spark;
  private final SparkPlan scan;

  ScanWork(Task task) {
    this.spark = SparkWork.session(task);
    Column[] columns = new Column[task.columns().size() + 1];
    columns[0] = col("id");
    for (int i = 0; i < task.columns().size(); i++) {
      columns[i + 1] = col(task.columns().get(i));
    }

    SparkPlan plan =
        spark.read().parquet(task.data()).select(columns).queryExecution().executedPlan();
    while (!plan.supportsColumnar()) {
      plan = plan.children().head();
    }

    this.scan = plan;
  }

  /** Nothing is scored: agrees with nobody. */
  @Override
  public Check check() {
    return new Check(0, Double.NaN, Double.NaN, Double.NaN);
  }

  @Override
  public Done round() {
    long start = System.nanoTime();
    long rows = scan.executeColumnar().toJavaRDD().mapPartitions(new CountRows()).reduce(Long::sum);
    return Done.since(start, rows);
  }

  @Override
  public void close() {
    spark.stop();
  }

  /** Pulls the batches of a partition. Runs in tasks; holds nothing. */
  private static final class CountRows implements FlatMapFunction<Iterator<ColumnarBatch>, Long> {
    private static final long serialVersionUID = 1L;

    @Override
    public Iterator<Long> call(Iterator<ColumnarBatch> batches) {
      long rows = 0;
      while (batches.hasNext()) {
        rows += batches.next().numRows();
      }

      return List.of(rows).iterator();
    }
  }
}
