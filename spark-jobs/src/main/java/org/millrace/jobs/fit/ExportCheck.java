package org.millrace.jobs.fit;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.registry.GoldenRow;
import org.millrace.contracts.registry.ModelContract;
import org.millrace.jobs.model.ClassAnswer;
import org.millrace.registry.onnx.FeatureEncoding;
import org.millrace.registry.onnx.TreeEnsemble;

/**
 * Compares an exported model, run by ONNX Runtime, with the Spark model that it was made from. Both
 * see the same float32 values, so that they take the same branches; what remains is the rounding of
 * float32 sums. Driver only; stateless.
 */
public final class ExportCheck {
  /** Most rows of a check. */
  public static final int MAX_ROWS = 10_000;

  private static final int GOLDEN_ROWS = 50;

  /**
   * What a passed check found.
   *
   * @param rows rows compared, copies with missing and unseen values among them
   * @param maxDifference of two scores, at most {@link ModelContract#tolerance}
   * @param ties rows that met a threshold with exactly its value on their way through a tree: there
   *     a comparison that is off by anything shows
   * @param golden 50 of the rows with the export's scores, the same ones on every run
   */
  public record Result(long rows, double maxDifference, long ties, List<GoldenRow> golden) {
    /** Copies the list. */
    public Result {
      golden = List.copyOf(golden);
    }
  }

  private ExportCheck() {}

  /**
   * Scores up to 10,000 rows twice; the same rows on every run.
   *
   * @param rows with the model's input columns, as the training set has them
   * @throws MillraceException INTERNAL, with the worst row, where a difference is above the
   *     tolerance or a score is not a number
   */
  public static Result check(Dataset<Row> rows, ExportedModel model) {
    CheckRows choice = new CheckRows(model.spark().encoding(), MAX_ROWS);
    List<Row> chosen = choice.choose(rows);
    if (chosen.isEmpty()) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot check the export " + model.onnx() + ": there are 0 rows to compare");
    }

    float[] exported = OnnxScores.of(model.onnx(), model.inputs(), chosen);
    List<Row> original =
        model
            .spark()
            .score(rows.sparkSession().createDataFrame(chosen, choice.schema()))
            .select(CheckRows.POSITION, FeatureEncoding.SCORE, SparkScorer.FEATURES)
            .collectAsList();
    return compare(model, chosen, exported, original);
  }

  /** The export's scores of a row: of several classes one for each. */
  private static List<Double> scores(float[] exported, int row, int width) {
    List<Double> scores = new ArrayList<>();
    for (int i = row * width; i < (row + 1) * width; i++) {
      scores.add((double) exported[i]);
    }

    return scores;
  }

  /** The largest; infinite if a score is not a number. */
  private static double difference(List<Double> exported, List<Double> original) {
    double most = 0;
    for (int i = 0; i < original.size(); i++) {
      most = Math.max(most, Math.abs(exported.get(i) - original.get(i))); // NaN stays
    }

    return Double.isNaN(most) ? Double.POSITIVE_INFINITY : most;
  }

  private static Result compare(
      ExportedModel model, List<Row> chosen, float[] exported, List<Row> original) {
    double worst = -1;
    double largest = 0;
    int width = model.spark().width();
    Row worstRow = original.get(0);
    for (Row row : original) {
      List<Double> inSpark = ClassAnswer.numbers(row, 1);
      for (double score : inSpark) {
        largest = Math.max(largest, Math.abs(score));
      }

      double difference = difference(scores(exported, row.getInt(0), width), inSpark);
      if (difference > worst) {
        worst = difference;
        worstRow = row;
      }
    }

    double tolerance = ModelContract.tolerance(largest);
    if (worst > tolerance || original.size() != chosen.size()) {
      throw new MillraceException(
          ErrorCategory.INTERNAL,
          "Cannot use the exported model "
              + model.onnx()
              + ": of "
              + chosen.size()
              + " rows the worst scores "
              + scores(exported, worstRow.getInt(0), width)
              + " in ONNX Runtime vs "
              + ClassAnswer.numbers(worstRow, 1)
              + " in Spark ("
              + original.size()
              + " rows), allowed is a difference of "
              + tolerance
              + "; the row is "
              + shown(model.spark().encoding(), chosen.get(worstRow.getInt(0)))
              + "; report it with the definition and the data");
    }

    return new Result(chosen.size(), worst, ties(model, original), golden(model, chosen, exported));
  }

  /** Rows spread over all, so that copies with missing and unseen values are among them. */
  private static List<GoldenRow> golden(ExportedModel model, List<Row> chosen, float[] scores) {
    int count = Math.min(GOLDEN_ROWS, chosen.size());
    int width = model.inputs().size();
    int classes = model.spark().width();
    List<GoldenRow> golden = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int position = (int) ((long) i * chosen.size() / count);
      List<@Nullable Object> inputs = values(chosen.get(position), width);
      golden.add(
          classes == 1
              ? new GoldenRow(inputs, scores[position])
              : GoldenRow.ofClasses(inputs, scores(scores, position, classes)));
    }

    return golden;
  }

  private static List<@Nullable Object> values(Row row, int width) {
    List<@Nullable Object> values = new ArrayList<>();
    for (int column = 0; column < width; column++) {
      Object value = row.get(column);
      values.add(value instanceof Float number ? (Object) number.doubleValue() : value);
    }

    return values;
  }

  private static long ties(ExportedModel model, List<Row> original) {
    return model
        .trees()
        .map(trees -> original.stream().filter(row -> isTie(trees, row.<Vector>getAs(2))).count())
        .orElse(0L);
  }

  private static boolean isTie(TreeEnsemble trees, Vector features) {
    return trees.trees().stream().anyMatch(tree -> meetsThreshold(tree.root(), features));
  }

  private static boolean meetsThreshold(TreeEnsemble.Node root, Vector features) {
    TreeEnsemble.Node node = root;
    while (node instanceof TreeEnsemble.Split split) {
      double value = features.apply(split.feature());
      if (value == split.threshold()) {
        return true;
      }

      node = value <= split.threshold() ? split.left() : split.right();
    }

    return false;
  }

  private static String shown(FeatureEncoding encoding, Row row) {
    List<String> values = new ArrayList<>();
    List<String> names = encoding.names();
    for (int column = 0; column < names.size(); column++) {
      values.add(names.get(column) + "=" + row.get(column));
    }

    return values.toString();
  }
}
