package org.millrace.jobs.lineage;

import static java.util.Objects.requireNonNull;

import org.millrace.contracts.TableVersion;
import org.millrace.contracts.registry.DatasetInput;
import org.millrace.contracts.registry.RunRecord;
import org.millrace.features.lake.Lake;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.tables.LakePlaces;
import org.millrace.registry.outbox.LineageOutbox;

/**
 * Delivers what a room did to the registry. While the registry is down the record waits in the
 * lake's outbox, and goes out with the next delivery that succeeds: lineage is late then, never
 * lost, and no publication waits for it.
 *
 * <p>Placement: driver only.
 */
public final class Lineage {
  private final JobContext context;
  private final LineageOutbox outbox;

  /** Uses the outbox of the lake. */
  public Lineage(JobContext context) {
    this.context = requireNonNull(context, "context is null");
    this.outbox = new LineageOutbox(LakePlaces.outbox(context.lake()));
  }

  /**
   * Puts a record on disk, for the next delivery. A room does so before its ledger says that the
   * work is done: one that is killed in between does the work again, and no record is lost.
   */
  public void keep(RunRecord run) {
    outbox.put(run);
  }

  /** Delivers what waits. */
  public void deliver() {
    LineageOutbox.Delivery delivery = outbox.deliver(context.registry().get());
    delivery
        .failures()
        .forEach(failure -> context.progress().say("lineage", "kept for later: " + failure));
  }

  /** A table as lineage shows it, with its columns. */
  public static DatasetInput dataset(Lake lake, TableVersion table, long rows, String use) {
    return new DatasetInput(table, lake.read(table).schema().json(), rows, use);
  }
}
