package org.millrace.features.asof;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/**
 * The steps of {@link AsOfStrategy#BROADCAST}: one job brings all views to the driver, which sorts
 * them and gives them to the tasks that read the spine. Every input is read once. Driver only.
 */
final class BroadcastJoin {
  private final JavaSparkContext context;
  private final boolean oneJvm;
  private final List<SparkPlan> inputs;
  private final List<AsOfShape.Columns> columns;
  private final Attribute asOf;
  private final AsOfShape shape;

  BroadcastJoin(
      SparkSession session, List<SparkPlan> inputs, List<Expression> flat, AsOfShape shape) {
    context = JavaSparkContext.fromSparkContext(session.sparkContext());
    oneJvm = session.sparkContext().isLocal();
    this.inputs = inputs;
    this.columns = shape.columns(flat);
    this.asOf = AsOfShape.asOf(flat);
    this.shape = shape;
  }

  /** The enriched rows: the spine's columns, then those of the views. */
  JavaRDD<ColumnarBatch> rows() {
    List<ViewIndex> indexes = readViews();
    SparkPlan spine = inputs.get(0);
    List<LookedUpBatches.View> views = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      views.add(
          new LookedUpBatches.View(
              Shared.of(context, oneJvm, indexes.get(i)),
              reader(i),
              BucketJoin.ordinals(spine, columns.get(i).spineKeys()),
              columns.get(i).valueColumns()));
    }

    int[] output = IntStream.range(0, spine.output().size()).toArray();
    return spine
        .executeColumnar()
        .toJavaRDD()
        .mapPartitions(
            new LookedUpBatches(
                output, BucketJoin.ordinals(spine, List.of(asOf))[0], views, shape.counters()),
            true);
  }

  private List<ViewIndex> readViews() {
    try (Parcels parcels = Parcels.open(oneJvm)) {
      List<List<ReadView.Rows>> parts = new ArrayList<>();
      JavaRDD<byte[]> all = context.emptyRDD();
      for (int i = 0; i < columns.size(); i++) {
        parts.add(new ArrayList<>());
        JavaRDD<byte[]> read =
            inputs.get(i + 1).executeColumnar().toJavaRDD().mapPartitions(task(i, parcels), true);
        all = i == 0 ? read : all.union(read);
      }

      for (byte[] packed : all.collect()) {
        ReadView.Rows rows = parcels.open(packed, ReadView.Rows.class);
        parts.get(rows.view()).add(rows);
      }

      return IntStream.range(0, columns.size())
          .mapToObj(
              i ->
                  ViewIndex.of(
                      parts.get(i), reader(i).isExact(), columns.get(i).view().ttlMicros()))
          .toList();
    }
  }

  private KeyReader reader(int view) {
    return new KeyReader(columns.get(view).keys().stream().map(Expression::dataType).toList());
  }

  private ReadView task(int i, Parcels parcels) {
    AsOfShape.Columns view = columns.get(i);
    SparkPlan plan = inputs.get(i + 1);
    int[] times = BucketJoin.ordinals(plan, List.of(view.event(), view.known()));
    return new ReadView(
        i,
        reader(i),
        new ViewScan(
            BucketJoin.ordinals(plan, view.keys()), times[0], times[1], view.view().inclusive()),
        BucketJoin.ordinals(plan, view.values()),
        view.valueColumns(),
        parcels);
  }
}
