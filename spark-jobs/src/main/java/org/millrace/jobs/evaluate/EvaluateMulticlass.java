package org.millrace.jobs.evaluate;

import java.time.LocalDate;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.IntegralType;
import org.apache.spark.sql.types.StringType;
import org.millrace.contracts.MillraceException;

/**
 * Compares probabilities of several classes with labels that have become known. Driver; Spark
 * counts rows by label and prediction in one pass, and the driver adds up at most one cell for each
 * pair of classes and day.
 *
 * <ul>
 *   <li>Prediction: the class of the highest probability, of equal ones the first in the order of
 *       the classes, as {@code numpy.argmax}.
 *   <li>Top-k accuracy: of equal probabilities the last in the order of the classes ranks first, as
 *       scikit-learn's {@code top_k_accuracy_score}.
 *   <li>Log loss: as scikit-learn's {@code log_loss} since 1.3, probabilities are clipped to [e, 1
 *       - e] and not normalised after it; e is the machine epsilon of the column's elements, 2^-52
 *       for DOUBLE and 2^-23 for FLOAT. The logarithm is that of DOUBLE in both cases.
 * </ul>
 */
public final class EvaluateMulticlass {
  private static final double DOUBLE_EPSILON = 0x1p-52;
  private static final double FLOAT_EPSILON = 0x1p-23;

  private EvaluateMulticlass() {}

  /**
   * All rows as one slice.
   *
   * @param label column of texts or integers; an integer is the class of its decimal digits
   * @param probabilities column of type ARRAY of FLOAT or DOUBLE, in the order of the classes
   * @param classes at least 2, each once
   * @throws MillraceException DATA_CONTRACT if there is no row, a column or the classes do not
   *     suit, a label is null or not one of the classes, or probabilities are null, not one for
   *     each class, outside [0, 1] or with a sum that differs from 1 by more than 0.001
   */
  public static MulticlassMetrics evaluate(
      Dataset<Row> rows, String label, String probabilities, List<String> classes) {
    EvaluatedColumn evaluated = new EvaluatedColumn(probabilities);
    MulticlassFold fold = new MulticlassFold(classes);
    fold(rows, EvaluatedColumn.oneSlice(), label, evaluated, classes, slice -> fold);
    if (fold.isEmpty()) {
      throw evaluated.broken("there is no row, accuracy and its like need at least one");
    }

    return fold.metrics();
  }

  /**
   * Each day's summary, in one pass.
   *
   * @param day column of type DATE; must not be null
   * @return by day, ascending; days without rows are absent
   * @throws MillraceException DATA_CONTRACT as {@link #evaluate}, except that no rows give no days
   */
  public static Map<LocalDate, MulticlassSummary> evaluateByDay(
      Dataset<Row> rows, String day, String label, String probabilities, List<String> classes) {
    EvaluatedColumn evaluated = new EvaluatedColumn(probabilities);
    Map<LocalDate, MulticlassFold> folds = new TreeMap<>();
    fold(
        rows,
        evaluated.slice(rows, day),
        label,
        evaluated,
        classes,
        slice ->
            folds.computeIfAbsent(evaluated.date(slice, day), key -> new MulticlassFold(classes)));
    Map<LocalDate, MulticlassSummary> summaries = new TreeMap<>();
    folds.forEach((date, fold) -> summaries.put(date, fold.summary()));
    return summaries;
  }

  private static void fold(
      Dataset<Row> rows,
      Column slice,
      String label,
      EvaluatedColumn evaluated,
      List<String> classes,
      LongFunction<MulticlassFold> folds) {
    requireClasses(classes, evaluated);
    RankedLabels ranked = new RankedLabels(classes, epsilon(rows, evaluated));
    Dataset<Row> plain =
        rows.select(
            slice.as(RankedLabels.SLICE),
            label(rows, label, evaluated).as(RankedLabels.LABEL),
            ProfiledColumns.column(rows, evaluated.name())
                .cast("array<double>")
                .as(RankedLabels.PROBABILITIES));
    Map<String, Problem> problems = new TreeMap<>();
    for (Iterator<Row> cells = ranked.cells(plain).toLocalIterator(); cells.hasNext(); ) {
      Row cell = cells.next();
      if (cell.isNullAt(1)) {
        folds.apply(cell.getLong(0)).add(RankedLabels.cell(cell));
      } else {
        problems.merge(
            cell.getString(1), new Problem(cell.getLong(4), cell.getString(8)), Problem::plus);
      }
    }

    requireNone(problems, evaluated);
  }

  /** Rows with the same thing wrong, and one of them. */
  private record Problem(long rows, String example) {
    Problem plus(Problem more) {
      return new Problem(
          rows + more.rows, example.compareTo(more.example) < 0 ? example : more.example);
    }
  }

  private static void requireNone(Map<String, Problem> problems, EvaluatedColumn evaluated) {
    if (!problems.isEmpty()) {
      throw evaluated.broken(
          problems.entrySet().stream()
              .map(
                  one ->
                      "%d rows %s, such as label %s"
                          .formatted(one.getValue().rows(), one.getKey(), one.getValue().example()))
              .collect(Collectors.joining("; ")));
    }
  }

  private static void requireClasses(List<String> classes, EvaluatedColumn evaluated) {
    if (classes.size() < 2 || new HashSet<>(classes).size() < classes.size()) {
      throw evaluated.broken("classes are " + classes + " vs at least 2, each once");
    }
  }

  private static Column label(Dataset<Row> rows, String label, EvaluatedColumn evaluated) {
    DataType type = EvaluatedColumn.type(rows, label);
    if (!(type instanceof StringType || type instanceof IntegralType)) {
      throw evaluated.broken("column " + label + " is " + type.sql() + " vs a text or an integer");
    }

    return ProfiledColumns.column(rows, label).cast(DataTypes.StringType);
  }

  private static double epsilon(Dataset<Row> rows, EvaluatedColumn evaluated) {
    DataType type = EvaluatedColumn.type(rows, evaluated.name());
    if (type instanceof ArrayType array && array.elementType().equals(DataTypes.DoubleType)) {
      return DOUBLE_EPSILON;
    }

    if (type instanceof ArrayType array && array.elementType().equals(DataTypes.FloatType)) {
      return FLOAT_EPSILON;
    }

    throw evaluated.broken("its type is " + type.sql() + " vs ARRAY<FLOAT> or ARRAY<DOUBLE>");
  }
}
