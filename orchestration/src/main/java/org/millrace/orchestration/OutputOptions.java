package org.millrace.orchestration;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.files.OutputRequest;
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

  @Option(names = "--overwrite", description = "Replace what is there; else it is refused.")
  boolean overwrite;

  OutputRequest request(Path workingDirectory) {
    String path = output == null ? "" : output;
    return new OutputRequest(
        path.contains(":/") ? path : workingDirectory.resolve(path).normalize().toString(),
        format,
        overwrite);
  }

  /** A path as the job can open it from anywhere; a table's name as it is. */
  static String input(String name, Path workingDirectory) {
    Path path = workingDirectory.resolve(name.contains(":/") ? "" : name).normalize();
    boolean isPath = name.contains("/") || path.toFile().exists();
    return name.contains(":/") || !isPath ? name : path.toString();
  }
}
