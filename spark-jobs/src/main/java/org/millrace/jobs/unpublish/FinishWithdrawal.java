package org.millrace.jobs.unpublish;

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
import org.millrace.contracts.Verb;
import org.millrace.contracts.Withdrawal;
import org.millrace.contracts.ledger.CommitNote;
import org.millrace.jobs.lineage.Lineage;
import org.millrace.jobs.metastore.Metastore;
import org.millrace.jobs.room.JobContext;

/**
 * What comes after a commit that took days back, whether this program made it or one that was
 * killed before it came to this: views, lineage kept, ledger, lineage delivered. All of it is made
 * from the table and the commit's note. Driver only.
 */
final class FinishWithdrawal {
  private final JobContext context;
  private final String table;

  FinishWithdrawal(JobContext context) {
    this.context = requireNonNull(context, "context is null");
    this.table = context.pipeline().scoring().predictions();
  }

  /**
   * Does it.
   *
   * @param version that the commit made
   * @param note of the commit; its days are entered in the ledger
   */
  List<TakenDay> run(TableVersion version, CommitNote note) {
    new Metastore(context.lake()).publishViews(context.pipeline(), version);
    FaultPoint.AFTER_VIEWS.reached(table);
    List<TakenDay> taken = taken(version, note);
    Lineage lineage = new Lineage(context);
    lineage.keep(UnpublishRun.record(context, version, note, taken));
    Instant now = context.clock().instant();
    context.ledger().append(context.ledger().entriesOf(version, note, now), note);
    lineage.deliver();
    taken.forEach(day -> context.progress().say(Verb.UNPUBLISH.word(), day.toString()));
    return taken;
  }

  private List<TakenDay> taken(TableVersion version, CommitNote note) {
    NavigableMap<LocalDate, Withdrawal> days = new TreeMap<>();
    note.partitions()
        .forEach(
            (partition, made) -> {
              if (partition instanceof Partition.Day day && made.withdrawal().isPresent()) {
                days.put(day.date(), made.withdrawal().get());
              }
            });
    Publications publications =
        Publications.read(
            context.lake(),
            version,
            context.pipeline().spine().day(),
            new TreeSet<>(days.keySet()));
    List<TakenDay> taken = new ArrayList<>();
    days.forEach((day, withdrawal) -> taken.add(taken(publications, day, withdrawal)));
    return taken;
  }

  private static TakenDay taken(Publications publications, LocalDate day, Withdrawal withdrawal) {
    Optional<Publication> gone = publications.withdrawn(day, withdrawal.fingerprint());
    Optional<Publication> shown = publications.inForce(day);
    return new TakenDay(
        day,
        gone.map(Publication::modelVersion).orElse("?"),
        gone.map(Publication::rows).orElse(0L),
        shown.map(Publication::modelVersion),
        shown.map(Publication::rows).orElse(0L));
  }
}
