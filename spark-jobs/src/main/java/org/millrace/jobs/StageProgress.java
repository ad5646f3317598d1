package org.millrace.jobs;

import org.apache.spark.sql.SparkSession;
import org.apache.spark.status.AppStatusStore;
import org.apache.spark.status.api.v1.StageData;
import scala.collection.JavaConverters;

/**
 * How far the stages are that Spark works on now.
 *
 * @param tasks of all of them
 * @param done tasks that ended
 * @param rows that were read so far
 */
record StageProgress(int tasks, int done, long rows) {
  static final StageProgress NOTHING = new StageProgress(0, 0, 0);

  /** Of a session whose context may be stopped. */
  static StageProgress of(SparkSession spark) {
    if (spark.sparkContext().isStopped()) {
      return NOTHING;
    }

    AppStatusStore store = spark.sparkContext().statusStore();
    StageProgress all = NOTHING;
    for (StageData stage : JavaConverters.seqAsJavaList(store.activeStages())) {
      all =
          new StageProgress(
              all.tasks + stage.numTasks(),
              all.done + stage.numCompleteTasks(),
              all.rows + stage.inputRecords() + stage.shuffleReadRecords());
    }

    return all;
  }
}
