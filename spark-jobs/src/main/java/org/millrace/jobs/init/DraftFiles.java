package org.millrace.jobs.init;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
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
      JobResult result = check.apply(Definitions.load(copy, home, new CanonicalSql()));
      if (result.outcome() == Outcome.FAILED) {
        return Optional.of(result);
      }

      put(conf, drafts);
      return Optional.empty();
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL, "Cannot write definitions into " + conf + ": " + e, e);
    } finally {
      delete(trial);
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

  private void copy(Path into) throws IOException {
    if (!Files.isDirectory(conf)) {
      return;
    }

    try (Stream<Path> files = Files.walk(conf)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = into.resolve(conf.relativize(file).toString());
        Files.createDirectories(target.getParent());
        Files.copy(file, target);
      }
    }
  }

  private static void put(Path directory, Map<String, String> drafts) throws IOException {
    for (Map.Entry<String, String> draft : drafts.entrySet()) {
      Path file = directory.resolve(draft.getKey());
      Files.createDirectories(file.getParent());
      Files.writeString(file, draft.getValue());
    }
  }

  private static void delete(Path trial) {
    try (Stream<Path> files = Files.walk(trial)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new MillraceException(ErrorCategory.EXTERNAL, "Cannot delete " + trial + ": " + e, e);
    }
  }
}
