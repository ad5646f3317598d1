package org.millrace.jobs.rollback;

import static java.util.Objects.requireNonNull;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.millrace.contracts.Claim;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Partition;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.Verb;
import org.millrace.contracts.definition.ScoringDefinition;
import org.millrace.contracts.registry.ModelRegistry;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.features.lease.Lease;
import org.millrace.jobs.lineage.Lineage;
import org.millrace.jobs.model.AliasMove;
import org.millrace.jobs.model.AliasMoves;
import org.millrace.jobs.model.Champion;
import org.millrace.jobs.model.ContractViews;
import org.millrace.jobs.model.ModelContracts;
import org.millrace.jobs.model.RollbackRequest;
import org.millrace.jobs.room.Claims;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.room.Room;

/**
 * Gives the alias that scores back to an earlier version, because a person asks for it, and with it
 * the days that a person names: the move and each day are recorded with who and why, and a command
 * undoes them.
 *
 * <p>The alias comes first, the days after it: what may be refused (the registry, another move) is
 * then refused before readers see a difference, and a kill in between leaves no night that scores
 * with the version that is given up. The same call again goes on with the days.
 *
 * <p>Placement: driver only.
 */
public final class RollBackModel implements Room<RollbackResult> {
  private final JobContext context;
  private final RunKey runKey;
  private final ScoringDefinition scoring;
  private final RollbackRequest asked;
  private final AliasMoves aliases;

  /** Prepares the room for the model that the run key names. */
  public RollBackModel(JobContext context, RunKey runKey, RollbackRequest asked) {
    this.context = requireNonNull(context, "context is null");
    this.runKey = requireNonNull(runKey, "runKey is null");
    this.scoring = context.pipeline().scoring();
    this.asked = requireNonNull(asked, "asked is null");
    this.aliases = new AliasMoves(context, runKey, scoring);
  }

  /** What the room claims: the verdict, and the days from the one on that is named. */
  public static List<Claim> claims(JobContext context, RunKey key, RollbackRequest asked) {
    List<Claim> claims = new ArrayList<>(Claims.of(Verb.ROLLBACK, context.pipeline(), key.days()));
    asked
        .since()
        .map(since -> RollBackDays.claimed(context, since))
        .map(days -> new Claim(context.pipeline().scoring().predictions(), days))
        .ifPresent(claims::add);
    return claims;
  }

  @Override
  public Verb verb() {
    return Verb.ROLLBACK;
  }

  /**
   * Moves the alias, unless the version holds it, and then the days.
   *
   * @throws MillraceException of category INPUT_MISSING if no other version held the alias before,
   *     or the version is gone; DEFINITION if the definitions do not give what it needs; BUSY if
   *     someone else moved the alias meanwhile; DATA_CONTRACT if files of a day are lost
   */
  @Override
  public RollbackResult run(Lease lease) {
    List<AliasMove> moves = AliasMoves.history(context.lake(), scoring.model(), scoring.alias());
    Optional<String> holder = holder().map(ModelVersion::version);
    RollbackTurn turn = RollbackTurn.of(asked, holder, noticed(moves));
    ModelVersion target = target(turn);
    if (!turn.isMoved()) {
      requireUsable(target);
    }

    Optional<RollBackDays> days = RollBackDays.plan(context, runKey, asked, turn);
    List<TableVersion> made = List.of();
    if (!asked.dryRun()) {
      made = apply(turn, target, days, lease);
    }

    return new RollbackResult(
        scoring.alias(),
        turn.from(),
        target,
        turn.isMoved(),
        asked,
        asked.since().isPresent() ? List.of() : turn.from().map(this::daysOf).orElse(List.of()),
        days.map(RollBackDays::changes).orElse(List.of()),
        made);
  }

  private List<TableVersion> apply(
      RollbackTurn turn, ModelVersion target, Optional<RollBackDays> days, Lease lease) {
    if (!turn.isMoved()) {
      aliases.move(turn.from(), target.version(), asked, lease);
      Champion.resolve(context); // what it needs is made from the next night on
    }

    List<TableVersion> made = days.map(found -> found.run(lease)).orElse(List.of());
    if (made.isEmpty() && days.isPresent()) {
      new Lineage(context).deliver(); // what an earlier run could not
    }

    return made;
  }

  /** A move from outside is not recorded by a run that changes nothing. */
  private Optional<ModelVersion> holder() {
    return asked.dryRun()
        ? context.registry().get().byAlias(scoring.model(), scoring.alias())
        : aliases.observe();
  }

  /** With a move from outside that was recorded just now; an open move stays open. */
  private List<AliasMove> noticed(List<AliasMove> before) {
    List<AliasMove> all = AliasMoves.history(context.lake(), scoring.model(), scoring.alias());
    boolean isClosed =
        all.size() > before.size() && all.get(all.size() - 1).kind() == AliasMove.Kind.MOVED;
    return isClosed ? before : all;
  }

  private ModelVersion target(RollbackTurn turn) {
    String number =
        turn.to()
            .orElseThrow(
                () ->
                    new MillraceException(
                        ErrorCategory.INPUT_MISSING,
                        "Cannot roll %s back: no other version held %s before; name one with --to, `millrace models %s` lists them"
                            .formatted(scoring.model(), scoring.alias(), scoring.model())));
    ModelRegistry registry = context.registry().get();
    return registry
        .byVersion(scoring.model(), number)
        .orElseThrow(
            () ->
                new MillraceException(
                    ErrorCategory.INPUT_MISSING,
                    "Cannot roll back to %s/%s: it is not in %s; `millrace models %s` lists the versions"
                        .formatted(scoring.model(), number, registry.location(), scoring.model())));
  }

  /** Its file, its contract, and what the definitions give: known now, not at night. */
  private void requireUsable(ModelVersion version) {
    ContractViews.of(
        context.pipeline(),
        version,
        ModelContracts.of(context).of(context.registry().get(), version));
  }

  private List<DayRange> daysOf(String version) {
    String name = scoring.model() + "/" + version;
    TreeSet<LocalDate> days = new TreeSet<>();
    context
        .ledger()
        .partitions(scoring.predictions())
        .forEach(
            (partition, entry) -> {
              if (partition instanceof Partition.Day day
                  && entry.isReadable()
                  && entry.model().equals(Optional.of(name))) {
                days.add(day.date());
              }
            });
    return DayRange.covering(days);
  }
}
