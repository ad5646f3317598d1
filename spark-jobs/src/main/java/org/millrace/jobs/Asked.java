package org.millrace.jobs;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import org.millrace.jobs.challenger.RolloutRequest;
import org.millrace.jobs.model.Approval;
import org.millrace.jobs.model.RegistrationRequest;
import org.millrace.jobs.model.RollbackRequest;
import org.millrace.jobs.plan.RunOptions;
import org.millrace.jobs.prediction.LookBack;
import org.millrace.jobs.prediction.UnpublishRequest;

/**
 * What a person asks beside verb, pipeline and days.
 *
 * @param takeBack of predictions that are taken back
 * @param run of a run
 * @param version that the gate judges, or that gets the alias back; empty for the pipeline's own
 *     candidate, and for the holder before
 * @param dryRun whether gate or rollback only says what it would do
 * @param lookBack which published predictions are explained or replayed
 * @param rollout what is asked of a rollout; of a night, that the policy looks
 * @param rollback how an alias is given back
 * @param registration the file that is registered; empty for every other verb
 */
public record Asked(
    UnpublishRequest takeBack,
    RunOptions run,
    Optional<String> version,
    boolean dryRun,
    LookBack lookBack,
    RolloutRequest rollout,
    RollbackRequest rollback,
    Optional<RegistrationRequest> registration) {
  /** Nothing. */
  public static final Asked NOTHING =
      new Asked(
          UnpublishRequest.NONE,
          RunOptions.NONE,
          Optional.empty(),
          false,
          LookBack.ALL,
          RolloutRequest.LOOK,
          RollbackRequest.NONE,
          Optional.empty());

  /** Checks that all is present. */
  public Asked {
    requireNonNull(takeBack, "takeBack is null");
    requireNonNull(run, "run is null");
    requireNonNull(version, "version is null");
    requireNonNull(rollout, "rollout is null");
    requireNonNull(rollback, "rollback is null");
    requireNonNull(registration, "registration is null");
  }

  /** Of a version that a person approves. */
  Approval approval() {
    return new Approval(takeBack.by(), takeBack.reason(), version);
  }

  /** Of a run. */
  public static Asked of(RunOptions run) {
    return new Asked(
        UnpublishRequest.NONE,
        run,
        Optional.empty(),
        false,
        LookBack.ALL,
        RolloutRequest.LOOK,
        RollbackRequest.NONE,
        Optional.empty());
  }
}
