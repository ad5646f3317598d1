package org.millrace.jobs.fit;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
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
   * @param label column of 0 and 1
   * @throws MillraceException of category DATA_CONTRACT if the label is not 0 and 1, both present
   */
  public static SliceCounts of(Dataset<Row> slice, TrainingDefinition definition, String label) {
    ModelColumns.require(slice, List.of(), List.of(), label);
    Column kept = not(col(EXCLUDED));
    Column value = ModelColumns.quoted(label);
    Row counts =
        slice
            .withColumn(EXCLUDED, ExcludedRows.of(slice.sparkSession(), definition))
            .agg(
                count(when(kept, lit(1))),
                count(when(col(EXCLUDED), lit(1))),
                coalesce(sum(when(kept.and(value.equalTo(1)), lit(1L))), lit(0L)),
                coalesce(sum(when(kept.and(value.equalTo(0)), lit(1L))), lit(0L)))
            .first();
    requireBothLabels(counts, label);
    return new SliceCounts(counts.getLong(0), counts.getLong(1));
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
