package org.millrace.jobs;

import static java.util.Objects.requireNonNull;

import java.time.Clock;
import java.util.List;
import java.util.function.Supplier;
import org.apache.spark.sql.SparkSession;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.definition.Definitions;
import org.millrace.contracts.registry.ModelRegistry;
import org.millrace.features.lake.CommitNote;
import org.millrace.features.lake.Lake;
import org.millrace.features.lake.Ledger;

/**
 * What {@code Main} hands to every room.
 *
 * <p>Placement: driver only.
 *
 * @param spark the session
 * @param definitions everything in {@code conf/}
 * @param lake the tables
 * @param ledger what was done
 * @param registry opens the model registry at the first call: rooms that need none never wait for
 *     it
 * @param clock wall clock
 * @param attempt distinct for each start of the program
 * @param progress where progress is said
 */
public record JobContext(
    SparkSession spark,
    Definitions definitions,
    Lake lake,
    Ledger ledger,
    Supplier<ModelRegistry> registry,
    Clock clock,
    String attempt,
    Progress progress) {
  /** Checks that all is present. */
  public JobContext {
    requireNonNull(spark, "spark is null");
    requireNonNull(definitions, "definitions is null");
    requireNonNull(lake, "lake is null");
    requireNonNull(ledger, "ledger is null");
    requireNonNull(registry, "registry is null");
    requireNonNull(clock, "clock is null");
    requireNonNull(attempt, "attempt is null");
    requireNonNull(progress, "progress is null");
  }

  /** The note of a commit of this program. */
  public CommitNote note(RunKey runKey, String fingerprint, List<TableVersion> inputs) {
    return new CommitNote(runKey.toString(), attempt, fingerprint, inputs);
  }

  /** Seconds since a {@link System#nanoTime} reading. */
  public static double secondsSince(long startNanos) {
    return Math.round((System.nanoTime() - startNanos) / 1e7) / 100.0;
  }
}
