package org.millrace.jobs.room;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.function.Supplier;
import org.apache.spark.sql.SparkSession;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.definition.DefinitionSnapshot;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.contracts.ledger.CommitNote;
import org.millrace.contracts.registry.ModelRegistry;
import org.millrace.features.lake.Lake;
import org.millrace.features.lease.Leases;
import org.millrace.features.ledger.Ledger;
import org.millrace.planning.Scope;

/**
 * What {@code Main} hands to every room.
 *
 * <p>Placement: driver only.
 *
 * @param spark the session
 * @param pipeline the definitions that the program works with; it touches nothing else
 * @param lake the tables
 * @param ledger what was done
 * @param leases who works on what
 * @param registry opens the model registry at the first call: rooms that need none never wait for
 *     it
 * @param clock wall clock
 * @param home directory of the project, whose programs make Python environments
 * @param attempt distinct for each start of the program
 * @param progress where progress is said
 * @param scope the partitions that rooms may make; others stay as they are
 */
public record JobContext(
    SparkSession spark,
    Pipeline pipeline,
    Lake lake,
    Ledger ledger,
    Leases leases,
    Supplier<ModelRegistry> registry,
    Clock clock,
    Path home,
    String attempt,
    Progress progress,
    Scope scope) {
  /** Checks that all is present. */
  public JobContext {
    requireNonNull(spark, "spark is null");
    requireNonNull(pipeline, "pipeline is null");
    requireNonNull(lake, "lake is null");
    requireNonNull(ledger, "ledger is null");
    requireNonNull(leases, "leases is null");
    requireNonNull(registry, "registry is null");
    requireNonNull(clock, "clock is null");
    requireNonNull(home, "home is null");
    requireNonNull(attempt, "attempt is null");
    requireNonNull(progress, "progress is null");
    requireNonNull(scope, "scope is null");
  }

  /** Of a program that may make everything. */
  public JobContext(
      SparkSession spark,
      Pipeline pipeline,
      Lake lake,
      Ledger ledger,
      Leases leases,
      Supplier<ModelRegistry> registry,
      Clock clock,
      Path home,
      String attempt,
      Progress progress) {
    this(
        spark, pipeline, lake, ledger, leases, registry, clock, home, attempt, progress, Scope.ALL);
  }

  /** The same for a part of it all. */
  public JobContext within(Scope part) {
    return new JobContext(
        spark, pipeline, lake, ledger, leases, registry, clock, home, attempt, progress, part);
  }

  /**
   * The version of a table that the ledger is held against: what reads it so reads what was
   * compared, and nothing that came since.
   *
   * @param madeBy the command that makes the table, for the message
   * @throws org.millrace.contracts.MillraceException of category INPUT_MISSING if there is no such
   *     table
   */
  public TableVersion pin(String table, String madeBy) {
    return ledger.comparedWith(table).orElseGet(() -> lake.require(table, madeBy));
  }

  /** The note of a commit of this program, whose definitions the lake keeps from now on. */
  public CommitNote note(RunKey runKey, String fingerprint, List<TableVersion> inputs) {
    return new CommitNote(runKey.toString(), attempt, fingerprint, inputs)
        .in(lake.dayZone())
        .by(ledger.keep(DefinitionSnapshot.of(pipeline)));
  }

  /** Seconds since a {@link System#nanoTime} reading. */
  public static double secondsSince(long startNanos) {
    return Math.round((System.nanoTime() - startNanos) / 1e7) / 100.0;
  }
}
