package org.millrace.orchestration;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which definitions are meant, for commands that start no job. */
final class ConfOption {
  @Option(
      names = "--conf",
      paramLabel = "DIR",
      description = "Directory of the definitions; default: conf in the project's home.")
  @Nullable Path conf;

  LaunchOptions launch() {
    LaunchOptions options = new LaunchOptions();
    options.conf = conf;
    return options;
  }
}
