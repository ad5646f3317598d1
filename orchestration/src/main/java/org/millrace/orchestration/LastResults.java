package org.millrace.orchestration;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.millrace.contracts.Causes;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.MillraceException;

/** The result lines of what ran last, in {@code <home>/.millrace/results}. */
final class LastResults {
  private final CommandContext context;

  LastResults(CommandContext context) {
    this.context = requireNonNull(context, "context is null");
  }

  /** So many of them at most; one that cannot be read is left out, which is said. */
  List<JobResult> newestFirst(int most) {
    Path directory = context.state().resolve("results");
    if (!Files.isDirectory(directory)) {
      return List.of();
    }

    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.toString().endsWith(".json"))
          .sorted(Comparator.comparing(LastResults::writtenAt).reversed())
          .limit(most)
          .flatMap(file -> read(file).stream())
          .toList();
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL,
          "Cannot list the results in " + directory + ": " + Causes.words(e),
          e);
    }
  }

  private static FileTime writtenAt(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException e) {
      return FileTime.fromMillis(0); // replaced while we look: it counts as old, and is not lost
    }
  }

  private Optional<JobResult> read(Path file) {
    try {
      return Optional.of(JobResult.fromJsonLine(Files.readString(file)));
    } catch (IOException | MillraceException e) { // the rest of the status is wanted all the more
      context.err().println("millrace: left out " + file + ", which cannot be read: " + e);
      return Optional.empty();
    }
  }
}
