package org.millrace.jobs;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.definition.Definitions;
import picocli.CommandLine.Option;

/** Which lake a job works on. */
final class LakeOption {
  @Option(names = "--lake")
  private @Nullable String lake;

  /** The definitions, with the lake of the arguments if they name one. */
  Definitions inLake(Definitions definitions, Path home) {
    return lake == null ? definitions : definitions.withLake(lake, home);
  }
}
