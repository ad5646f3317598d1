package org.millrace.jobs.challenger;

import static java.util.Objects.requireNonNull;

import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Partition;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.definition.RolloutDefinition;
import org.millrace.contracts.definition.RolloutStage;
import org.millrace.features.lake.LostRaceException;
import org.millrace.features.lake.TableWriter;
import org.millrace.jobs.challenger.RolloutMove.Action;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.tables.OpsTables;

/**
 * Decides on the rollouts of a model, and keeps who decided what: {@code ops.rollouts}, append
 * only. No other class writes the table. Days that are published keep what they were scored by: a
 * move holds from the day after the last published one, unless a person names another day.
 *
 * <p>Placement: driver only.
 */
public final class RolloutMoves {
  private static final int MOST_RACES = 10;

  private final JobContext context;
  private final RunKey runKey;
  private final RolloutDefinition definition;

  /** Decides by the definition of the pipeline's rollouts. */
  public RolloutMoves(JobContext context, RunKey runKey, RolloutDefinition definition) {
    this.context = requireNonNull(context, "context is null");
    this.runKey = requireNonNull(runKey, "runKey is null");
    this.definition = requireNonNull(definition, "definition is null");
  }

  /**
   * Who decides, why, and what was measured.
   *
   * @param who {@code gate}, {@code policy} or a person
   * @param why one sentence
   * @param evidence JSON; empty if nothing was measured
   */
  public record Cause(String who, String why, String evidence) {
    /** Of an alias that another version got meanwhile. */
    public static Cause moved(RolloutMove current, String holder) {
      return new Cause(
          "policy",
          "the alias was moved from version %s to %s".formatted(current.champion(), holder));
    }

    /** Of nothing that was measured. */
    public Cause(String who, String why) {
      this(who, why, "");
    }
  }

  /** What was decided so far. */
  public RolloutHistory history() {
    return RolloutHistory.read(context.lake().logs(), definition.model());
  }

  /**
   * Begins a rollout; one of the same versions that is under way goes on, and one beside a version
   * that has lost the alias since is halted.
   *
   * @param champion version that holds the alias
   * @param from first day; empty for the one after the last published day
   * @return the newest row of the rollout
   * @throws MillraceException of category BUSY if a rollout of another version is under way
   */
  public RolloutMove begin(
      String champion, String challenger, Optional<LocalDate> from, Cause cause) {
    RolloutHistory history = history();
    Optional<RolloutMove> stale = history.current().filter(now -> !now.champion().equals(champion));
    if (stale.isPresent()) {
      end(stale.get(), Action.HALT, Optional.empty(), Cause.moved(stale.get(), champion));
      history = history();
    }

    Optional<RolloutMove> current = history.current();
    if (current.isPresent()) {
      RolloutMove now = current.get();
      if (now.challenger().equals(challenger)) {
        return now;
      }

      throw new MillraceException(
          ErrorCategory.BUSY,
          "Cannot begin a rollout of %s/%s: that of version %s is under way, in stage %s; `millrace rollout halt %s --why TEXT` ends it"
              .formatted(
                  definition.model(),
                  challenger,
                  now.challenger(),
                  now.stage(),
                  definition.model()));
    }

    from.ifPresent(day -> requireBetween(day, LocalDate.MIN, "begin"));
    RolloutStage first = definition.stages().get(0);
    List<String> entity =
        definition.entity().isEmpty() ? context.pipeline().spine().id() : definition.entity();
    return append(
        history,
        new RolloutMove(
            definition.model(),
            0,
            history.newest().map(RolloutMove::rollout).orElse(0L) + 1,
            Action.BEGIN,
            first.name(),
            first.policy().name(),
            champion,
            challenger,
            first.share(),
            entity,
            from.orElseGet(this::next),
            cause.who(),
            cause.why(),
            cause.evidence(),
            runKey.toString(),
            context.clock().instant()));
  }

  /** Goes on to a stage. */
  public RolloutMove advance(RolloutMove current, RolloutStage to, Cause cause) {
    return append(
        history(),
        changed(current, Action.ADVANCE, to.name(), to.policy().name(), to.share(), next(), cause));
  }

  /** Gives the challenger another share in the same stage. */
  public RolloutMove share(RolloutMove current, double share, Cause cause) {
    return append(
        history(),
        changed(current, Action.SHARE, current.stage(), current.policy(), share, next(), cause));
  }

  /** Keeps what was measured; nothing is decided. */
  public RolloutMove look(RolloutMove current, Cause cause) {
    return append(
        history(),
        changed(
            current,
            Action.LOOK,
            current.stage(),
            current.policy(),
            current.share(),
            current.fromDay(),
            cause));
  }

  /**
   * Ends a rollout: halted, or because the challenger got the alias.
   *
   * @param from first day without it; empty for the one after the last published day
   */
  public RolloutMove end(
      RolloutMove current, Action action, Optional<LocalDate> from, Cause cause) {
    from.ifPresent(day -> requireBetween(day, begun(current), "end"));
    return append(
        history(), changed(current, action, "", "", 0, from.orElseGet(this::next), cause));
  }

  /** Nobody looks at a rollout before its first day, or once it has ended. */
  private void requireBetween(LocalDate day, LocalDate first, String what) {
    LocalDate last = next();
    boolean isLater = lastPublished(context).isPresent() && day.isAfter(last);
    if (day.isBefore(first) || isLater) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot %s a rollout of %s on %s: the next day that is scored is %s%s; give --from that day or an earlier one"
              .formatted(
                  what,
                  definition.model(),
                  day,
                  last,
                  first.equals(LocalDate.MIN) ? "" : ", and the rollout began on " + first));
    }
  }

  private LocalDate begun(RolloutMove current) {
    return history().rows().stream()
        .filter(row -> row.rollout() == current.rollout())
        .map(RolloutMove::fromDay)
        .findFirst()
        .orElse(current.fromDay());
  }

  private RolloutMove changed(
      RolloutMove current,
      Action action,
      String stage,
      String policy,
      double share,
      LocalDate fromDay,
      Cause cause) {
    return new RolloutMove(
        current.model(),
        0,
        current.rollout(),
        action,
        stage,
        policy,
        current.champion(),
        current.challenger(),
        share,
        current.entity(),
        fromDay,
        cause.who(),
        cause.why(),
        cause.evidence(),
        runKey.toString(),
        context.clock().instant());
  }

  private LocalDate next() {
    return next(context);
  }

  /** The day after the last published one; before any, the first that a run would score. */
  public static LocalDate next(JobContext context) {
    return lastPublished(context)
        .orElseGet(() -> context.pipeline().gate().days().to())
        .plusDays(1);
  }

  private static Optional<LocalDate> lastPublished(JobContext context) {
    return context
        .ledger()
        .partitions(context.pipeline().scoring().predictions())
        .descendingMap()
        .entrySet()
        .stream()
        .filter(entry -> entry.getValue().isReadable())
        .flatMap(
            entry ->
                entry.getKey() instanceof Partition.Day day
                    ? Stream.of(day.date())
                    : Stream.<LocalDate>empty())
        .findFirst();
  }

  /** Behind the rows that were read: else another program decided meanwhile. */
  private RolloutMove append(RolloutHistory read, RolloutMove move) {
    RolloutHistory history = read;
    for (int race = 0; ; race++) {
      RolloutMove numbered = numbered(move, history);
      try {
        write(numbered, history.version());
        context.progress().say(runKey.room(), text(numbered));
        return numbered;
      } catch (LostRaceException e) { // perhaps a row of another model
        RolloutHistory now = history();
        if (race == MOST_RACES || !now.rows().equals(read.rows())) {
          throw e;
        }

        history = now;
      }
    }
  }

  private void write(RolloutMove move, long version) {
    new TableWriter(
            context.lake(),
            OpsTables.ROLLOUTS,
            "What was decided on the rollouts of models, and looked at: who, why, evidence",
            Map.of(
                "from_day",
                "First day of the spine that it holds for",
                "share",
                "Of the rows whose readers see the challenger's score, 0 to 1"),
            Optional.empty())
        .appendAt(
            context.spark().createDataFrame(List.of(move.toRow()), RolloutMove.SCHEMA).coalesce(1),
            version,
            context.note(
                runKey, "rollout row " + move.number() + " of " + move.model(), List.of()));
  }

  private static RolloutMove numbered(RolloutMove move, RolloutHistory history) {
    List<RolloutMove> rows = history.rows();
    long number = rows.isEmpty() ? 1 : rows.get(rows.size() - 1).number() + 1;
    return new RolloutMove(
        move.model(),
        number,
        move.rollout(),
        move.action(),
        move.stage(),
        move.policy(),
        move.champion(),
        move.challenger(),
        move.share(),
        move.entity(),
        move.fromDay(),
        move.who(),
        move.why(),
        move.evidence(),
        move.runKey(),
        move.decidedAt());
  }

  /** {@code rollout 1 of late_flight/8: ADVANCE to canary, share 0.05, from 2013-12-08}. */
  private static String text(RolloutMove move) {
    return "rollout %d of %s/%s: %s%s from %s, by %s: %s"
        .formatted(
            move.rollout(),
            move.model(),
            move.challenger(),
            move.action(),
            move.stage().isEmpty() ? "" : " " + move.stage() + ", share " + move.share() + ",",
            move.fromDay(),
            move.who(),
            move.why());
  }
}
