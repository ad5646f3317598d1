package org.millrace.jobs.train;

import java.nio.file.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.TableVersion;

/** Makes a candidate from the training slice. Driver only. */
interface Trainer {
  /**
   * Trains, and checks what it made.
   *
   * @param set the training set
   * @param rows its training slice, with the rows that the definition excludes
   * @param directory for files; whatever is in there is removed after the candidate is registered
   * @throws org.millrace.contracts.MillraceException of category DATA_CONTRACT if the rows do not
   *     suit; DEFINITION if a trainer's program fails or its model may not be run
   */
  TrainedCandidate train(TableVersion set, Dataset<Row> rows, Path directory);
}
