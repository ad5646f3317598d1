package org.millrace.bench.contender;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.last;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;

import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;

/**
 * The as-of join as it is written in Spark SQL by hand: spine and view in one union, the last value
 * by a running window. One view after the other; no time of knowledge, no ttl.
 */
final class RunningLast {
  private RunningLast() {}

  static Dataset<Row> join(AsOfTask task, Dataset<Row> spine, List<Dataset<Row>> views) {
    Dataset<Row> joined = spine.select(col("id"), col(task.key()), col("as_of"));
    for (int view = 0; view < views.size(); view++) {
      joined = join(task.key(), joined, views.get(view), view);
    }

    return joined;
  }

  private static Dataset<Row> join(String key, Dataset<Row> spine, Dataset<Row> view, int number) {
    Column[] values =
        IntStream.range(0, AsOfTask.VALUES)
            .mapToObj(i -> col(AsOfWork.value(number, i)))
            .toArray(Column[]::new);
    Column[] carried =
        IntStream.range(0, spine.columns().length)
            .mapToObj(i -> col(spine.columns()[i]))
            .toArray(Column[]::new);
    Dataset<Row> facts =
        view.select(
            col(key).as("k0"),
            col("event_timestamp").as("t0"),
            lit(0).as("side"),
            lit(null).cast(spine.select(struct(carried)).schema().fields()[0].dataType()).as("row"),
            struct(values).as("facts"));
    Dataset<Row> asked =
        spine.select(
            col(key).as("k0"),
            col("as_of").as("t0"),
            lit(1).as("side"),
            struct(carried).as("row"),
            lit(null).cast(facts.schema().apply("facts").dataType()).as("facts"));
    WindowSpec past =
        Window.partitionBy("k0")
            .orderBy("t0", "side")
            .rowsBetween(Window.unboundedPreceding(), Window.currentRow());
    return facts
        .union(asked)
        .withColumn("facts", last(col("facts"), true).over(past))
        .where(col("side").equalTo(1))
        .select("row.*", "facts.*");
  }
}
