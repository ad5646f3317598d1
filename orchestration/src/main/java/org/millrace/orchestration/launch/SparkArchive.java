package org.millrace.orchestration.launch;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * Spark's classes as the JVM keeps them in memory: a short job spends about half of its CPU time
 * loading them. Written once by a job of the copied Spark when it ends, and mapped by all later
 * ones. The JVM itself refuses an archive of other jars or of another Java, and then just starts
 * slower.
 */
public final class SparkArchive {
  private final SparkRuntime runtime;
  private final Path file;
  private final Path draft;

  /**
   * @param directory where the archive lies
   */
  public SparkArchive(SparkRuntime runtime, Path directory) {
    this.runtime = requireNonNull(runtime, "runtime is null");
    this.file = directory.resolve("spark.jsa");
    this.draft = directory.resolve("spark.jsa.new");
  }

  /** JVM options of a job that maps the archive; none where there is no archive to map. */
  public List<String> reading() {
    return isFresh() ? options("-XX:SharedArchiveFile=" + file) : List.of();
  }

  /**
   * JVM options of a job that writes the archive when it ends; none where that is not needed. Only
   * one such job at a time.
   */
  public List<String> writing() {
    if (runtime.submit().isPresent() || isFresh()) {
      return List.of();
    }

    return options("-XX:ArchiveClassesAtExit=" + draft);
  }

  /** Puts in place what a job wrote; nothing where it wrote nothing. */
  public void keep() {
    try {
      if (Files.exists(draft)) {
        Files.move(
            draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL, "Cannot keep the class archive " + file + ": " + e, e);
    }
  }

  private boolean isFresh() {
    try {
      return runtime.submit().isEmpty()
          && Files.exists(file)
          && Files.getLastModifiedTime(file).compareTo(Files.getLastModifiedTime(runtime.jars()))
              > 0;
    } catch (IOException e) {
      return false; // replaced at this moment: this job starts without it
    }
  }

  /** The JVM's own words about archives would go to stdout, which belongs to the result line. */
  private static List<String> options(String archive) {
    return List.of(archive, "-Xshare:auto", "-Xlog:disable", "-Xlog:all=error:stderr");
  }
}
