package org.millrace.jobs.score.onnx;

import static org.apache.spark.sql.functions.array;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.MillraceException;
import org.millrace.jobs.score.onnx.trees.FeatureSource;
import org.millrace.jobs.score.onnx.trees.FeatureSources;
import org.millrace.jobs.score.onnx.trees.RawModel;
import org.millrace.jobs.score.onnx.trees.RawTrees;

/**
 * The trees of a scoring and the rows that enter them: for what explains scores. Driver only; not
 * thread-safe. What comes before the trees is run by ONNX Runtime as in the scoring itself, with
 * the same columns, the same treatment of missing values, and one session for each executor JVM.
 */
public final class TreeInput {
  private final OnnxModel model;
  private final Map<String, List<String>> columnsByInput;
  private final RawModel raw;
  private final OnnxScoring front;

  private TreeInput(
      OnnxModel model, Map<String, List<String>> columnsByInput, RawModel raw, OnnxScoring front) {
    this.model = model;
    this.columnsByInput = columnsByInput;
    this.raw = raw;
    this.front = front;
  }

  /**
   * Takes a model apart.
   *
   * @param settings makes a scoring of the front part like that of the whole model
   * @throws MillraceException DATA_CONTRACT where the model does not have one tree ensemble with
   *     one raw score a row
   */
  static TreeInput of(
      OnnxModel model,
      Map<String, List<String>> columnsByInput,
      Function<OnnxModel, OnnxScoring> settings) {
    ModelSignature.inspect(model);
    RawModel raw = RawModel.read(model.verifiedBytes(), OrtRuntime.sessions());
    OnnxModel front = OnnxModel.of(model.name(), model.version(), raw.front());
    return new TreeInput(model, columnsByInput, raw, settings.apply(front));
  }

  /** SHA-256 of the whole model's file. */
  public String sha256() {
    return model.sha256();
  }

  /** Such as {@code model late_flight version 3}. */
  public String model() {
    return model.toString();
  }

  /** The ensemble. */
  public RawTrees trees() {
    return raw.trees();
  }

  /**
   * The column of features that each column of the trees' input comes from, by position. Several
   * may name one column: a one-hot encoder spreads a text over several, and arrays feed many.
   *
   * @throws MillraceException DATA_CONTRACT where it cannot be derived
   */
  public List<String> featureColumns() {
    return FeatureSources.of(model.verifiedBytes(), raw.trees().features()).stream()
        .map(this::column)
        .toList();
  }

  private String column(FeatureSource source) {
    List<String> columns = columnsByInput.getOrDefault(source.input(), List.of(source.input()));
    return columns.size() == 1 ? columns.get(0) : columns.get(source.position());
  }

  /**
   * Plans the rows that enter the trees.
   *
   * @param column name of the column that gets them: an array of floats, or of doubles where the
   *     trees take these
   * @return the scoring's kept columns and that one, one row for each of the features, lazily
   * @throws MillraceException DATA_CONTRACT where the columns do not fit the model
   */
  public Dataset<Row> apply(Dataset<Row> features, String column) {
    Dataset<Row> made = front.outputs(Map.of(raw.output(), column)).apply(features);
    if (raw.trees().features() > 1) {
      return made;
    }

    Column one = array(made.col(column)); // a row of one number is no array yet
    return made.withColumn(column, one);
  }
}
