package org.millrace.jobs.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.millrace.contracts.Causes;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * A directory for files of a model, removed with all that is in it. Driver only.
 *
 * @param path the directory
 */
public record WorkDirectory(Path path) implements AutoCloseable {
  /** A new one for a driver's own files. */
  public static WorkDirectory make() {
    try {
      return new WorkDirectory(Files.createTempDirectory("millrace-model"));
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL, "Cannot make a directory for the model: " + e, e);
    }
  }

  /**
   * A new one in a directory that a lease keeps for this run: what a run that was killed left there
   * is removed.
   */
  public static WorkDirectory alone(Path parent) {
    try {
      if (Files.exists(parent)) {
        new WorkDirectory(parent).close();
      }

      Files.createDirectories(parent);
      return new WorkDirectory(Files.createTempDirectory(parent, "work-"));
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL, "Cannot make a directory for the model: " + e, e);
    }
  }

  @Override
  public void close() {
    try (Stream<Path> files = Files.walk(path)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL, "Cannot remove " + path + ": " + Causes.words(e), e);
    }
  }
}
