package org.millrace.jobs.explain.shap;

import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.jobs.score.onnx.OnnxScoring;
import org.millrace.jobs.score.onnx.TreeInput;

/**
 * Adds to rows what each feature contributes to their raw scores, before any sigmoid. Driver only;
 * not thread-safe. Contributions and base value sum to the raw score.
 */
public final class ShapColumns {
  /** {@code array<double>}, by column of the trees' input. */
  public static final String CONTRIBUTIONS = "contributions";

  /** DOUBLE, the same in all rows: the raw score that is expected of an unknown row. */
  public static final String BASE = "base";

  /** DOUBLE: summed in double from the leaves that the row ends at. */
  public static final String RAW_SCORE = "raw_score";

  private static final List<String> ADDED = List.of(CONTRIBUTIONS, BASE, RAW_SCORE);

  private final TreeInput input;
  private final ShapModel model;

  private ShapColumns(TreeInput input, ShapModel model) {
    this.input = input;
    this.model = model;
  }

  /**
   * Joins a model and covers.
   *
   * @param scoring with the model's inputs, what missing values mean, and the columns to keep, as
   *     rows are scored; its other settings do not matter
   * @param covers counted for this very file
   * @throws MillraceException DATA_CONTRACT where the model's trees are not covered, or the covers
   *     are another model's
   */
  public static ShapColumns of(OnnxScoring scoring, NodeCovers covers) {
    TreeInput input = scoring.treeInput();
    return new ShapColumns(input, ShapModel.of(input.sha256(), input.trees(), covers));
  }

  /**
   * The feature column behind each contribution, by position. A column may be named several times,
   * as a text is that is one-hot encoded: its contribution is the sum of these.
   *
   * @throws MillraceException DATA_CONTRACT where it cannot be derived from the model
   */
  public List<String> featureColumns() {
    return input.featureColumns();
  }

  /** The base value. */
  public double base() {
    return model.base();
  }

  /**
   * Plans the explanation.
   *
   * @return the scoring's kept columns and the three added ones, one row for each of the features
   *     in their order, lazily
   * @throws MillraceException DATA_CONTRACT where the columns do not fit the model; DEFINITION
   *     where an added column has the name of a kept one
   */
  public Dataset<Row> apply(Dataset<Row> features) {
    Dataset<Row> matrix = input.apply(features, TreeRows.COLUMN);
    StructType kept = new StructType();
    for (StructField field : matrix.schema().fields()) {
      if (ADDED.contains(field.name())) {
        throw new MillraceException(
            ErrorCategory.DEFINITION,
            "Cannot explain %s: the kept column %s has the name of an added one vs %s; rename it"
                .formatted(input.model(), field.name(), ADDED));
      }

      kept = field.name().equals(TreeRows.COLUMN) ? kept : kept.add(field);
    }

    StructType explained =
        kept.add(CONTRIBUTIONS, DataTypes.createArrayType(DataTypes.DoubleType, false), false)
            .add(BASE, DataTypes.DoubleType, false)
            .add(RAW_SCORE, DataTypes.DoubleType, false);
    Broadcast<ShapModel> sent =
        JavaSparkContext.fromSparkContext(features.sparkSession().sparkContext()).broadcast(model);
    return matrix.mapPartitions(new ExplainRows(sent, kept.size()), Encoders.row(explained));
  }
}
