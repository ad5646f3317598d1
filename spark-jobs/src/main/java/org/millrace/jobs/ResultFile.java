package org.millrace.jobs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.WholeFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/**
 * Keeps a job's result line as a file, for {@code millrace status}: the newest of each run key.
 * Driver only.
 */
final class ResultFile {
  private static final Logger LOG = LoggerFactory.getLogger(ResultFile.class);

  private static final String ATTEMPTS = "attempts";
  private static final int KEPT = 200;

  private ResultFile() {}

  /**
   * Writes {@code <home>/.millrace/results/<run_key>.json}, and the same for this attempt in {@code
   * results/attempts}, of which the newest {@value #KEPT} stay. A write failure is logged and does
   * not fail the job.
   */
  static void keep(String[] args, JobResult result) {
    Optional<Path> home = home(args);
    if (home.isEmpty() || !result.runKey().matches("[A-Za-z0-9_.-]+")) {
      return;
    }

    Path directory = home.get().resolve(".millrace").resolve("results");
    try {
      write(directory, result.runKey(), result);
      if (!result.attempt().isEmpty()) {
        write(directory.resolve(ATTEMPTS), result.runKey() + "-" + result.attempt(), result);
        removeOld(directory.resolve(ATTEMPTS));
      }
    } catch (IOException | UncheckedIOException e) {
      LOG.warn("Cannot keep the result in {}: {}", directory, e.toString());
    }
  }

  private static void write(Path directory, String name, JobResult result) throws IOException {
    WholeFile.write(
        directory.resolve(name + ".json"),
        (result.toJsonLine() + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private static void removeOld(Path attempts) throws IOException {
    try (Stream<Path> files = Files.list(attempts)) {
      List<Path> newestFirst =
          files
              .filter(file -> file.toString().endsWith(".json"))
              .sorted(Comparator.comparing((Path file) -> file.toFile().lastModified()).reversed())
              .toList();
      for (Path old : newestFirst.subList(Math.min(KEPT, newestFirst.size()), newestFirst.size())) {
        Files.deleteIfExists(old);
      }
    }
  }

  /** The home in arguments that may be wrong otherwise: their failure is a result too. */
  static Optional<Path> home(String[] args) {
    HomeOption option = new HomeOption();
    try {
      new CommandLine(option).setUnmatchedArgumentsAllowed(true).parseArgs(args);
    } catch (ParameterException e) {
      LOG.debug("No home in the arguments", e); // what is wrong is in the result
    }

    return Optional.ofNullable(option.home);
  }

  @Command
  private static final class HomeOption {
    @Option(names = "--home")
    private @Nullable Path home;
  }
}
