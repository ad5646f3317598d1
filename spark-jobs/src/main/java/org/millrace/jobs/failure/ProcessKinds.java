package org.millrace.jobs.failure;

import java.util.List;
import org.millrace.contracts.ErrorCategory;

/** Memory, lost executors, and Spark ended from outside. */
final class ProcessKinds {
  private static final String MORE_MEMORY =
      "raise MILLRACE_DRIVER_MEMORY (on a cluster spark.executor.memory), or run fewer days at once";

  static final List<Kind> ALL =
      List.of(
          new Kind(
              cause -> cause.says("spark.driver.maxResultSize"),
              ErrorCategory.EXTERNAL,
              (cause, chain) ->
                  "Cannot hold a result on the driver: it is larger than"
                      + " spark.driver.maxResultSize; raise that setting and MILLRACE_DRIVER_MEMORY,"
                      + " or run fewer days at once"),
          new Kind(
              cause ->
                  cause.isOneOf("OutOfMemoryError", "SparkOutOfMemoryError")
                      || cause.says("Java heap space", "GC overhead limit exceeded"),
              ErrorCategory.EXTERNAL,
              (cause, chain) ->
                  "Cannot go on: memory ran out ("
                      + Wording.plain(cause.message())
                      + "); "
                      + MORE_MEMORY),
          new Kind(
              cause -> cause.says("ExecutorLostFailure", "Executor heartbeat timed out"),
              ErrorCategory.EXTERNAL,
              (cause, chain) ->
                  "Cannot finish a task: Spark lost its executor, often because memory ran out; give"
                      + " the same command again, and if it happens again "
                      + MORE_MEMORY),
          new Kind(
              cause -> cause.says("spark.sql.broadcastTimeout"),
              ErrorCategory.EXTERNAL,
              (cause, chain) ->
                  "Cannot hand a small side of a join to all tasks: it was not ready in the time of"
                      + " spark.sql.broadcastTimeout; give the same command again on a machine that"
                      + " is less busy, or raise that setting"),
          // of Spark's own waiting, where no other system need be to blame
          new Kind(
              cause -> cause.isOneOf("TimeoutException", "RpcTimeoutException"),
              ErrorCategory.EXTERNAL,
              (cause, chain) ->
                  "Cannot go on: a step took longer than it may ("
                      + Wording.plain(cause.message())
                      + "); give the same command again"),
          new Kind(
              cause -> cause.says("SparkContext was shut down", "stopped SparkContext"),
              ErrorCategory.EXTERNAL,
              (cause, chain) ->
                  "Cannot go on: Spark was stopped while the job ran; give the same command again"));

  private ProcessKinds() {}
}
