package org.millrace.contracts;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.List;
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

  private void removeOld() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      List<Path> logs = files.filter(file -> file.toString().endsWith(ENDING)).toList();
      if (logs.size() > KEPT) {
        List<Path> oldestFirst =
            logs.stream().sorted(Comparator.comparing(FailureLog::lastModified)).toList();
        for (Path old : oldestFirst.subList(0, logs.size() - KEPT)) {
          Files.deleteIfExists(old);
        }
      }
    }
  }

  /** The beginning of time for a file that another process removed in between. */
  private static FileTime lastModified(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException e) {
      return FileTime.fromMillis(0);
    }
  }
}
