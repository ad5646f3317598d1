package org.millrace.jobs.model;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import org.millrace.contracts.GateDecision.Verdict;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.definition.ScoringDefinition;
import org.millrace.jobs.room.JobContext;

/** Holds the version that scores against the records of aliases and verdicts. Driver only. */
public final class ReigningChampion {
  private final JobContext context;
  private final RunKey runKey;
  private final ScoringDefinition scoring;

  /** Prepares the comparison for a run. */
  public ReigningChampion(JobContext context, RunKey runKey, ScoringDefinition scoring) {
    this.context = requireNonNull(context, "context is null");
    this.runKey = requireNonNull(runKey, "runKey is null");
    this.scoring = requireNonNull(scoring, "scoring is null");
  }

  /**
   * Records a move of the alias that was made outside, and reports what speaks against the
   * champion.
   *
   * @return a sentence while the champion's newest verdict is FAIL; empty otherwise
   */
  public Optional<String> warning(Champion champion) {
    if (champion.origin() == Champion.Origin.REGISTRY) {
      new AliasMoves(context, runKey, scoring)
          .noticeOutsideMove(Optional.of(champion.version().version()));
    }

    Optional<String> warning =
        new Verdicts(context.lake())
            .newest(scoring.model(), champion.version().version())
            .filter(verdict -> verdict.decision().verdict() == Verdict.FAIL)
            .map(verdict -> sentence(champion, verdict));
    warning.ifPresent(text -> context.progress().say(runKey.room(), "warning: " + text));
    return warning;
  }

  private String sentence(Champion champion, VerdictRecord verdict) {
    return "%s holds %s, and its newest verdict is FAIL, given at %s: %s"
        .formatted(
            champion.version(),
            scoring.alias(),
            verdict.judgedAt(),
            String.join("; ", verdict.decision().reasons()));
  }
}
