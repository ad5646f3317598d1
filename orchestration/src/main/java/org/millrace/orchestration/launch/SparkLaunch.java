package org.millrace.orchestration.launch;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.millrace.contracts.Causes;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.ProcessStamp;

/**
 * A submission that is ready to start. Settings may be secrets, and every user of a machine can
 * read the arguments of all processes; so they are in files that only their owner can read. Whoever
 * starts the call closes it when Spark has read them: when the child has ended, or says that it is
 * up. A command that is killed leaves its files, and the next one deletes them.
 */
public final class SparkLaunch implements AutoCloseable {
  private static final String SETTINGS = ".properties";
  private static final String OPTIONS = ".options";

  private final SparkSubmission submission;
  private final Path settings;
  private final Optional<Path> options;

  private SparkLaunch(SparkSubmission submission, Path settings, Optional<Path> options) {
    this.submission = submission;
    this.settings = settings;
    this.options = options;
  }

  /**
   * Writes the files.
   *
   * @param environment variables that say where Spark's own defaults are
   * @param directory for the files; made if it is not there
   * @throws MillraceException of category EXTERNAL if a file cannot be written, DEFINITION if
   *     Spark's defaults cannot be read
   */
  public static SparkLaunch prepare(
      SparkSubmission submission, Map<String, String> environment, Path directory) {
    requireNonNull(submission, "submission is null");
    Map<String, String> all = SparkDefaults.read(environment);
    all.putAll(submission.effectiveSettings());
    List<String> own = submission.ownJvmOptions();
    try {
      makeDirectory(directory);
      deleteLeftovers(directory);
      Path settings = write(directory, SETTINGS, SparkSettingsFile.text(all));
      Optional<Path> options =
          own.isEmpty()
              ? Optional.empty()
              : Optional.of(write(directory, OPTIONS, JvmOptions.argumentFile(own)));
      return new SparkLaunch(submission, settings, options);
    } catch (IOException | UnsupportedOperationException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL,
          "Cannot write Spark's settings to "
              + directory
              + ": "
              + e
              + "; the directory must be writable, on a file system with POSIX permissions",
          e);
    }
  }

  /** The argument list, program first. */
  public List<String> command() {
    List<String> arguments = new ArrayList<>();
    // a server is meant to outlive the command that starts it
    if (!submission.isServing()) {
      ProcessStamp.ofThisProcess()
          .ifPresent(stamp -> arguments.add("-D" + ProcessStamp.PARENT_PROPERTY + "=" + stamp));
    }

    options.ifPresent(file -> arguments.add("@" + file));
    return submission.command(arguments, List.of("--properties-file", settings.toString()));
  }

  /** Variables to set for the child beside the inherited ones. */
  public Map<String, String> environment() {
    return submission.environment();
  }

  /** Deletes the files. */
  @Override
  public void close() {
    try {
      Files.deleteIfExists(settings);
      if (options.isPresent()) {
        Files.deleteIfExists(options.get());
      }
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL,
          "Cannot delete " + settings + ": " + Causes.words(e) + "; delete it, it may hold secrets",
          e);
    }
  }

  private static void makeDirectory(Path directory) throws IOException {
    Files.createDirectories(directory.toAbsolutePath().getParent());
    try {
      Files.createDirectory(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(directory)) {
        throw e;
      }
    }
  }

  private static Path write(Path directory, String ending, String text) throws IOException {
    String stamp = ProcessStamp.ofThisProcess().map(ProcessStamp::toString).orElse("0@0");
    Path file =
        Files.createTempFile(
            directory,
            stamp + "-",
            ending,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    // for an end by a signal: this runs after the hooks that end the child
    file.toFile().deleteOnExit();
    return Files.writeString(file, text, StandardCharsets.UTF_8);
  }

  /** Deletes the files of commands that do not run any more. */
  private static void deleteLeftovers(Path directory) throws IOException {
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(directory, "*@*-*{" + SETTINGS + "," + OPTIONS + "}")) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        Optional<ProcessStamp> owner = ProcessStamp.parse(name.substring(0, name.indexOf('-')));
        if (owner.isPresent() && owner.get().find().isEmpty()) {
          Files.deleteIfExists(file);
        }
      }
    }
  }
}
