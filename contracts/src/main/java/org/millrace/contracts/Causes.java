package org.millrace.contracts;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/** Puts what lies below a failure into words that a person can use. Thread-safe. */
public final class Causes {
  private static final int MOST_CAUSES = 50;

  /** What readers say of files that are not of their format, in lower case. */
  private static final List<String> BROKEN =
      List.of(
          "is not a parquet file",
          "can not read class org.apache.parquet",
          "malformed orc file",
          "not a gzip file",
          "not in gzip format");

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
   * A failure to read a file, or to look for it: that of ours which lies below; INPUT_MISSING if it
   * is gone; DATA_CONTRACT if its bytes cannot be decoded; otherwise EXTERNAL.
   *
   * @param what names what was to be read
   */
  public static MillraceException reading(String what, IOException failure) {
    return oursOr(
        failure, () -> new MillraceException(category(failure), sentence(what, failure), failure));
  }

  private static ErrorCategory category(IOException failure) {
    if (isGone(failure)) {
      return ErrorCategory.INPUT_MISSING;
    }

    return isBroken(failure) ? ErrorCategory.DATA_CONTRACT : ErrorCategory.EXTERNAL;
  }

  /**
   * The JDK reports a file that it may not open, or has no handle for, as one that is not there.
   */
  private static boolean isGone(IOException failure) {
    String message = String.valueOf(failure.getMessage());
    return failure instanceof NoSuchFileException
        || (failure instanceof FileNotFoundException
            && !message.contains("Permission denied")
            && !message.contains("Too many open files"));
  }

  /**
   * True for a failure that says that a file is there and cannot be decoded: it is cut, of another
   * format, or its bytes are not those that were written.
   */
  public static boolean isBroken(Throwable failure) {
    String message = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
    if (failure instanceof EOFException) {
      return !message.contains("destination host"); // a connection that ended
    }

    return failure instanceof ZipException
        || BROKEN.stream().anyMatch(message::contains)
        || (failure instanceof IOException && isOfCodec(failure));
  }

  /** Codecs have no class of their own for bytes that they cannot decompress. */
  private static boolean isOfCodec(Throwable failure) {
    StackTraceElement[] trace = failure.getStackTrace();
    return trace.length > 0 && trace[0].getClassName().startsWith("org.apache.hadoop.io.compress.");
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
    Throwable cause = failure.getCause();
    if (cause != null && cause.toString().equals(failure.getMessage())) {
      return words(cause); // it wraps, and has no words of its own
    }

    String message = String.valueOf(failure.getMessage()).lines().findFirst().orElse("").strip();
    if (failure instanceof NoSuchFileException) {
      return message + " does not exist";
    }

    if (failure instanceof AccessDeniedException) {
      return "access to " + message + " is denied";
    }

    if (failure instanceof FileAlreadyExistsException) {
      return message + " already exists";
    }

    if (failure instanceof DirectoryNotEmptyException) {
      return message + " is not empty";
    }

    if (failure instanceof NotDirectoryException) {
      return message + " is not a directory";
    }

    if (failure instanceof EOFException && isBroken(failure)) {
      return "it ends too early";
    }

    if (failure instanceof CharacterCodingException) {
      return "its bytes are not text in UTF-8";
    }

    if (failure instanceof UnknownHostException) {
      return "host " + message + " is unknown";
    }

    if (failure instanceof FileSystemException files && files.getReason() != null) {
      return files.getReason() + " (" + files.getFile() + ")";
    }

    boolean isEmpty = failure.getMessage() == null || message.isEmpty();
    return isEmpty ? failure.getClass().getSimpleName() : withoutTypes(message);
  }

  /** {@code java.io.IOException: x} is the message of what wraps an exception. */
  private static String withoutTypes(String message) {
    String readable = message.replaceFirst("^can not read class \\S+: ", "its footer is damaged: ");
    return readable.replaceFirst("^(?:(?:[a-z][\\w$]*\\.)+[A-Z][\\w$]*(?:Exception|Error): )+", "");
  }
}
