package org.millrace.orchestration;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.InputFiles;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.files.OutputRequest;
import org.millrace.orchestration.launch.Redaction;
import picocli.CommandLine.Option;

/** Inputs and output of the commands on plain files. */
final class OutputOptions {
  @Option(
      names = "--output",
      required = true,
      paramLabel = "PATH",
      description = "Directory to make, or its URI.")
  @Nullable String output;

  @Option(
      names = "--format",
      paramLabel = "NAME",
      description = "How the rows are stored: ${COMPLETION-CANDIDATES}; default: parquet.")
  OutputRequest.Format format = OutputRequest.Format.PARQUET;

  @Option(
      names = "--overwrite",
      description =
          "Replace what a former asof or score-file wrote there; anything else is refused.")
  boolean overwrite;

  OutputRequest request(Path workingDirectory) {
    String path = output == null ? "" : output;
    requireNoPassword(path);
    return new OutputRequest(
        path.contains(":/") ? path : workingDirectory.resolve(path).normalize().toString(),
        format,
        overwrite);
  }

  /** A path as the job can open it from anywhere; a table's name as it is. */
  static String input(String name, Path workingDirectory) {
    requireNoPassword(name);
    Path path = workingDirectory.resolve(name.contains(":/") ? "" : name).normalize();
    boolean isPath = name.contains("/") || InputFiles.isPattern(name) || path.toFile().exists();
    return name.contains(":/") || !isPath ? name : path.toString();
  }

  /** An address stands in messages and results, so it is no place for a password. */
  private static void requireNoPassword(String address) {
    if (Redaction.hasPassword(address)) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot use "
              + Redaction.masked(address)
              + ": it holds a user and a password, which an address must not; give them as settings"
              + " under spark: of millrace.yaml");
    }
  }
}
