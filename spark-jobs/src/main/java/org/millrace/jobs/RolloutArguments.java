package org.millrace.jobs;

import java.time.LocalDate;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.millrace.jobs.challenger.RolloutRequest;
import org.millrace.jobs.prediction.UnpublishRequest;
import picocli.CommandLine.Option;

/** Arguments of a decision on a rollout beside those that it shares with others. */
final class RolloutArguments {
  @Option(names = "--action")
  private RolloutRequest.@Nullable Action action;

  @Option(names = "--from-day")
  private @Nullable LocalDate fromDay;

  /**
   * What is asked; that the policy looks, if no action is named.
   *
   * @param said who asks, and why
   * @param version that is rolled out; empty if none is begun
   */
  RolloutRequest request(UnpublishRequest said, Optional<String> version) {
    return action == null
        ? RolloutRequest.LOOK
        : new RolloutRequest(
            action,
            version,
            Optional.ofNullable(fromDay),
            said.by().isEmpty() ? "a person" : said.by(),
            said.reason());
  }
}
