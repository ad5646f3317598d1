package org.millrace.jobs.fit;

import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.TrainingDefinition;

/**
 * The rows of a training slice, counted in one pass. Driver only.
 *
 * @param used rows to train on
 * @param excluded rows that the definition leaves out
 */
public record SliceCounts(long used, long excluded) {
  private static final String EXCLUDED = "excluded__";

  /**
   * Counts.
   *
   * @param slice with the label, and whatever {@code exclude} reads
   * @param label column of what came true
   * @throws MillraceException of category DATA_CONTRACT if the label is not 0 and 1, both present;
   *     or for a regression if it is not finite everywhere, or the same everywhere; or for several
   *     classes if it is none of them, or one of them does not occur
   */
  public static SliceCounts of(Dataset<Row> slice, TrainingDefinition definition, String label) {
    ClassLabels labels = ClassLabels.of(definition, label);
    ModelColumns.require(slice, List.of(), List.of(), labels);
    Column kept = not(col(EXCLUDED));
    Column value = labels.number();
    Column finite =
        value.isNotNull().and(not(value.isNaN())).and(abs(value).lt(lit(Double.POSITIVE_INFINITY)));
    Dataset<Row> marked =
        slice.withColumn(EXCLUDED, ExcludedRows.of(slice.sparkSession(), definition));
    Row counts =
        marked
            .agg(
                count(when(kept, lit(1))),
                count(when(col(EXCLUDED), lit(1))),
                coalesce(sum(when(kept.and(value.equalTo(1)), lit(1L))), lit(0L)),
                coalesce(sum(when(kept.and(value.equalTo(0)), lit(1L))), lit(0L)),
                coalesce(sum(when(kept.and(finite), lit(1L))), lit(0L)),
                min(when(kept, value)),
                max(when(kept, value)))
            .first();
    switch (definition.task()) {
      case BINARY -> requireBothLabels(counts, label);
      case REGRESSION -> requireNumbers(counts, label);
      case MULTICLASS -> labels.requireAll(marked.where(kept));
    }

    return new SliceCounts(counts.getLong(0), counts.getLong(1));
  }

  private static void requireNumbers(Row counts, String label) {
    long used = counts.getLong(0);
    long finite = counts.getLong(4);
    if (used == 0 || finite != used) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot train on label '%s': of %d rows %d have a finite number, and all of at least 1 must; check the label and 'exclude' (%d rows excluded)"
              .formatted(label, used, finite, counts.getLong(1)));
    }

    if (counts.getDouble(5) == counts.getDouble(6)) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot train on label '%s': it is %s in all of %d rows, so that there is nothing to learn"
              .formatted(label, counts.getDouble(5), used));
    }
  }

  private static void requireBothLabels(Row counts, String label) {
    long used = counts.getLong(0);
    long ones = counts.getLong(2);
    long zeros = counts.getLong(3);
    if (ones == 0 || zeros == 0 || ones + zeros != used) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot train on label '"
              + label
              + "': of "
              + used
              + " rows "
              + ones
              + " have 1 and "
              + zeros
              + " have 0, and both must occur and nothing else; check the spine's label and"
              + " 'exclude' ("
              + counts.getLong(1)
              + " rows excluded)");
    }
  }
}
