package org.millrace.jobs.fit;

import static java.util.Objects.requireNonNull;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.TrainingDefinition;
import org.millrace.jobs.model.ClassAnswer;

/**
 * The column of what came true, as the number that Spark's trainers take: of several classes the
 * position of the label among them. Driver only; columns are lazy.
 *
 * @param column with labels
 * @param classes empty if labels are numbers
 */
record ClassLabels(String column, List<String> classes) {
  private static final int MOST_NAMED = 10;

  /** Copies the list. */
  ClassLabels {
    requireNonNull(column, "column is null");
    classes = List.copyOf(classes);
  }

  static ClassLabels of(TrainingDefinition training, String label) {
    return new ClassLabels(label, training.classes());
  }

  boolean isOfClasses() {
    return !classes.isEmpty();
  }

  /** DOUBLE; negative or null where the label is no class. */
  Column number() {
    Column value = ModelColumns.quoted(column);
    return (isOfClasses() ? ClassAnswer.position(value, classes) : value)
        .cast(DataTypes.DoubleType);
  }

  /**
   * Counts rows by class; one Spark job.
   *
   * @throws MillraceException of category DATA_CONTRACT if a row has a label that is no class, with
   *     counts and an example, or a class has no row
   */
  void requireAll(Dataset<Row> rows) {
    Column label = ModelColumns.quoted(column);
    List<String> absent = new ArrayList<>(classes);
    List<String> problems = new ArrayList<>();
    for (Row found :
        rows.groupBy(number().as("position"))
            .agg(count(lit(1)), min(label.cast(DataTypes.StringType)))
            .orderBy("position")
            .collectAsList()) {
      if (found.isNullAt(0)) {
        problems.add("%,d rows have no label".formatted(found.getLong(1)));
      } else if (found.getDouble(0) < 0) {
        problems.add(
            "%,d rows have a label outside the classes, such as '%s'"
                .formatted(found.getLong(1), found.getString(2)));
      } else {
        absent.remove(classes.get((int) found.getDouble(0)));
      }
    }

    if (!absent.isEmpty()) {
      problems.add("no row has %s".formatted(named(absent)));
    }

    if (!problems.isEmpty()) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot train on label '%s': %s; the classes are %s: correct the label, 'classes', 'days' or 'exclude'"
              .formatted(column, String.join("; ", problems), named(classes)));
    }
  }

  private static String named(List<String> some) {
    return some.size() <= MOST_NAMED
        ? String.join(", ", some)
        : String.join(", ", some.subList(0, MOST_NAMED))
            + " and %d more".formatted(some.size() - MOST_NAMED);
  }
}
