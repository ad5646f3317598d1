package org.millrace.jobs.fit;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.TrainingDefinition;

/**
 * The rows that a model is trained on: excluded ones left out, only the columns it needs, in their
 * training types, cached. Their order and their division into partitions follow from their content
 * alone, so that the same rows give the same model however the training set's files lie. Driver
 * only; close to free the cache.
 */
final class TrainingRows implements AutoCloseable {
  static final String LABEL = "label__";
  private static final String EXCLUDED = "excluded__";

  // Two partitions keep two cores busy; below that size one more costs more than it brings
  private static final long ROWS_PER_PARTITION = 150_000;
  private static final int MAX_PARTITIONS = 256;

  private final Dataset<Row> rows;
  private final long used;
  private final long excluded;

  private TrainingRows(Dataset<Row> rows, long used, long excluded) {
    this.rows = rows;
    this.used = used;
    this.excluded = excluded;
  }

  /**
   * Reads the training set once to count, once to cache.
   *
   * @throws MillraceException DATA_CONTRACT where columns are missing or of the wrong type, or
   *     where the label is not 0 and 1, both present
   */
  static TrainingRows of(Dataset<Row> trainingSet, TrainingDefinition definition, String label) {
    ModelColumns.require(trainingSet, definition.numeric(), definition.categorical(), label);
    Column excluded = ExcludedRows.of(trainingSet.sparkSession(), definition);
    Dataset<Row> marked = trainingSet.withColumn(EXCLUDED, excluded);
    Row counts = counts(marked, label);
    long used = counts.getLong(0);
    requireBothLabels(counts, label);

    List<Column> columns = new ArrayList<>();
    definition.numeric().forEach(name -> columns.add(ModelColumns.number(name).as(name)));
    definition.categorical().forEach(name -> columns.add(ModelColumns.text(name).as(name)));
    columns.add(ModelColumns.quoted(label).cast("double").as(LABEL));
    Dataset<Row> chosen = marked.where(not(col(EXCLUDED))).select(columns.toArray(new Column[0]));
    Column[] all = ModelColumns.all(chosen);
    Dataset<Row> rows =
        chosen
            .repartition(partitions(used), all)
            .sortWithinPartitions(all)
            .persist(StorageLevel.MEMORY_AND_DISK());
    return new TrainingRows(rows, used, counts.getLong(1));
  }

  Dataset<Row> rows() {
    return rows;
  }

  long used() {
    return used;
  }

  long excluded() {
    return excluded;
  }

  @Override
  public void close() {
    rows.unpersist();
  }

  private static Row counts(Dataset<Row> marked, String label) {
    Column kept = not(col(EXCLUDED));
    Column value = ModelColumns.quoted(label);
    return marked
        .agg(
            count(when(kept, lit(1))),
            count(when(col(EXCLUDED), lit(1))),
            coalesce(sum(when(kept.and(value.equalTo(1)), lit(1L))), lit(0L)),
            coalesce(sum(when(kept.and(value.equalTo(0)), lit(1L))), lit(0L)))
        .first();
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

  private static int partitions(long rows) {
    long wanted = (rows + ROWS_PER_PARTITION - 1) / ROWS_PER_PARTITION;
    return (int) Math.min(Math.max(wanted, 2), MAX_PARTITIONS);
  }
}
