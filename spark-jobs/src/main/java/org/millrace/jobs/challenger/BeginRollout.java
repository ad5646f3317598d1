package org.millrace.jobs.challenger;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.GateDecision.Verdict;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.definition.RolloutDefinition;
import org.millrace.contracts.registry.ModelRegistry;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.features.lease.Lease;
import org.millrace.jobs.challenger.RolloutMoves.Cause;
import org.millrace.jobs.model.AliasMoves;
import org.millrace.jobs.model.Champion;
import org.millrace.jobs.model.ContractViews;
import org.millrace.jobs.model.VerdictRecord;
import org.millrace.jobs.model.Verdicts;
import org.millrace.jobs.room.JobContext;

/** Lets a version enter the first stage of a rollout. Driver only. */
public final class BeginRollout {
  private final JobContext context;
  private final RunKey runKey;
  private final RolloutDefinition definition;

  /** Begins by the definition of the pipeline's rollouts. */
  public BeginRollout(JobContext context, RunKey runKey) {
    this.context = requireNonNull(context, "context is null");
    this.runKey = requireNonNull(runKey, "runKey is null");
    this.definition = definition(context);
  }

  /**
   * The definition of the pipeline's rollouts.
   *
   * @throws MillraceException of category DEFINITION if there is none
   */
  public static RolloutDefinition definition(JobContext context) {
    return context
        .pipeline()
        .rollout()
        .orElseThrow(
            () ->
                new MillraceException(
                    ErrorCategory.DEFINITION,
                    "Cannot roll out a version of %s: it has no definition in rollout/; write one, docs/rollouts.md has an example"
                        .formatted(context.pipeline().name())));
  }

  /**
   * Begins, because a person asks for it.
   *
   * @throws MillraceException of category INPUT_MISSING if there is no champion; DEFINITION if the
   *     version is not there, was never judged or holds the alias already, or the definitions do
   *     not give what it needs; GATE_REJECTED if its newest verdict rejects it; BUSY if another
   *     rollout is under way
   */
  public RolloutMove begin(RolloutRequest asked, Lease lease) {
    String number = asked.version().orElseThrow();
    ModelVersion champion =
        new AliasMoves(context, runKey, context.pipeline().scoring())
            .observe()
            .orElseThrow(
                () ->
                    refused(
                        ErrorCategory.INPUT_MISSING,
                        number,
                        "no version scores yet; let the gate make the first champion"));
    if (champion.version().equals(number)) {
      throw refused(ErrorCategory.DEFINITION, number, "it scores all rows already");
    }

    requireUsable(number);
    requireJudged(number);
    lease.requireHeld();
    RolloutMove begun =
        new RolloutMoves(context, runKey, definition)
            .begin(
                champion.version(),
                number,
                asked.from(),
                new Cause(asked.by(), asked.why().isEmpty() ? "by hand" : asked.why()));
    Champion.beside(context, number); // what it needs is made from the next night on
    return begun;
  }

  private void requireUsable(String number) {
    ModelRegistry registry = context.registry().get();
    if (registry.byVersion(definition.model(), number).isEmpty()) {
      throw refused(
          ErrorCategory.DEFINITION,
          number,
          "%s does not have it; `millrace models %s` lists the versions"
              .formatted(registry.location(), definition.model()));
    }

    ContractViews.of(context, Champion.beside(context, number));
  }

  /** Readers will see its scores: the gate has to know it. */
  private void requireJudged(String number) {
    Optional<VerdictRecord> newest =
        Verdicts.newest(context.lake().logs(), definition.model(), number);
    String judge =
        "`millrace gate %s --version %s` judges it".formatted(definition.model(), number);
    if (newest.isEmpty()) {
      throw refused(ErrorCategory.DEFINITION, number, "it was never judged; " + judge);
    }

    Verdict word = newest.get().decision().verdict();
    if (word.rejects()) {
      throw refused(
          ErrorCategory.GATE_REJECTED,
          number,
          "the newest verdict on it is %s: %s; %s"
              .formatted(word, newest.get().decision().reasons().get(0), judge));
    }
  }

  private MillraceException refused(ErrorCategory category, String number, String why) {
    return new MillraceException(
        category, "Cannot begin a rollout of %s/%s: %s".formatted(definition.model(), number, why));
  }
}
