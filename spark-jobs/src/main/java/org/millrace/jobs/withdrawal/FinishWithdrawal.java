package org.millrace.jobs.withdrawal;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.millrace.contracts.FaultPoint;
import org.millrace.contracts.Partition;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.Withdrawal;
import org.millrace.contracts.ledger.CommitNote;
import org.millrace.contracts.ledger.PartitionNote;
import org.millrace.jobs.lineage.Lineage;
import org.millrace.jobs.metastore.Metastore;
import org.millrace.jobs.room.JobContext;

/**
 * What comes after a commit that took days back or put them in force again, whether this program
 * made it or one that was killed before it came to this: views, lineage kept, ledger, lineage
 * delivered. All of it is made from the table and the commit's note. Driver only.
 */
public final class FinishWithdrawal {
  private final JobContext context;
  private final String table;

  /** Prepares to finish commits on the predictions of a pipeline. */
  public FinishWithdrawal(JobContext context) {
    this.context = requireNonNull(context, "context is null");
    this.table = context.pipeline().scoring().predictions();
  }

  /**
   * Does it.
   *
   * @param version that the commit made
   * @param note of the commit; its days are entered in the ledger
   */
  public List<TakenDay> run(TableVersion version, CommitNote note) {
    new Metastore(context.lake()).publishViews(context.pipeline(), version);
    FaultPoint.AFTER_VIEWS.reached(table);
    List<TakenDay> taken = taken(version, note);
    Lineage lineage = new Lineage(context);
    lineage.keep(WithdrawalRun.record(context, version, note, taken));
    Instant now = context.clock().instant();
    context.ledger().append(context.ledger().entriesOf(version, note, now), note);
    lineage.deliver();
    taken.forEach(day -> context.progress().say(WithdrawalRun.room(note), day.toString()));
    return taken;
  }

  private List<TakenDay> taken(TableVersion version, CommitNote note) {
    NavigableMap<LocalDate, PartitionNote> days = new TreeMap<>();
    note.partitions()
        .forEach(
            (partition, made) -> {
              if (partition instanceof Partition.Day day) {
                days.put(day.date(), made);
              }
            });
    Publications publications =
        Publications.read(
            context.lake(),
            version,
            context.pipeline().spine().day(),
            new TreeSet<>(days.keySet()));
    List<TakenDay> taken = new ArrayList<>();
    days.forEach((day, made) -> taken.add(taken(publications, day, made.withdrawal())));
    return taken;
  }

  private static TakenDay taken(
      Publications publications, LocalDate day, Optional<Withdrawal> withdrawal) {
    Optional<Publication> gone =
        withdrawal.isPresent()
            ? publications.withdrawn(day, withdrawal.get().fingerprint())
            : publications.below(day);
    Optional<Publication> shown = publications.inForce(day);
    return new TakenDay(
        day,
        gone.map(Publication::modelVersion),
        gone.map(Publication::rows).orElse(0L),
        shown.map(Publication::modelVersion),
        shown.map(Publication::rows).orElse(0L),
        withdrawal.isEmpty());
  }
}
