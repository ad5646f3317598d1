package org.millrace.orchestration.launch;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.millrace.contracts.Causes;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * The classes of Spark and of the jobs jar as the JVM keeps them in memory: a short job spends
 * about half of its CPU time loading them. Written once by a program on the jars of the copied
 * Spark when it ends, and mapped by all later ones; jobs have one archive, plans a smaller one. The
 * JVM itself refuses an archive of other jars or of another Java, and then just starts slower.
 */
public final class ClassArchive {
  private final SparkRuntime runtime;
  private final Path jobsJar;
  private final boolean isUsable;
  private final Path file;
  private final Path draft;

  /**
   * @param directory where the archive lies
   * @param name of the archive, such as {@code spark}
   * @param hasOwnOptions whether the user gave JVM options: agents and recordings look at classes
   *     as they are loaded, and with them Java 17 crashes on an archive, so there is none then
   */
  public ClassArchive(
      SparkRuntime runtime, Path jobsJar, Path directory, String name, boolean hasOwnOptions) {
    this.runtime = requireNonNull(runtime, "runtime is null");
    this.jobsJar = requireNonNull(jobsJar, "jobsJar is null");
    this.isUsable = runtime.submit().isEmpty() && !hasOwnOptions;
    this.file = directory.resolve(name + ".jsa");
    this.draft = directory.resolve(name + ".jsa." + ProcessHandle.current().pid());
  }

  /** JVM options of a job that maps the archive; none where there is no archive to map. */
  public List<String> reading() {
    return isUsable && isFresh() ? options("-XX:SharedArchiveFile=" + file) : List.of();
  }

  /**
   * JVM options of a job that writes the archive when it ends; none where that is not needed, or
   * the directory is not to be written. Only one such job of this process at a time; what killed
   * ones left is removed.
   */
  public List<String> writing() {
    if (!isUsable || isFresh() || !Files.isWritable(file.getParent())) {
      return List.of();
    }

    removeOldDrafts();
    return options("-XX:ArchiveClassesAtExit=" + draft);
  }

  private void removeOldDrafts() {
    String prefix = file.getFileName() + ".";
    try (DirectoryStream<Path> drafts =
        Files.newDirectoryStream(file.getParent(), prefix + "[0-9]*")) {
      for (Path old : drafts) {
        long writer = Long.parseLong(old.getFileName().toString().substring(prefix.length()));
        if (ProcessHandle.of(writer).isEmpty()) {
          Files.deleteIfExists(old);
        }
      }
    } catch (IOException | DirectoryIteratorException | NumberFormatException e) {
      return; // another program's, or it removes them too
    }
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
          ErrorCategory.EXTERNAL,
          "Cannot keep the class archive " + file + ": " + Causes.words(e),
          e);
    }
  }

  /** Removes what a job wrote; nothing where it wrote nothing. */
  public void discard() {
    try {
      Files.deleteIfExists(draft);
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL,
          "Cannot delete the class archive " + draft + ": " + Causes.words(e),
          e);
    }
  }

  private boolean isFresh() {
    try {
      return Files.exists(file) && isOlder(runtime.jars()) && isOlder(jobsJar);
    } catch (IOException e) {
      return false; // replaced at this moment: this job starts without it
    }
  }

  private boolean isOlder(Path source) throws IOException {
    return Files.getLastModifiedTime(source).compareTo(Files.getLastModifiedTime(file)) < 0;
  }

  /** The JVM's own words about archives would go to stdout, which belongs to the result line. */
  private static List<String> options(String archive) {
    return List.of(archive, "-Xshare:auto", "-Xlog:disable", "-Xlog:all=error:stderr");
  }
}
