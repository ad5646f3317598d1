package org.millrace.jobs.model;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.jobs.room.JobContext;

/** Holds the version that scores against the records of aliases and verdicts. Driver only. */
public final class ReigningChampion {
  private final JobContext context;
  private final RunKey runKey;

  /** Prepares the comparison for a run. */
  public ReigningChampion(JobContext context, RunKey runKey) {
    this.context = requireNonNull(context, "context is null");
    this.runKey = requireNonNull(runKey, "runKey is null");
  }

  /**
   * Records a move of the alias that was made outside, and reports what speaks against the
   * champion.
   *
   * @return a sentence while the champion's newest verdict is FAIL; empty otherwise
   */
  public Optional<String> warning(Champion champion) {
    if (champion.origin() == Champion.Origin.REGISTRY) {
      new AliasMoves(context, runKey, context.pipeline().scoring())
          .noticeOutsideMove(Optional.of(champion.version().version()));
    }

    return warning(champion.version());
  }

  /**
   * Says what speaks against a version whose predictions are used.
   *
   * @return a sentence while the version's newest verdict is FAIL; empty otherwise
   */
  public Optional<String> warning(ModelVersion version) {
    Optional<String> warning =
        new Verdicts(context.lake())
            .newest(version.name(), version.version())
            .flatMap(VerdictRecord::warning);
    warning.ifPresent(text -> context.progress().say(runKey.room(), "warning: " + text));
    return warning;
  }
}
