package org.millrace.jobs.files;

import java.time.Duration;
import org.apache.spark.scheduler.TaskSchedulerImpl;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.collection.Iterator;

/**
 * The tasks that a failed job leaves behind: Spark fails the job with its first failed task and
 * does not wait for the others, which go on and make the directory that they write to again if it
 * was deleted. Driver only.
 */
final class RunningTasks {
  private static final Logger LOG = LoggerFactory.getLogger(RunningTasks.class);
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration PAUSE = Duration.ofMillis(10);

  private RunningTasks() {}

  /** Waits until no task of the application runs, for 30 seconds at most. */
  static void awaitEnd(SparkSession spark) {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (count(spark) > 0) {
      if (System.nanoTime() > end) {
        LOG.warn("Tasks of a failed job still run after {} s", LIMIT.toSeconds());
        return;
      }

      try {
        Thread.sleep(PAUSE.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /** How many tasks run or are on their way. */
  static int count(SparkSession spark) {
    int count = 0;
    if (spark.sparkContext().taskScheduler() instanceof TaskSchedulerImpl scheduler) {
      Iterator<Object> running = scheduler.runningTasksByExecutors().valuesIterator();
      while (running.hasNext()) {
        count += (Integer) running.next();
      }
    }

    return count;
  }
}
