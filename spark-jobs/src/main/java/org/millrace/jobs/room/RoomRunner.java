package org.millrace.jobs.room;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.spark.SparkContext;
import org.millrace.contracts.Claim;
import org.millrace.contracts.FailureLog;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.Partition;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.Verb;
import org.millrace.contracts.definition.DefinitionSnapshot;
import org.millrace.contracts.ledger.ChangedOutside;
import org.millrace.features.lease.Lease;
import org.millrace.jobs.tables.OpsTables;
import org.millrace.jobs.tables.RunsTable;

/**
 * Runs rooms, each in the same way: takes the lease, reads what other programs wrote meanwhile,
 * names Spark's jobs after the room, measures the time, and makes the one result of whatever
 * happened. It never throws: every ending is a {@link JobResult}.
 *
 * <p>Placement: driver only.
 */
public final class RoomRunner {
  private final JobContext context;
  private final Duration wait;
  private final Optional<FailureLog> traces;

  /**
   * Prepares to run rooms.
   *
   * @param wait how long to wait for leases of others; zero to be refused at once
   * @param traces where the traces of failures go; empty to log them
   */
  public RoomRunner(JobContext context, Duration wait, Optional<FailureLog> traces) {
    this.traces = requireNonNull(traces, "traces is null");
    this.context = requireNonNull(context, "context is null");
    this.wait = requireNonNull(wait, "wait is null");
  }

  /**
   * Runs a room.
   *
   * @param claims what it writes
   * @return its result, also if it failed
   */
  public JobResult run(Room<?> room, RunKey key, List<Claim> claims) {
    return run(room, key, claims, wait);
  }

  /**
   * Runs a room that waits for others longer than the program does.
   *
   * @param longest how long to wait for leases of others
   */
  public JobResult run(Room<?> room, RunKey key, List<Claim> claims, Duration longest) {
    long start = System.nanoTime();
    return guarded(
        key,
        () -> {
          try (Lease lease = context.leases().acquire(key, context.attempt(), claims, longest);
              JobGroup group = JobGroup.of(context.spark().sparkContext())) {
            group.name(key, room.verb());
            context.progress().enter(room.verb().word(), key.days().toString());
            if (claims.size() == 1) {
              context.progress().work(claims.get(0).object());
            }

            context.ledger().refresh();
            context.ledger().keep(DefinitionSnapshot.of(context.pipeline()));
            RoomResult result = lease.during(() -> room.run(lease));
            if (result.isIdle()) {
              context.progress().say(room.verb().word(), result.message());
            }

            return result.line(key, context.attempt(), JobContext.secondsSince(start));
          } finally {
            sayChanged(room);
          }
        });
  }

  /**
   * Runs several rooms under one lease.
   *
   * @param claims what they write, all together
   * @param work runs them, by this runner
   * @return its result, also if it failed
   */
  public JobResult holding(RunKey key, List<Claim> claims, Supplier<JobResult> work) {
    return guarded(
        key,
        () -> {
          try (Lease lease = context.leases().acquire(key, context.attempt(), claims, wait)) {
            lease.requireHeld();
            return work.get();
          }
        });
  }

  /**
   * Keeps results in {@code ops.runs}. The work is done by then: a table that cannot be written is
   * said, and changes no result.
   */
  public void keep(RunKey key, List<JobResult> results) {
    try {
      new RunsTable(context.lake())
          .append(results, context.note(key, "", List.of()), context.clock().instant());
    } catch (Exception e) { // Scala throws checked exceptions without declaring them
      context
          .progress()
          .say(
              key.room(),
              "what was done is not in " + OpsTables.RUNS + ": " + Failures.ending(e).sentence());
    }
  }

  private JobResult guarded(RunKey key, Supplier<JobResult> work) {
    long start = System.nanoTime();
    try {
      return work.get();
    } catch (Throwable e) { // Scala throws checked exceptions without declaring them
      return Failures.result(
          key.toString(), context.attempt(), e, JobContext.secondsSince(start), traces);
    }
  }

  private void sayChanged(Room<?> room) {
    context
        .ledger()
        .takeChanged()
        .forEach(
            (object, partitions) -> context.progress().say(room.verb().word(), text(partitions)));
  }

  private static String text(NavigableMap<Partition, ChangedOutside> partitions) {
    int more = partitions.size() - 1;
    return partitions.firstEntry().getValue()
        + (more > 0 ? "; and " + more + " more partitions" : "");
  }

  /** Names Spark's jobs while it is open; what was named before is named so again afterwards. */
  private record JobGroup(SparkContext spark, List<String> before) implements AutoCloseable {
    private static final List<String> PROPERTIES =
        List.of("spark.jobGroup.id", "spark.job.description", "spark.job.interruptOnCancel");

    static JobGroup of(SparkContext spark) {
      return new JobGroup(
          spark,
          PROPERTIES.stream()
              .map(name -> Objects.requireNonNullElse(spark.getLocalProperty(name), ""))
              .toList());
    }

    void name(RunKey key, Verb verb) {
      spark.setJobGroup(
          key.toString(), verb.word() + " " + key.pipeline() + " " + key.days(), false);
    }

    @Override
    public void close() {
      for (int i = 0; i < PROPERTIES.size(); i++) {
        spark.setLocalProperty(PROPERTIES.get(i), before.get(i).isEmpty() ? null : before.get(i));
      }
    }
  }
}
