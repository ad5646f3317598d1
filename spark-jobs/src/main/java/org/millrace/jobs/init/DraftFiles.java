package org.millrace.jobs.init;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.millrace.contracts.Causes;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Outcome;
import org.millrace.contracts.definition.Definitions;
import org.millrace.features.sql.CanonicalSql;

/**
 * Puts drafts beside the definitions that there are: first in a copy, which is checked, then in
 * place. A file that is there is never replaced.
 */
final class DraftFiles {
  private static final String PLATFORM = "millrace.yaml";
  private static final List<String> ROOMS =
      List.of(
          "sources",
          "features",
          "validation",
          "spines",
          "labels",
          "training",
          "gate",
          "scoring",
          "monitoring");

  private final Path conf;
  private final Path home;

  DraftFiles(Path conf, Path home) {
    this.conf = conf;
    this.home = home;
  }

  /**
   * Writes all of them or none.
   *
   * @param drafts texts by file in the directory
   * @param check looks at all definitions together
   * @return what the check found; empty if all were written
   */
  Optional<JobResult> write(Map<String, String> drafts, Function<Definitions, JobResult> check) {
    requireFree(drafts);
    Path trial = trial();
    try {
      Path copy = Files.createDirectories(trial.resolve("conf"));
      copy(copy);
      put(copy, drafts);
      JobResult result = checked(copy, check);
      if (result.outcome() == Outcome.FAILED) {
        return Optional.of(result);
      }

      put(conf, drafts);
      return Optional.empty();
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL,
          "Cannot write definitions into " + conf + ": " + Causes.words(e),
          e);
    } finally {
      delete(trial);
    }
  }

  /** Errors name files of the copy, which no one can look at: those that they would be. */
  private JobResult checked(Path copy, Function<Definitions, JobResult> check) {
    try {
      JobResult result = check.apply(Definitions.load(copy, home, new CanonicalSql()));
      return result.outcome() == Outcome.FAILED && result.category() != null
          ? JobResult.failed(
              result.runKey(),
              result.category(),
              result.message().replace(copy.toString(), conf.toString()),
              result.seconds())
          : result;
    } catch (MillraceException e) {
      throw new MillraceException(
          e.category(),
          String.valueOf(e.getMessage()).replace(copy.toString(), conf.toString()),
          e);
    }
  }

  private Path trial() {
    try {
      return Files.createTempDirectory("millrace-init");
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL, "Cannot make a directory for a trial: " + e, e);
    }
  }

  private void requireFree(Map<String, String> drafts) {
    List<String> taken =
        drafts.keySet().stream().filter(file -> Files.exists(conf.resolve(file))).toList();
    if (!taken.isEmpty()) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot write definitions into %s: it has %s already; give another name, or another --conf"
              .formatted(conf, String.join(", ", taken)));
    }
  }

  /** Definitions alone: a lake or data may lie beside them. */
  private void copy(Path into) throws IOException {
    for (String room : ROOMS) {
      Path directory = conf.resolve(room);
      if (Files.isDirectory(directory)) {
        try (Stream<Path> files = Files.list(directory)) {
          for (Path file : files.filter(Files::isRegularFile).toList()) {
            copy(file, into.resolve(room).resolve(file.getFileName().toString()));
          }
        }
      }
    }

    if (Files.exists(conf.resolve(PLATFORM))) {
      copy(conf.resolve(PLATFORM), into.resolve(PLATFORM));
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to.getParent());
    Files.write(to, Files.readAllBytes(from));
  }

  /** All of them or none; what came to a place in the meantime is not replaced. */
  private static void put(Path directory, Map<String, String> drafts) throws IOException {
    List<Path> written = new ArrayList<>();
    try {
      for (Map.Entry<String, String> draft : drafts.entrySet()) {
        Path file = directory.resolve(draft.getKey());
        Files.createDirectories(file.getParent());
        Files.writeString(file, draft.getValue(), StandardOpenOption.CREATE_NEW);
        written.add(file);
      }
    } catch (IOException e) {
      for (Path file : written) {
        Files.deleteIfExists(file);
      }

      throw e;
    }
  }

  private static void delete(Path trial) {
    try (Stream<Path> files = Files.walk(trial)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL, "Cannot delete " + trial + ": " + Causes.words(e), e);
    }
  }
}
