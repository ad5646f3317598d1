package org.millrace.contracts;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Keeps the whole traces of failed runs and commands, {@code <run_key>-<attempt>.log} each, the
 * newest {@value #KEPT} of them.
 *
 * <p>Placement: driver, and the program of the commands. Safe against other processes.
 */
public final class FailureLog {
  private static final int KEPT = 50;
  private static final String ENDING = ".log";

  private final Path directory;

  /**
   * Names the directory; it is made when needed.
   *
   * @param home the project's home; logs go to {@code .millrace/logs} below it
   */
  public FailureLog(Path home) {
    this.directory =
        requireNonNull(home, "home is null").toAbsolutePath().resolve(".millrace").resolve("logs");
  }

  /**
   * Writes the trace of a failure.
   *
   * @param runKey the intent, or the word of a verb
   * @param attempt distinct for each start of the program
   * @param sentence what the run's result says
   * @return the file
   * @throws IOException if it cannot be written whole
   */
  public Path keep(String runKey, String attempt, String sentence, Throwable failure)
      throws IOException {
    Path file = directory.resolve(fileName(runKey + "-" + attempt) + ENDING);
    Files.createDirectories(directory);
    try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(file, StandardCharsets.UTF_8))) {
      out.println(sentence);
      failure.printStackTrace(out);
      if (out.checkError()) {
        throw new IOException("the trace could not be written whole");
      }
    }

    removeOld();
    return file;
  }

  private static String fileName(String words) {
    return words.replaceAll("[^A-Za-z0-9_.-]", "_").replaceFirst("^[.-]+", "");
  }

  /**
   * What cannot be removed now is removed after another failure: the trace is kept all the same.
   */
  private void removeOld() {
    try (Stream<Path> files = Files.list(directory)) {
      Map<Path, FileTime> times = new HashMap<>();
      for (Path file : files.filter(path -> path.toString().endsWith(ENDING)).toList()) {
        times.put(file, Files.getLastModifiedTime(file));
      }

      List<Path> newestFirst =
          times.entrySet().stream()
              .sorted(Map.Entry.<Path, FileTime>comparingByValue().reversed())
              .map(Map.Entry::getKey)
              .toList();
      for (Path old : newestFirst.subList(Math.min(KEPT, newestFirst.size()), newestFirst.size())) {
        Files.deleteIfExists(old);
      }
    } catch (IOException | UncheckedIOException e) {
      return; // another process removes them too
    }
  }
}
