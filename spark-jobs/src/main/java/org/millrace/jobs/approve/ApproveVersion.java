package org.millrace.jobs.approve;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.GateDecision;
import org.millrace.contracts.GateDecision.Verdict;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Partition;
import org.millrace.contracts.RowCounts;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.Verb;
import org.millrace.contracts.definition.GateDefinition;
import org.millrace.contracts.ledger.LedgerObjects;
import org.millrace.contracts.registry.ModelRegistry;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.features.lease.Lease;
import org.millrace.jobs.model.AliasMove;
import org.millrace.jobs.model.AliasMoves;
import org.millrace.jobs.model.Approval;
import org.millrace.jobs.model.CompleteVerdict;
import org.millrace.jobs.model.VerdictRecord;
import org.millrace.jobs.model.Verdicts;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.room.Room;
import org.millrace.jobs.room.RoomResult;

/**
 * Gives a version the alias that kept all rules of its gate and awaited a person's approval. The
 * approval is a verdict of its own, with who and why; it holds only beside the champion and by the
 * rules that the version was judged by.
 *
 * <p>Placement: driver only.
 */
public final class ApproveVersion implements Room<ApproveVersion.Result> {
  private final JobContext context;
  private final RunKey runKey;
  private final GateDefinition gate;
  private final Approval asked;
  private final AliasMoves aliases;
  private final Verdicts verdicts;

  /** Prepares the room for the model that the run key names. */
  public ApproveVersion(JobContext context, RunKey runKey, Approval asked) {
    this.context = requireNonNull(context, "context is null");
    this.runKey = requireNonNull(runKey, "runKey is null");
    this.asked = requireNonNull(asked, "asked is null");
    this.gate = context.pipeline().gate();
    this.aliases = new AliasMoves(context, runKey, context.pipeline().scoring());
    this.verdicts = new Verdicts(context.lake());
  }

  /**
   * What was approved.
   *
   * @param version that was asked about
   * @param alias that it holds
   * @param verdict the new one; empty if the version was approved before
   */
  public record Result(ModelVersion version, String alias, Optional<VerdictRecord> verdict)
      implements RoomResult {
    @Override
    public boolean isIdle() {
      return verdict.isEmpty();
    }

    @Override
    public RowCounts rows() {
      return RowCounts.NONE;
    }

    @Override
    public String message() {
      return isIdle()
          ? version + " was approved before and is " + alias
          : version + " is approved and is " + alias;
    }

    @Override
    public Map<String, String> versions() {
      return Map.of(LedgerObjects.candidate(version.name()), version.version());
    }

    @Override
    public Map<String, String> values() {
      Map<String, String> values = new LinkedHashMap<>();
      values.put("alias", alias);
      verdict.ifPresent(
          given -> {
            values.put("verdict", given.decision().verdict().name());
            values.put("reasons", String.join("; ", given.decision().reasons()));
          });
      return values;
    }
  }

  @Override
  public Verb verb() {
    return Verb.APPROVE;
  }

  /**
   * Approves, unless that was done.
   *
   * @throws MillraceException of category DEFINITION if no such version awaits approval, or it is
   *     not in the registry; GATE_REJECTED if champion, rules or verdict are others than those that
   *     the approval is for; BUSY if someone else moved the alias meanwhile
   */
  @Override
  public Result run(Lease lease) {
    Instant startedAt = context.clock().instant();
    VerdictRecord judged = judged();
    ModelVersion version = version(judged.candidate());
    Optional<ModelVersion> champion = aliases.observe();
    Optional<String> holder = champion.map(ModelVersion::version);
    String alias = context.pipeline().scoring().alias();
    boolean holds = holder.equals(Optional.of(version.version()));
    if (isApproved(judged) && holds && isComplete(judged)) {
      return new Result(version, alias, Optional.empty());
    }

    requireOpen(judged, holds);
    if (!holds) {
      requireSame(judged, holder);
    }

    VerdictRecord approved = isApproved(judged) ? judged : keep(judged, startedAt, lease);
    new CompleteVerdict(context, runKey)
        .complete(approved, version, champion, object(approved), Optional.empty(), lease);
    return new Result(version, alias, Optional.of(approved));
  }

  private VerdictRecord keep(VerdictRecord judged, Instant startedAt, Lease lease) {
    VerdictRecord approved = approved(judged, startedAt);
    lease.requireHeld();
    verdicts.append(approved, context.note(runKey, approved.fingerprint(), List.of()));
    return approved;
  }

  private VerdictRecord judged() {
    Optional<VerdictRecord> found =
        asked.version().isPresent()
            ? verdicts.newest(gate.model(), asked.version().get())
            : newest(ApproveVersion::isAwaiting).or(() -> newest(this::isUnfinished));
    return found.orElseThrow(
        () ->
            missing(
                asked
                    .version()
                    .map(number -> "version " + number + " was never judged")
                    .orElse("no version awaits approval")));
  }

  /** The newest of those verdicts that are the newest ones on their versions. */
  private Optional<VerdictRecord> newest(Predicate<VerdictRecord> which) {
    Map<String, VerdictRecord> newest = new LinkedHashMap<>();
    Verdicts.all(context.lake().logs(), gate.model())
        .forEach(verdict -> newest.put(verdict.candidate(), verdict));
    return newest.values().stream()
        .filter(which)
        .max(Comparator.comparingLong(VerdictRecord::number));
  }

  /** An approval that is not used up: a version that was rolled back since is judged again. */
  private boolean isUnfinished(VerdictRecord judged) {
    return isApproved(judged) && (!isComplete(judged) || holds(judged));
  }

  private boolean holds(VerdictRecord judged) {
    return aliases.observe().map(ModelVersion::version).equals(Optional.of(judged.candidate()));
  }

  private boolean wasMoved(VerdictRecord approved) {
    String why = AliasMoves.why(approved);
    return AliasMoves.history(context.lake(), gate.model(), context.pipeline().scoring().alias())
        .stream()
        .anyMatch(move -> move.kind() == AliasMove.Kind.MOVED && move.why().equals(why));
  }

  /** Where another verdict was given since, the ledger may have forgotten this one. */
  private boolean isComplete(VerdictRecord approved) {
    boolean isNewest =
        verdicts
            .newest(gate.model())
            .filter(newest -> newest.number() == approved.number())
            .isPresent();
    return wasMoved(approved) && (!isNewest || isInLedger(approved));
  }

  private boolean isInLedger(VerdictRecord approved) {
    return context
        .ledger()
        .entry(object(approved), Partition.whole())
        .filter(entry -> entry.verdict().equals(approved.decision().verdict().name()))
        .isPresent();
  }

  private void requireOpen(VerdictRecord judged, boolean holds) {
    if (isApproved(judged) && wasMoved(judged) && !holds) {
      throw rejected(judged, "it was approved, and the alias was moved away from it since");
    }

    if (!isAwaiting(judged) && !isApproved(judged)) {
      throw rejected(
          judged,
          "the newest verdict on it is %s, given at %s"
              .formatted(judged.decision().verdict(), judged.judgedAt()));
    }
  }

  private static boolean isAwaiting(VerdictRecord judged) {
    return judged.decision().verdict() == Verdict.AWAITS_APPROVAL;
  }

  private static boolean isApproved(VerdictRecord judged) {
    return judged.decision().verdict().promotes()
        && judged.decision().reasons().get(0).startsWith(Approval.APPROVED);
  }

  private MillraceException missing(String reason) {
    return new MillraceException(
        ErrorCategory.DEFINITION,
        "Cannot approve a version of %s: %s; run `millrace gate %s --version N` with 'approval: required' first, `millrace history %s` shows the verdicts"
            .formatted(gate.model(), reason, gate.model(), gate.model()));
  }

  private ModelVersion version(String number) {
    ModelRegistry registry = context.registry().get();
    return registry
        .byVersion(gate.model(), number)
        .orElseThrow(
            () -> missing("version %s is not in %s".formatted(number, registry.location())));
  }

  private void requireSame(VerdictRecord judged, Optional<String> holder) {
    String reason =
        !judged.champion().equals(holder)
            ? "it was judged beside version %s, and version %s is champion now"
                .formatted(judged.champion().orElse("none"), holder.orElse("none"))
            : !judged.rules().equals(gate.hash())
                ? "the gate's rules were changed since it was judged"
                : "";
    if (!reason.isEmpty()) {
      throw rejected(judged, reason);
    }
  }

  private MillraceException rejected(VerdictRecord judged, String reason) {
    return new MillraceException(
        ErrorCategory.GATE_REJECTED,
        "Cannot approve %s/%s: %s; run `millrace gate %s --version %s` again"
            .formatted(gate.model(), judged.candidate(), reason, gate.model(), judged.candidate()));
  }

  private VerdictRecord approved(VerdictRecord judged, Instant startedAt) {
    List<String> reasons = new ArrayList<>(List.of(asked.sentence()));
    judged.decision().reasons().stream()
        .filter(reason -> !reason.startsWith(Approval.APPROVED))
        .forEach(reasons::add);
    Verdict word = judged.champion().isPresent() ? Verdict.PASS : Verdict.BOOTSTRAP;
    return new VerdictRecord(
        judged.model(),
        verdicts.newest(gate.model()).map(VerdictRecord::number).orElse(0L) + 1,
        judged.candidate(),
        judged.champion(),
        new GateDecision(word, reasons),
        judged.metrics(),
        judged.rules(),
        judged.days(),
        judged.rows(),
        judged.fingerprint(),
        runKey.toString(),
        startedAt,
        context.clock().instant());
  }

  /**
   * The ledger's name of the verdict that is approved: of the newest candidate, or of a version.
   */
  private String object(VerdictRecord approved) {
    String newest = LedgerObjects.verdict(gate.model());
    return context
            .ledger()
            .entry(newest, Partition.whole())
            .filter(entry -> entry.fingerprint().equals(approved.fingerprint()))
            .isPresent()
        ? newest
        : LedgerObjects.verdict(gate.model(), approved.candidate());
  }
}
