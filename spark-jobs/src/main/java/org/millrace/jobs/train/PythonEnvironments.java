package org.millrace.jobs.train;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Verb;
import org.millrace.jobs.room.Progress;

/** Python environments made from lock files by {@code bin/python-env}, each once. Driver only. */
final class PythonEnvironments {
  private static final Duration LIMIT = Duration.ofMinutes(30);
  private static final int WRONG_ARGUMENT = 64;

  private final Path home;
  private final Progress progress;

  PythonEnvironments(Path home, Progress progress) {
    this.home = requireNonNull(home, "home is null");
    this.progress = requireNonNull(progress, "progress is null");
  }

  /**
   * The directory of an environment, made if it is not there.
   *
   * @throws MillraceException of category DEFINITION if the lock is none; EXTERNAL if there is no
   *     usable Python, or a package did not arrive
   */
  Path of(Path lock) {
    String script = home.resolve("bin/python-env").toString();
    ProgramRun.Ending ending =
        new ProgramRun(List.of(script, "--lock", lock.toString()), home, Map.of(), LIMIT)
            .run(line -> progress.say(Verb.TRAIN.word(), line));
    if (ending.exitCode() != 0) {
      throw new MillraceException(
          ending.exitCode() == WRONG_ARGUMENT ? ErrorCategory.DEFINITION : ErrorCategory.EXTERNAL,
          "Cannot make the Python environment of %s: %s".formatted(lock, ending.lastLine()));
    }

    return Path.of(ending.lastLine());
  }
}
