package org.millrace.jobs;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.millrace.jobs.model.RegistrationRequest;
import picocli.CommandLine.Option;

/** What is registered. */
final class RegistrationArguments {
  @Option(names = "--model")
  private @Nullable Path model;

  @Option(names = "--inputs")
  private @Nullable Path inputs;

  @Option(names = "--output")
  private @Nullable String output;

  @Option(names = "--golden")
  private @Nullable Path golden;

  /**
   * The request; empty if no model is named.
   *
   * @param user who asks
   */
  Optional<RegistrationRequest> request(String user) {
    return Optional.ofNullable(model)
        .map(
            file ->
                new RegistrationRequest(
                    file,
                    Optional.ofNullable(inputs),
                    Optional.ofNullable(output),
                    Optional.ofNullable(golden),
                    user));
  }
}
