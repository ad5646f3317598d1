package org.millrace.jobs.fit;

import static org.apache.spark.sql.functions.not;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;
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
   *     where the label is not such as the task has
   */
  static TrainingRows of(Dataset<Row> trainingSet, TrainingDefinition definition, String label) {
    ClassLabels labels = ClassLabels.of(definition, label);
    ModelColumns.require(trainingSet, definition.numeric(), definition.categorical(), labels);
    SliceCounts counts = SliceCounts.of(trainingSet, definition, label);
    Column excluded = ExcludedRows.of(trainingSet.sparkSession(), definition);
    List<Column> columns = new ArrayList<>();
    definition.numeric().forEach(name -> columns.add(ModelColumns.number(name).as(name)));
    definition.categorical().forEach(name -> columns.add(ModelColumns.text(name).as(name)));
    columns.add(labels.number().as(LABEL));
    Dataset<Row> chosen = trainingSet.where(not(excluded)).select(columns.toArray(new Column[0]));
    Column[] all = ModelColumns.all(chosen);
    Dataset<Row> rows =
        chosen
            .repartition(partitions(counts.used()), all)
            .sortWithinPartitions(all)
            .persist(StorageLevel.MEMORY_AND_DISK());
    return new TrainingRows(rows, counts.used(), counts.excluded());
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

  private static int partitions(long rows) {
    long wanted = (rows + ROWS_PER_PARTITION - 1) / ROWS_PER_PARTITION;
    return (int) Math.min(Math.max(wanted, 2), MAX_PARTITIONS);
  }
}
