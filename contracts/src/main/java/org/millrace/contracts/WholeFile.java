package org.millrace.contracts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Writes files that other processes read at any time: beside the place, and then moved there in one
 * step. A reader finds the old file or the whole new one, and a failure leaves the old one.
 */
public final class WholeFile {
  private WholeFile() {}

  /** How a file is filled. */
  @FunctionalInterface
  public interface Content {
    /** Fills the file, which is there and empty. */
    void writeTo(Path unfinished) throws IOException;
  }

  /**
   * Makes or replaces a file, and the directories above it. On POSIX file systems only its owner
   * can read it.
   *
   * @return the file
   * @throws IOException if it cannot be written; nothing of the attempt is left then
   */
  public static Path write(Path file, Content content) throws IOException {
    Path directory = Files.createDirectories(file.toAbsolutePath().getParent());
    Path unfinished = Files.createTempFile(directory, file.getFileName().toString(), ".part");
    try {
      content.writeTo(unfinished);
      return Files.move(
          unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(unfinished); // moved, or of no use
    }
  }

  /** {@link #write(Path, Content)} of these bytes. */
  public static Path write(Path file, byte[] bytes) throws IOException {
    return write(file, unfinished -> Files.write(unfinished, bytes));
  }
}
