package org.millrace.jobs.rollout;

import static java.util.Objects.requireNonNull;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedSet;
import org.millrace.contracts.Claim;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.Json;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.Verb;
import org.millrace.contracts.definition.RolloutDefinition;
import org.millrace.contracts.definition.RolloutStage;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.features.lease.Lease;
import org.millrace.jobs.challenger.BeginRollout;
import org.millrace.jobs.challenger.RolloutHistory;
import org.millrace.jobs.challenger.RolloutMove;
import org.millrace.jobs.challenger.RolloutMove.Action;
import org.millrace.jobs.challenger.RolloutMoves;
import org.millrace.jobs.challenger.RolloutMoves.Cause;
import org.millrace.jobs.challenger.RolloutRequest;
import org.millrace.jobs.model.AliasMoves;
import org.millrace.jobs.model.Champion;
import org.millrace.jobs.room.Claims;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.room.Room;
import org.millrace.registry.rollout.RolloutDecision;

/**
 * Begins, looks at, halts and ends the rollout of a model. At night the policy decides, from the
 * days whose labels came; a person may decide otherwise, with a reason. Who decided what and why
 * stands in {@code ops.rollouts}.
 *
 * <p>Killed at any point and run again: the same. Where the challenger gets the alias, the alias is
 * moved first; a rollout whose challenger holds it has ended.
 *
 * <p>Placement: driver only; a few Spark jobs over the days of the stage.
 */
public final class DecideRollout implements Room<RolloutResult> {
  private static final String POLICY = "policy";
  private static final int DAYS_AHEAD = 366;

  private final JobContext context;
  private final RunKey runKey;
  private final RolloutRequest asked;
  private final RolloutDefinition definition;
  private final RolloutMoves moves;
  private final AliasMoves aliases;

  /**
   * Prepares the room for the model that the run key names.
   *
   * @throws MillraceException of category DEFINITION if the model has no rollout definition
   */
  public DecideRollout(JobContext context, RunKey runKey, RolloutRequest asked) {
    this.context = requireNonNull(context, "context is null");
    this.runKey = requireNonNull(runKey, "runKey is null");
    this.asked = requireNonNull(asked, "asked is null");
    this.definition = BeginRollout.definition(context);
    this.moves = new RolloutMoves(context, runKey, definition);
    this.aliases = new AliasMoves(context, runKey, context.pipeline().scoring());
  }

  /**
   * What a person's decision claims: the model's verdict, and the predictions of the days to come,
   * so that no night scores by one decision and publishes by another.
   */
  public static List<Claim> claims(JobContext context, RunKey runKey) {
    List<Claim> claims =
        new ArrayList<>(Claims.of(Verb.ROLLOUT, context.pipeline(), runKey.days()));
    LocalDate next = RolloutMoves.next(context);
    claims.add(
        new Claim(
            context.pipeline().scoring().predictions(),
            new DayRange(next, next.plusDays(DAYS_AHEAD))));
    return claims;
  }

  @Override
  public Verb verb() {
    return Verb.ROLLOUT;
  }

  /**
   * Decides.
   *
   * @throws MillraceException of category DEFINITION if a person asks for what is not there;
   *     GATE_REJECTED if a version that failed its gate is to be rolled out; BUSY if someone else
   *     moved the alias, or decided on the rollout, meanwhile
   */
  @Override
  public RolloutResult run(Lease lease) {
    RolloutHistory history = moves.history();
    if (asked.action() == RolloutRequest.Action.BEGIN) {
      RolloutMove begun = new BeginRollout(context, runKey).begin(asked, lease);
      return history.rows().contains(begun)
          ? RolloutResult.nothing(
              "The rollout of %s/%s is under way, in stage %s since %s"
                  .formatted(begun.model(), begun.challenger(), begun.stage(), begun.fromDay()))
          : made(begun, 0);
    }

    Optional<ModelVersion> champion = aliases.observe();
    Optional<FallBackToEarlier.Moved> fallen = fallBack(champion, lease);
    if (fallen.isPresent()) {
      return RolloutResult.of(definition.model(), fallen.get());
    }

    Optional<RolloutMove> current = history.current();
    if (current.isEmpty()) {
      return withoutRollout();
    }

    Optional<String> holder = champion.map(ModelVersion::version);
    Cause person = new Cause(asked.by(), asked.why());
    if (!holder.equals(Optional.of(current.get().champion()))) {
      return made(ended(current.get(), holder), 0);
    }

    return switch (asked.action()) {
      case HALT -> made(moves.end(current.get(), Action.HALT, asked.from(), person), 0);
      case PROMOTE -> made(promote(current.get(), person, lease), 0);
      case ADVANCE ->
          asked.why().isEmpty()
              ? look(history, current.get(), lease)
              : made(goOn(current.get(), stage(current.get()), person, lease), 0);
      case BEGIN -> throw new IllegalStateException("a rollout was begun before");
    };
  }

  /** Only where the policy looks: a person decides by other reasons. */
  private Optional<FallBackToEarlier.Moved> fallBack(Optional<ModelVersion> champion, Lease lease) {
    boolean isLook = asked.action() == RolloutRequest.Action.ADVANCE && asked.why().isEmpty();
    return isLook && champion.isPresent() && definition.fallBack().isPresent()
        ? new FallBackToEarlier(context, definition.fallBack().get(), aliases)
            .ifDue(champion.get(), lease)
        : Optional.empty();
  }

  /** A halt that is repeated has nothing left to do; what goes on must be there. */
  private RolloutResult withoutRollout() {
    boolean isWanted =
        asked.action() == RolloutRequest.Action.PROMOTE
            || (asked.action() == RolloutRequest.Action.ADVANCE && !asked.why().isEmpty());
    if (!isWanted) {
      return RolloutResult.nothing("No rollout of %s is under way".formatted(definition.model()));
    }

    throw new MillraceException(
        ErrorCategory.DEFINITION,
        "Cannot %s a rollout of %s: none is under way; `millrace rollout begin %s --version N` begins one"
            .formatted(
                asked.action().name().toLowerCase(Locale.ROOT),
                definition.model(),
                definition.model()));
  }

  /**
   * Someone moved the alias: to the challenger, as a promotion that was killed did too, or to a
   * version that it was not compared with. What a person asks then can only end the rollout.
   */
  private RolloutMove ended(RolloutMove current, Optional<String> holder) {
    boolean isPromoted = holder.equals(Optional.of(current.challenger()));
    Cause moved =
        isPromoted
            ? new Cause(POLICY, "the challenger holds the alias")
            : Cause.moved(current, holder.orElse("none"));
    return moves.end(
        current,
        isPromoted ? Action.PROMOTE : Action.HALT,
        asked.from(),
        asked.why().isEmpty() ? moved : new Cause(asked.by(), asked.why() + "; " + moved.why()));
  }

  private RolloutResult look(RolloutHistory history, RolloutMove current, Lease lease) {
    RolloutStage stage = stage(current);
    StageDays stageDays = StageDays.of(context, definition, history, current);
    SortedSet<LocalDate> days = stageDays.scored();
    if (days.isEmpty() && stageDays.judged() >= stage.mostDays()) {
      return made(
          moves.end(
              current,
              Action.HALT,
              Optional.empty(),
              new Cause(
                  POLICY,
                  "it has scored none of %d days, most-days of stage %s is %d"
                      .formatted(stageDays.judged(), stage.name(), stage.mostDays()))),
          0);
    }

    if (days.isEmpty() || isSeen(history, days)) {
      return RolloutResult.nothing(
          "Stage %s of the rollout of %s/%s has %s of %d days with labels%s"
              .formatted(
                  stage.name(),
                  definition.model(),
                  current.challenger(),
                  days.isEmpty() ? "none" : Integer.toString(days.size()),
                  stage.days(),
                  days.isEmpty() ? "" : ", and no new one"));
    }

    GatherEvidence.Looked looked =
        new GatherEvidence(context, definition, stage, current).look(days);
    RolloutDecision decision = looked.decision();
    Cause cause =
        new Cause(POLICY, String.join("; ", decision.reasons()), Json.write(looked.evidence()));
    lease.requireHeld();
    RolloutMove move =
        switch (decision.step()) {
          case STAY ->
              decision.share().isPresent()
                  ? moves.share(current, decision.share().getAsDouble(), cause)
                  : moves.look(current, cause);
          case GO_ON -> goOn(current, stage, cause, lease);
          case HALT -> moves.end(current, Action.HALT, Optional.empty(), cause);
        };
    return made(move, looked.evidence().rows());
  }

  /** What was looked at before, by the same rules, is not looked at again. */
  private boolean isSeen(RolloutHistory history, SortedSet<LocalDate> days) {
    String wanted = GatherEvidence.digest(definition, days);
    return history
        .look()
        .map(look -> Json.read(look.evidence(), RolloutEvidence.class))
        .filter(look -> look.digest().equals(wanted))
        .isPresent();
  }

  private RolloutStage stage(RolloutMove current) {
    return definition
        .stage(current.stage())
        .orElseThrow(
            () ->
                new MillraceException(
                    ErrorCategory.DEFINITION,
                    "Cannot look at the rollout of %s/%s: it is in stage %s, and the definition has %s; bring the stage back, or run `millrace rollout halt %s --why TEXT`"
                        .formatted(
                            definition.model(),
                            current.challenger(),
                            current.stage(),
                            String.join(
                                ", ",
                                definition.stages().stream().map(RolloutStage::name).toList()),
                            definition.model())));
  }

  private RolloutMove goOn(RolloutMove current, RolloutStage stage, Cause cause, Lease lease) {
    Optional<RolloutStage> next = definition.after(stage);
    return next.isPresent()
        ? moves.advance(current, next.get(), cause)
        : promote(current, cause, lease);
  }

  private RolloutMove promote(RolloutMove current, Cause cause, Lease lease) {
    aliases.move(
        Optional.of(current.champion()),
        current.challenger(),
        cause.who(),
        "rollout " + current.rollout() + ": " + cause.why(),
        lease);
    Champion.resolve(context); // what it needs is made from the next night on
    return moves.end(current, Action.PROMOTE, Optional.empty(), cause);
  }

  private RolloutResult made(RolloutMove move, long rows) {
    return RolloutResult.of(move, RolloutMoves.next(context).minusDays(1), rows);
  }
}
