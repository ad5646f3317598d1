package org.millrace.features.asof;

import java.util.ArrayList;
import java.util.Arrays;
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
    oneJvm = Shared.isAllowed(session);
    this.inputs = inputs;
    this.columns = shape.columns(flat);
    this.asOf = AsOfShape.asOf(flat);
    this.shape = shape;
  }

  /** The enriched rows: the spine's columns, then those of the views. */
  JavaRDD<ColumnarBatch> rows() {
    List<ViewIndex> indexes = readViews();
    List<Attribute> output = ScalaLists.list(inputs.get(0).output());
    List<Attribute> wanted = new ArrayList<>(output);
    wanted.add(asOf);
    columns.forEach(view -> wanted.addAll(view.spineKeys()));
    ColumnarSource.Read spine = ColumnarSource.of(inputs.get(0)).read(wanted);
    int[] at = spine.ordinals();
    int next = output.size() + 1;
    List<LookedUpBatches.View> views = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      int keys = columns.get(i).spineKeys().size();
      views.add(
          new LookedUpBatches.View(
              Shared.of(context, oneJvm, indexes.get(i)),
              reader(i),
              Arrays.copyOfRange(at, next, next + keys),
              columns.get(i).valueColumns()));
      next += keys;
    }

    int[] outputAt = Arrays.copyOf(at, output.size());
    return spine
        .batches()
        .mapPartitions(
            new LookedUpBatches(outputAt, at[output.size()], views, shape.counters()), true);
  }

  private List<ViewIndex> readViews() {
    try (Parcels parcels = Parcels.open(oneJvm)) {
      List<List<ReadView.Rows>> parts = new ArrayList<>();
      JavaRDD<byte[]> all = context.emptyRDD();
      for (int i = 0; i < columns.size(); i++) {
        parts.add(new ArrayList<>());
        JavaRDD<byte[]> read = read(i, parcels);
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

  private JavaRDD<byte[]> read(int i, Parcels parcels) {
    AsOfShape.Columns view = columns.get(i);
    ColumnarSource.Read read = ColumnarSource.of(inputs.get(i + 1)).read(view.all());
    int keys = view.keys().size();
    int[] at = read.ordinals();
    ViewScan scan =
        new ViewScan(Arrays.copyOf(at, keys), at[keys], at[keys + 1], view.view().inclusive());
    int[] values = Arrays.copyOfRange(at, keys + 2, at.length);
    return read.batches()
        .mapPartitions(
            new ReadView(i, reader(i), scan, values, view.valueColumns(), parcels), true);
  }
}
