package org.millrace.jobs.rollback;

import static java.util.Objects.requireNonNull;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.Partition;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.Verb;
import org.millrace.contracts.Withdrawal;
import org.millrace.contracts.ledger.CommitNote;
import org.millrace.contracts.ledger.PartitionNote;
import org.millrace.features.lease.Lease;
import org.millrace.jobs.model.RollbackRequest;
import org.millrace.jobs.prediction.UnpublishRequest;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.withdrawal.AskedDays;
import org.millrace.jobs.withdrawal.FinishWithdrawal;
import org.millrace.jobs.withdrawal.Publication;
import org.millrace.jobs.withdrawal.Publications;
import org.millrace.jobs.withdrawal.TakeBack;
import org.millrace.planning.ShownDays;

/**
 * The days that go back with an alias: what the version published that loses it is taken back, down
 * to what another version published; or, where a rollback is undone, what it took back is in force
 * again. What is in force in the table decides, so that the same call again changes nothing more.
 *
 * <p>Placement: driver only.
 */
final class RollBackDays {
  /** Nights to come may not publish what the version made that loses the alias. */
  private static final int DAYS_AHEAD = 366;

  private final JobContext context;
  private final TableVersion table;
  private final RollbackTurn turn;
  private final UnpublishRequest request;
  private final TakeBack takeBack;
  private final AskedDays found;
  private final Publications publications;
  private final NavigableMap<LocalDate, Optional<Publication>> back = new TreeMap<>();
  private final NavigableMap<LocalDate, Publication> again = new TreeMap<>();
  private final NavigableSet<LocalDate> kept = new TreeSet<>();

  private RollBackDays(
      JobContext context,
      RunKey runKey,
      RollbackRequest asked,
      RollbackTurn turn,
      TableVersion table) {
    this.context = context;
    this.table = table;
    this.turn = turn;
    this.request = new UnpublishRequest(asked.by(), why(asked, turn), OptionalLong.empty());
    this.takeBack = new TakeBack(context, runKey);
    DayRange days = days(context, asked.since().orElseThrow());
    requireFiles(days);
    this.found = AskedDays.of(context, table, days, request);
    this.publications =
        Publications.read(
            context.lake(), table, context.pipeline().spine().day(), new TreeSet<>(days.days()));
    days.days().forEach(day -> plan(day, asked.allowsEmptyDays()));
  }

  /**
   * Finds out what would change; changes nothing.
   *
   * @return empty if there is no prediction table, or no first day is named
   * @throws org.millrace.contracts.MillraceException of category DATA_CONTRACT if files of a day
   *     are lost
   */
  static Optional<RollBackDays> plan(
      JobContext context, RunKey runKey, RollbackRequest asked, RollbackTurn turn) {
    Optional<TableVersion> table =
        asked.since().isEmpty()
            ? Optional.empty()
            : context.lake().current(context.pipeline().scoring().predictions());
    return table.map(found -> new RollBackDays(context, runKey, asked, turn, found));
  }

  private static String why(RollbackRequest asked, RollbackTurn turn) {
    return "rolled back to version "
        + turn.to().orElse("none")
        + (asked.reason().isEmpty() ? "" : ": " + asked.reason());
  }

  /** From a day to the last one that was published, or today. */
  private static DayRange days(JobContext context, LocalDate since) {
    LocalDate today = LocalDate.ofInstant(context.clock().instant(), context.lake().dayZone());
    NavigableSet<LocalDate> days = new TreeSet<>(published(context));
    days.addAll(List.of(since, today));
    return new DayRange(since, days.last());
  }

  private static NavigableSet<LocalDate> published(JobContext context) {
    NavigableSet<LocalDate> days = new TreeSet<>();
    for (Partition partition :
        context.ledger().partitions(context.pipeline().scoring().predictions()).keySet()) {
      if (partition instanceof Partition.Day day) {
        days.add(day.date());
      }
    }

    return days;
  }

  /** The days that no other run may work on meanwhile, some of those to come included. */
  static DayRange claimed(JobContext context, LocalDate since) {
    return new DayRange(since, days(context, since).to().plusDays(DAYS_AHEAD));
  }

  private void plan(LocalDate day, boolean allowsEmptyDays) {
    Optional<Publication> inForce = publications.inForce(day);
    if (turn.isUndo()) {
      takenFrom(day)
          .filter(taken -> !inForce.equals(Optional.of(taken)))
          .ifPresent(taken -> again.put(day, taken));
      return;
    }

    if (inForce.isPresent() && turn.from().filter(inForce.get()::isOf).isPresent()) {
      Optional<Publication> earlier = publications.belowOfOther(day, turn.from().get());
      if (earlier.isPresent() || allowsEmptyDays) {
        back.put(day, earlier);
      } else {
        kept.add(day);
      }
    }
  }

  /** What a rollback took back last of a day, if it is of the version that gets the alias. */
  private Optional<Publication> takenFrom(LocalDate day) {
    return byRollback(day)
        .flatMap(taken -> publications.withdrawn(day, taken.fingerprint()))
        .filter(taken -> turn.to().filter(taken::isOf).isPresent());
  }

  private Optional<Withdrawal> byRollback(LocalDate day) {
    for (CommitNote note : found.unfinished().descendingMap().values()) {
      PartitionNote made = note.partitions().get(Partition.of(day));
      if (made != null) {
        return made.withdrawal().filter(taken -> isRollback(note.runKey()));
      }
    }

    return context
        .ledger()
        .entry(table.table(), day)
        .filter(entry -> isRollback(entry.runKey()))
        .flatMap(entry -> entry.withdrawal());
  }

  private static boolean isRollback(String runKey) {
    return RunKey.parse(runKey).filter(key -> key.room().equals(Verb.ROLLBACK.word())).isPresent();
  }

  /** Of all days that are looked at, before they are. */
  private void requireFiles(DayRange days) {
    NavigableSet<LocalDate> published = new TreeSet<>(days.days());
    published.retainAll(published(context));
    takeBack.requireFiles(table, published);
  }

  /** What changes, or would, with the days that stay as they are; in the order of days. */
  List<ShownDays> changes() {
    TreeMap<LocalDate, ShownDays> changes = new TreeMap<>();
    back.forEach((day, shown) -> changes.put(day, changed(day, shown)));
    again.forEach((day, shown) -> changes.put(day, changed(day, Optional.of(shown))));
    for (LocalDate day : kept) {
      Publication inForce = publications.inForce(day).orElseThrow();
      changes.put(day, ShownDays.kept(day, inForce.modelVersion(), inForce.rows()));
    }

    return ShownDays.joined(List.copyOf(changes.values()));
  }

  private ShownDays changed(LocalDate day, Optional<Publication> shown) {
    Optional<Publication> inForce = publications.inForce(day);
    return ShownDays.changed(
        day,
        inForce.map(Publication::modelVersion),
        inForce.map(Publication::rows).orElse(0L),
        shown.map(Publication::modelVersion),
        shown.map(Publication::rows).orElse(0L));
  }

  /**
   * Does it, after what a killed program left.
   *
   * @return the commits whose days readers see since, the oldest first
   */
  List<TableVersion> run(Lease lease) {
    requireNonNull(lease, "lease is null");
    FinishWithdrawal finish = new FinishWithdrawal(context);
    List<TableVersion> made = new ArrayList<>();
    found
        .unfinished()
        .forEach(
            (number, note) -> {
              TableVersion version = new TableVersion(table.table(), table.path(), number);
              finish.run(version, note);
              made.add(version);
            });
    if (!back.isEmpty()) {
      finish(finish, takeBack.takeBack(publications, back, request, table, lease), made);
    }

    if (!again.isEmpty()) {
      finish(finish, takeBack.restore(publications, again, table, lease), made);
    }

    return made;
  }

  private static void finish(FinishWithdrawal finish, TakeBack.Made done, List<TableVersion> made) {
    finish.run(done.version(), done.note());
    made.add(done.version());
  }
}
