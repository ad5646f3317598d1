package org.millrace.jobs.model;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.FaultPoint;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.definition.ScoringDefinition;
import org.millrace.contracts.registry.ModelRegistry;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.features.lake.Lake;
import org.millrace.features.lake.LostRaceException;
import org.millrace.features.lake.TableWriter;
import org.millrace.features.lease.Lease;
import org.millrace.jobs.model.AliasMove.Kind;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.tables.OpsTables;

/**
 * Moves a model's alias, and keeps who moved it: {@code ops.aliases}, append only. No other class
 * moves an alias or writes the table.
 *
 * <p>A move of the gate, or of a person who rolls back, is two rows with the registry's move
 * between them: INTENDED and MOVED. After a kill the first row alone says that the move may have
 * happened, and {@link #observe} finds out.
 *
 * <p>Placement: driver only.
 */
public final class AliasMoves {
  private static final String GATE = "gate";
  private static final String OUTSIDE = "outside";
  private static final int MOST_RACES = 20;

  private final JobContext context;
  private final RunKey runKey;
  private final String model;
  private final String alias;

  /** Uses the alias that a model is scored with. */
  public AliasMoves(JobContext context, RunKey runKey, ScoringDefinition scoring) {
    this.context = requireNonNull(context, "context is null");
    this.runKey = requireNonNull(runKey, "runKey is null");
    this.model = scoring.model();
    this.alias = scoring.alias();
  }

  /** All rows of an alias, oldest first. */
  public static List<AliasMove> history(Lake lake, String model, String alias) {
    return AliasHistory.read(lake.logs(), model, alias).moves();
  }

  /** The version that held an alias last, whether it holds it now or not; empty for never. */
  public static Optional<String> lastHolder(Lake lake, String model, String alias) {
    return history(lake, model, alias).stream()
        .flatMap(move -> move.certainHolder().or(move::from).stream())
        .reduce((earlier, later) -> later);
  }

  /**
   * Asks the registry who holds the alias. A move of the gate that a kill left open is closed where
   * it happened; a move from outside is recorded.
   *
   * @return the holder now; empty for none
   */
  public Optional<ModelVersion> observe() {
    Optional<ModelVersion> holder = registry().byAlias(model, alias);
    Optional<String> version = holder.map(ModelVersion::version);
    AliasHistory history = read();
    Optional<AliasMove> newest = history.newest();
    if (newest
        .filter(move -> move.kind() == Kind.INTENDED && move.to().equals(version))
        .isPresent()) {
      close(history, newest.get());
      return holder;
    }

    if (agree(newest, version)) {
      return holder;
    }

    recordOutsideMove(newest);
    return registry().byAlias(model, alias);
  }

  /**
   * Records a move from outside, where the registry names another version than the newest row. A
   * gate that moves the alias at this moment is not taken for someone else.
   *
   * @param seen the holder, as the registry said a moment ago
   */
  public void noticeOutsideMove(Optional<String> seen) {
    Optional<AliasMove> newest = newest();
    if (!agree(newest, seen)) {
      recordOutsideMove(newest);
    }
  }

  private void recordOutsideMove(Optional<AliasMove> newest) {
    // table, registry, table: the gate writes its row before it moves the alias, so a table that
    // stayed as it was proves that this holder was not the gate's doing
    Optional<String> holder = registry().byAlias(model, alias).map(ModelVersion::version);
    AliasHistory history = read();
    if (agree(newest, holder) || !history.newest().equals(newest)) {
      return;
    }

    Optional<String> before = newest.flatMap(AliasMove::certainHolder);
    try {
      appendAt(
          history, before, holder, OUTSIDE, "found at " + runKey, Optional.empty(), Kind.FOUND);
    } catch (LostRaceException e) {
      return; // another program wrote of this alias just now; whoever looks next compares again
    }

    context
        .progress()
        .say(
            runKey.room(),
            "%s@%s was moved outside of the gate, from %s to %s"
                .formatted(model, alias, before.orElse("none"), holder.orElse("none")));
  }

  private static boolean agree(Optional<AliasMove> newest, Optional<String> holder) {
    return newest.map(move -> move.allows(holder)).orElse(holder.isEmpty());
  }

  /**
   * Moves the alias to the candidate of a verdict that is recorded.
   *
   * @param expected holder that the verdict was given beside; empty for none
   * @param lease of the model's verdict; who lost it moves nothing
   * @throws org.millrace.contracts.MillraceException of category BUSY where someone else moved it,
   *     or took the lease over
   */
  public void move(Optional<String> expected, VerdictRecord verdict, Lease lease) {
    String why = why(verdict);
    Optional<String> word = Optional.of(verdict.decision().verdict().name());
    move(
        expected,
        verdict.candidate(),
        new Cause(verdict.approver().orElse(GATE), why, word),
        lease);
  }

  /** Why a move happened that follows from a verdict. */
  public static String why(VerdictRecord verdict) {
    return "verdict " + verdict.number() + ": " + String.join("; ", verdict.decision().reasons());
  }

  /**
   * Moves the alias because a person asks for it.
   *
   * @param expected holder that the person wants to replace
   * @param to version that gets it
   * @param lease of the model's verdict; who lost it moves nothing
   * @throws org.millrace.contracts.MillraceException as the other
   */
  public void move(Optional<String> expected, String to, RollbackRequest asked, Lease lease) {
    move(expected, to, new Cause(asked.who(), asked.why(), Optional.empty()), lease);
  }

  /**
   * Moves the alias to a version whose rollout has come to its end.
   *
   * @param expected holder that it was compared with
   * @param to version that gets it
   * @param who {@code policy} or a person
   * @param why one sentence
   * @param lease of the model's verdict; who lost it moves nothing
   * @throws org.millrace.contracts.MillraceException as the other
   */
  public void move(Optional<String> expected, String to, String who, String why, Lease lease) {
    move(expected, to, new Cause(who, why, Optional.empty()), lease);
  }

  /** Who moves the alias, why, and by which word of the gate. */
  private record Cause(String who, String why, Optional<String> word) {}

  private void move(Optional<String> expected, String number, Cause cause, Lease lease) {
    lease.requireHeld();
    Optional<String> to = Optional.of(number);
    Optional<AliasMove> newest = newest();
    boolean announced =
        newest
            .filter(move -> move.kind() == Kind.INTENDED && move.why().equals(cause.why()))
            .filter(move -> move.from().equals(expected) && move.to().equals(to))
            .isPresent();
    if (!announced) {
      append(expected, to, cause.who(), cause.why(), cause.word(), Kind.INTENDED);
    }

    FaultPoint.BEFORE_ALIAS.reached(model);
    lease.requireHeld();
    registry().moveAlias(model, alias, expected, number);
    FaultPoint.AFTER_ALIAS.reached(model);
    append(expected, to, cause.who(), cause.why(), cause.word(), Kind.MOVED);
    context
        .progress()
        .say(
            runKey.room(),
            "%s@%s moved from %s to %s".formatted(model, alias, expected.orElse("none"), number));
  }

  private ModelRegistry registry() {
    return context.registry().get();
  }

  private Optional<AliasMove> newest() {
    return read().newest();
  }

  private AliasHistory read() {
    return AliasHistory.read(context.lake().logs(), model, alias);
  }

  private void close(AliasHistory history, AliasMove open) {
    try {
      appendAt(history, open.from(), open.to(), open.who(), open.why(), open.verdict(), Kind.MOVED);
    } catch (LostRaceException e) {
      // another program closed it, or wrote behind it, just now: nothing is open any more
      context.progress().say(runKey.room(), "the alias was recorded by another run meanwhile");
    }
  }

  /** A row of the gate's is written behind whatever came in between: its move is happening. */
  private void append(
      Optional<String> from,
      Optional<String> to,
      String who,
      String why,
      Optional<String> verdict,
      Kind kind) {
    for (int race = 0; ; race++) {
      try {
        appendAt(read(), from, to, who, why, verdict, kind);
        return;
      } catch (LostRaceException e) {
        if (race == MOST_RACES) {
          throw e;
        }
      }
    }
  }

  private void appendAt(
      AliasHistory history,
      Optional<String> from,
      Optional<String> to,
      String who,
      String why,
      Optional<String> verdict,
      Kind kind) {
    long number = history.newest().map(AliasMove::number).orElse(0L) + 1;
    AliasMove move =
        new AliasMove(
            model,
            alias,
            number,
            from,
            to,
            who,
            why,
            runKey.toString(),
            verdict,
            context.clock().instant(),
            kind);
    Dataset<Row> row =
        context.spark().createDataFrame(List.of(move.toRow()), AliasMove.SCHEMA).coalesce(1);
    new TableWriter(
            context.lake(),
            OpsTables.ALIASES,
            "Moves of models' aliases: from, to, who, why, run key",
            Map.of(),
            Optional.empty())
        .appendAt(
            row,
            history.version(),
            context.note(runKey, "alias " + number + " of " + model, List.of()));
  }
}
