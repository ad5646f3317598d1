package org.millrace.jobs;

import java.time.LocalDate;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.Verb;
import org.millrace.jobs.model.RollbackRequest;
import org.millrace.jobs.prediction.UnpublishRequest;
import picocli.CommandLine.Option;

/** Arguments of a rollback beside those that it shares with others. */
final class RollbackArguments {
  @Option(names = "--since")
  private @Nullable LocalDate since;

  @Option(names = "--allow-empty-days")
  private boolean allowEmptyDays;

  /**
   * What is asked.
   *
   * @param said who asks, and why
   * @param version that gets the alias; empty for the one before
   */
  RollbackRequest request(UnpublishRequest said, Optional<String> version, boolean dryRun) {
    return new RollbackRequest(
        said.by(), said.reason(), version, Optional.ofNullable(since), allowEmptyDays, dryRun);
  }

  /** True if a verb needs the metastore, because days are to be shown otherwise. */
  boolean needMetastore(Verb verb, boolean dryRun) {
    return verb == Verb.ROLLBACK && since != null && !dryRun;
  }
}
