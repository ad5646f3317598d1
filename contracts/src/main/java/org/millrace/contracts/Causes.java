package org.millrace.contracts;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/** Puts what lies below a failure into words that a person can use. Thread-safe. */
public final class Causes {
  private static final int MOST_CAUSES = 50;

  private Causes() {}

  /** A failure of ours among a throwable and its causes, the outermost. */
  public static Optional<MillraceException> ours(Throwable failure) {
    return find(failure, MillraceException.class);
  }

  /** The same; else another one, for which the failure is the cause. */
  public static MillraceException oursOr(Throwable failure, Supplier<MillraceException> other) {
    return ours(failure).orElseGet(other);
  }

  /** The outermost of a kind among a throwable and its causes. */
  public static <T extends Throwable> Optional<T> find(Throwable failure, Class<T> kind) {
    int seen = 0;
    for (@Nullable Throwable cause = failure;
        cause != null && seen < MOST_CAUSES;
        cause = cause.getCause()) {
      seen++;
      if (kind.isInstance(cause)) {
        return Optional.of(kind.cast(cause));
      }
    }

    return Optional.empty();
  }

  /**
   * A failure to read a file, or to look for it: that of ours which lies below; INPUT_MISSING where
   * it is gone; DATA_CONTRACT where it ends too early or is not compressed as its name says;
   * EXTERNAL else.
   *
   * @param what names what was to be read
   */
  public static MillraceException reading(String what, IOException failure) {
    return oursOr(
        failure, () -> new MillraceException(category(failure), sentence(what, failure), failure));
  }

  private static ErrorCategory category(IOException failure) {
    if (failure instanceof FileNotFoundException || failure instanceof NoSuchFileException) {
      return ErrorCategory.INPUT_MISSING;
    }

    return isBroken(failure) ? ErrorCategory.DATA_CONTRACT : ErrorCategory.EXTERNAL;
  }

  private static boolean isBroken(IOException failure) {
    String message = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
    return failure instanceof EOFException
        || failure instanceof ZipException
        || message.contains("not a gzip file")
        || message.contains("not in gzip format");
  }

  private static String sentence(String what, IOException failure) {
    String advice =
        switch (category(failure)) {
          case INPUT_MISSING -> "check the path, or give the same command again when it is there";
          case DATA_CONTRACT -> "have its producer write it again";
          default -> "check its rights, and whether its storage answers";
        };
    return "Cannot read %s: %s; %s".formatted(what, words(failure), advice);
  }

  /**
   * What a throwable says, in one line and without the name of its class, which means nothing to
   * those who did not write it; where the class says more than the message, in words.
   */
  public static String words(Throwable failure) {
    String message = String.valueOf(failure.getMessage()).lines().findFirst().orElse("").strip();
    if (failure instanceof NoSuchFileException) {
      return message + " does not exist";
    }

    if (failure instanceof AccessDeniedException) {
      return "access to " + message + " is denied";
    }

    if (failure instanceof FileAlreadyExistsException) {
      return message + " exists already";
    }

    if (failure instanceof DirectoryNotEmptyException) {
      return message + " is not empty";
    }

    if (failure instanceof NotDirectoryException) {
      return message + " is no directory";
    }

    if (failure instanceof EOFException) {
      return "it ends too early";
    }

    if (failure instanceof FileSystemException files && files.getReason() != null) {
      return files.getReason() + " (" + files.getFile() + ")";
    }

    boolean isEmpty = failure.getMessage() == null || message.isEmpty();
    return isEmpty ? failure.getClass().getSimpleName() : withoutTypes(message);
  }

  /** {@code java.io.IOException: x} is the message of what wraps an exception. */
  private static String withoutTypes(String message) {
    return message.replaceFirst("^(?:(?:[a-z][\\w$]*\\.)+[A-Z][\\w$]*(?:Exception|Error): )+", "");
  }
}
