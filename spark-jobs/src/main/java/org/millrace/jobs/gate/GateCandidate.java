package org.millrace.jobs.gate;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.GateDecision.Verdict;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Partition;
import org.millrace.contracts.RowCounts;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.Status;
import org.millrace.contracts.Verb;
import org.millrace.contracts.definition.GateDefinition;
import org.millrace.contracts.definition.ScoringDefinition;
import org.millrace.contracts.ledger.LedgerObjects;
import org.millrace.contracts.registry.ModelRegistry;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.features.lease.Lease;
import org.millrace.jobs.challenger.BeginRollout;
import org.millrace.jobs.challenger.RolloutMove;
import org.millrace.jobs.challenger.RolloutMoves;
import org.millrace.jobs.evaluate.Metrics;
import org.millrace.jobs.model.AliasMoves;
import org.millrace.jobs.model.Champion;
import org.millrace.jobs.model.CompleteVerdict;
import org.millrace.jobs.model.VerdictRecord;
import org.millrace.jobs.model.Verdicts;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.room.Room;
import org.millrace.jobs.room.RoomResult;

/**
 * Decides on the newest candidate, or on a version that a person named, and moves the alias to a
 * version that passes. The order is: verdict recorded, registry told, alias moved between two rows
 * of {@code ops.aliases}, ledger entry. A run that was killed is taken up at the recorded verdict:
 * it is not given anew while the version that it was given beside still holds the alias.
 *
 * <p>Placement: driver only.
 */
public final class GateCandidate implements Room<GateCandidate.Result> {

  private final JobContext context;
  private final RunKey runKey;
  private final GateDefinition gate;
  private final ScoringDefinition scoring;
  private final AliasMoves aliases;
  private final Verdicts verdicts;
  private final Optional<String> named;
  private final boolean dryRun;

  /** Prepares the room for the newest candidate of the pipeline that the run key names. */
  public GateCandidate(JobContext context, RunKey runKey) {
    this(context, runKey, Optional.empty(), false);
  }

  /**
   * Prepares the room for one version of the model.
   *
   * @param named its number in the registry, whoever made it; empty for the newest candidate
   * @param dryRun whether it is only judged: nothing is kept, told or moved
   */
  public GateCandidate(JobContext context, RunKey runKey, Optional<String> named, boolean dryRun) {
    this.dryRun = dryRun;
    this.named = requireNonNull(named, "named is null");
    this.context = requireNonNull(context, "context is null");
    this.runKey = requireNonNull(runKey, "runKey is null");
    this.gate = context.pipeline().gate();
    this.scoring = context.pipeline().scoring();
    this.aliases = new AliasMoves(context, runKey, scoring);
    this.verdicts = new Verdicts(context.lake());
  }

  @Override
  public Verb verb() {
    return Verb.GATE;
  }

  /**
   * What was decided.
   *
   * @param model registered model
   * @param candidate number of the candidate
   * @param alias that a version gets if it passes
   * @param message one sentence
   * @param verdict the verdict; empty if it was given before
   * @param isDryRun whether nothing was changed
   */
  public record Result(
      String model,
      String candidate,
      String alias,
      String message,
      Optional<VerdictRecord> verdict,
      boolean isDryRun)
      implements RoomResult {
    /** Of a run that changes what follows. */
    public Result(
        String model,
        String candidate,
        String alias,
        String message,
        Optional<VerdictRecord> verdict) {
      this(model, candidate, alias, message, verdict, false);
    }

    @Override
    public boolean isIdle() {
      return verdict.isEmpty();
    }

    @Override
    public RowCounts rows() {
      return verdict.map(given -> RowCounts.accepted(given.rows())).orElse(RowCounts.NONE);
    }

    @Override
    public Map<String, String> versions() {
      return Map.of(LedgerObjects.candidate(model), candidate);
    }

    @Override
    public Map<String, String> values() {
      Map<String, String> values = new LinkedHashMap<>();
      if (isDryRun) {
        values.put("dry_run", "true");
      }

      verdict.ifPresent(
          given -> {
            values.put("verdict", given.decision().verdict().name());
            values.put("reasons", String.join("; ", given.decision().reasons()));
            values.put("alias", alias);
            given
                .champion()
                .filter(version -> !given.isOfTheChampion())
                .ifPresent(version -> values.put("champion", version));
            given
                .metrics()
                .forEach((metric, value) -> values.put(metric, Metrics.text(metric, value)));
          });
      return values;
    }
  }

  /**
   * Decides, unless this candidate was decided on by the same rules.
   *
   * @throws MillraceException of category GATE_REJECTED where the verdict rejects, also when it was
   *     given before; BUSY where someone else moved the alias in between, or took the lease over
   */
  @Override
  public Result run(Lease lease) {
    Instant startedAt = context.clock().instant();
    GateInputs asked = GateInputs.read(context, gate, named, !dryRun);
    if (dryRun) {
      return judgedOnly(asked, startedAt);
    }

    Optional<VerdictRecord> newest = verdicts.newest(gate.model(), asked.candidate());
    Optional<VerdictRecord> recorded =
        newest.filter(verdict -> answers(verdict, asked)).filter(verdict -> !isVoid(asked));
    Optional<Verdict> told = inLedger(asked).filter(word -> isNewest(word, newest, recorded));
    if (told.isPresent() && !told.get().rejects() && !isOutdated(told.get(), recorded)) {
      return decidedBefore(asked, told.get());
    }

    Optional<ModelVersion> champion = aliases.observe();
    ModelVersion candidate = asked.candidate(registry());
    Optional<VerdictRecord> standing =
        recorded.filter(verdict -> stands(verdict, champion, told.isPresent()));
    long number = verdicts.newest(gate.model()).map(VerdictRecord::number).orElse(0L) + 1;
    VerdictRecord verdict =
        standing.orElseGet(
            () ->
                new JudgeCandidate(context, runKey, gate)
                    .judge(candidate, champion, asked, number, startedAt, lease));
    beginRollout(verdict, champion, lease);
    if (standing.isEmpty() || told.isEmpty()) {
      new CompleteVerdict(context, runKey)
          .complete(verdict, candidate, champion, asked.object(), Optional.of(asked.set()), lease);
    }

    return promoted(verdict, candidate);
  }

  /** Before the ledger has the verdict: a run that is killed in between does it again. */
  private void beginRollout(VerdictRecord verdict, Optional<ModelVersion> champion, Lease lease) {
    if (verdict.decision().verdict() != Verdict.BEGINS_ROLLOUT || champion.isEmpty()) {
      return;
    }

    RolloutMoves moves = new RolloutMoves(context, runKey, BeginRollout.definition(context));
    Optional<RolloutMove> current = moves.history().current();
    boolean isOfAnother =
        current.isPresent()
            && current.get().champion().equals(champion.get().version())
            && !current.get().challenger().equals(verdict.candidate());
    if (isOfAnother) {
      context
          .progress()
          .say(
              verb().word(),
              "the rollout of version %s is under way, so that version %s waits: `millrace rollout begin %s --version %s` once it has ended"
                  .formatted(
                      current.get().challenger(),
                      verdict.candidate(),
                      gate.model(),
                      verdict.candidate()));
      return;
    }

    lease.requireHeld();
    moves.begin(
        champion.get().version(),
        verdict.candidate(),
        Optional.empty(),
        new RolloutMoves.Cause("gate", "verdict " + verdict.number()));
    Champion.beside(context, verdict.candidate()); // what it needs is made from the next night on
  }

  /** What a version was judged beside that is no champion any more. */
  private boolean isOutdated(Verdict word, Optional<VerdictRecord> recorded) {
    return (word == Verdict.AWAITS_APPROVAL || word == Verdict.BEGINS_ROLLOUT)
        && recorded
            .filter(
                verdict -> !verdict.champion().equals(aliases.observe().map(ModelVersion::version)))
            .isPresent();
  }

  private Result judgedOnly(GateInputs asked, Instant startedAt) {
    ModelVersion candidate = asked.candidate(registry());
    Optional<ModelVersion> champion = registry().byAlias(gate.model(), scoring.alias());
    VerdictRecord verdict =
        new JudgeCandidate(context, runKey, gate)
            .decide(candidate, champion, asked, 0, startedAt)
            .verdict();
    if (verdict.decision().verdict().rejects()) {
      throw GateRejection.of(verdict, scoring.alias(), registry().location());
    }

    return new Result(
        gate.model(),
        candidate.version(),
        scoring.alias(),
        "Candidate %s would get %s; nothing was changed"
            .formatted(candidate, verdict.decision().verdict()),
        Optional.of(verdict),
        true);
  }

  private Result promoted(VerdictRecord verdict, ModelVersion candidate) {
    if (verdict.decision().verdict().rejects()) {
      throw GateRejection.of(verdict, scoring.alias(), registry().location());
    }

    return new Result(
        gate.model(),
        candidate.version(),
        scoring.alias(),
        "Candidate "
            + candidate
            + ": "
            + verdict.decision().verdict()
            + approve(verdict.decision().verdict(), candidate.version()),
        Optional.of(verdict));
  }

  /** The candidate was trained again since, as its registry lost it: TRAIN says so. */
  private boolean isVoid(GateInputs asked) {
    return context
        .ledger()
        .entry(asked.object(), Partition.whole())
        .filter(entry -> entry.status() == Status.PENDING)
        .isPresent();
  }

  private static boolean answers(VerdictRecord verdict, GateInputs asked) {
    return verdict.fingerprint().equals(asked.fingerprint())
        && verdict.candidate().equals(asked.candidate());
  }

  private Optional<Verdict> inLedger(GateInputs asked) {
    return context
        .ledger()
        .entry(asked.object(), Partition.whole())
        .filter(entry -> entry.fingerprint().equals(asked.fingerprint()))
        .filter(entry -> entry.output().version().equals(asked.candidate()))
        .map(entry -> Verdict.valueOf(entry.verdict()));
  }

  /** A ledger that is older than {@code ops.verdicts} is believed; else the two must agree. */
  private static boolean isNewest(
      Verdict inLedger, Optional<VerdictRecord> newest, Optional<VerdictRecord> recorded) {
    return newest.isEmpty()
        || recorded.filter(verdict -> verdict.decision().verdict() == inLedger).isPresent();
  }

  /** The alias is not moved again: whoever moved it since had a reason. */
  private Result decidedBefore(GateInputs asked, Verdict verdict) {
    String candidate = asked.candidate();
    String text = "Candidate " + candidate + " was decided on before: " + verdict;
    if (!verdict.promotes() && verdict != Verdict.SAME) {
      return new Result(
          gate.model(),
          candidate,
          scoring.alias(),
          text + approve(verdict, candidate),
          Optional.empty());
    }

    return new Result(
        gate.model(), candidate, scoring.alias(), text + movedSince(asked), Optional.empty());
  }

  private String approve(Verdict verdict, String candidate) {
    return switch (verdict) {
      case AWAITS_APPROVAL ->
          "; `millrace approve %s --version %s --why TEXT` makes it %s"
              .formatted(gate.model(), candidate, scoring.alias());
      case BEGINS_ROLLOUT ->
          "; `millrace rollout status %s` shows how it goes on".formatted(gate.model());
      default -> "";
    };
  }

  private String movedSince(GateInputs asked) {
    String candidate = asked.candidate();
    try {
      if (registry().byVersion(gate.model(), candidate).isEmpty()) {
        return "; "
            + registry().location()
            + " does not have it any more: name the registry that has it, or run `millrace train`,"
            + " which trains it again";
      }

      Optional<String> holder = aliases.observe().map(ModelVersion::version);
      return holder.equals(Optional.of(candidate))
          ? ""
          : "; " + scoring.alias() + " was moved since, to version " + holder.orElse("none");
    } catch (MillraceException e) {
      if (e.category() != ErrorCategory.EXTERNAL) {
        throw e;
      }

      context.progress().say(verb().word(), "the alias was not compared: " + e.getMessage());
      return "";
    }
  }

  /**
   * True where a verdict need not be given anew. One that is not in the ledger is of a run that was
   * killed; of those in the ledger that reject, only a FAIL beside the same champion is final.
   */
  private static boolean stands(
      VerdictRecord verdict, Optional<ModelVersion> champion, boolean inLedger) {
    Optional<String> holder = champion.map(ModelVersion::version);
    boolean sameChampion = holder.equals(verdict.champion());
    Verdict word = verdict.decision().verdict();
    if (inLedger) {
      return sameChampion && word == Verdict.FAIL;
    }

    boolean moved = word.promotes() && holder.equals(Optional.of(verdict.candidate()));
    return sameChampion || moved;
  }

  private ModelRegistry registry() {
    return context.registry().get();
  }
}
