package org.millrace.jobs.explain.shap;

import java.util.Collections;
import java.util.Iterator;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.api.java.function.Function2;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.MillraceException;
import org.millrace.jobs.score.onnx.OnnxScoring;
import org.millrace.jobs.score.onnx.TreeInput;
import org.millrace.jobs.score.onnx.trees.RawTrees;

/** Counts on Spark how the rows of a data set spread over a model's trees. Driver only. */
public final class CountCovers {
  private CountCovers() {}

  /**
   * Runs a Spark job over the rows, each read once.
   *
   * @param scoring with the model's inputs and what missing values mean, as rows are scored; its
   *     other settings do not matter
   * @param rows the background, such as the training rows
   * @throws MillraceException DATA_CONTRACT where the model's trees are not covered, or the columns
   *     do not fit it
   */
  public static NodeCovers of(OnnxScoring scoring, Dataset<Row> rows) {
    TreeInput input = scoring.treeInput();
    RawTrees trees = input.trees();
    Dataset<Row> matrix = input.apply(rows, TreeRows.COLUMN).select("`" + TreeRows.COLUMN + "`");
    Broadcast<RawTrees> sent =
        JavaSparkContext.fromSparkContext(rows.sparkSession().sparkContext()).broadcast(trees);
    try {
      long[] counts =
          matrix
              .javaRDD()
              .mapPartitions(new CountRows(sent))
              .treeAggregate(new long[CoverCounter.places(trees)], new Merge(), new Merge());
      return new CoverCounter(trees, counts).covers(input.sha256());
    } finally {
      sent.destroy();
    }
  }

  /** One array of counts for each partition. Executors only. */
  private static final class CountRows implements FlatMapFunction<Iterator<Row>, long[]> {
    private static final long serialVersionUID = 1L;

    private final Broadcast<RawTrees> trees;

    CountRows(Broadcast<RawTrees> trees) {
      this.trees = trees;
    }

    @Override
    public Iterator<long[]> call(Iterator<Row> rows) {
      if (!rows.hasNext()) {
        return Collections.emptyIterator();
      }

      CoverCounter counter = new CoverCounter(trees.value());
      double[] values = new double[trees.value().features()];
      while (rows.hasNext()) {
        TreeRows.read(rows.next(), 0, values, 0, values.length);
        counter.add(values, 1);
      }

      return Collections.singleton(counter.counts()).iterator();
    }
  }

  /** Adds counts to those before. */
  private static final class Merge implements Function2<long[], long[], long[]> {
    private static final long serialVersionUID = 1L;

    @Override
    public long[] call(long[] counts, long[] others) {
      return CoverCounter.merge(counts, others);
    }
  }
}
