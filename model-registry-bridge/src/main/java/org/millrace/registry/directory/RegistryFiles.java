package org.millrace.registry.directory;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.function.Supplier;
import org.millrace.contracts.Causes;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.Json;
import org.millrace.contracts.MillraceException;

/** Whole-file reads and writes below one directory, and its one lock. */
final class RegistryFiles {
  // A file lock is the whole JVM's: its threads need one of their own.
  private static final Object IN_THIS_JVM = new Object();

  private final Path root;

  RegistryFiles(Path root) {
    this.root = root;
  }

  /** Runs alone among all threads and processes that use this directory. */
  <T> T alone(String what, Supplier<T> action) {
    synchronized (IN_THIS_JVM) {
      return locked(what, action);
    }
  }

  private <T> T locked(String what, Supplier<T> action) {
    try {
      Files.createDirectories(root);
      try (FileChannel channel =
              FileChannel.open(
                  root.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock held = channel.lock()) {
        if (!held.isValid()) {
          throw new IOException("the lock on " + root + " was lost");
        }
        return action.get();
      }
    } catch (IOException e) {
      throw failure(what, e);
    }
  }

  <T> Optional<T> read(Path file, Class<T> type) {
    try {
      return Optional.of(Json.MAPPER.readValue(Files.readAllBytes(file), type));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw failure("read " + file, e);
    }
  }

  /** The file appears whole, or its old content stays. */
  void write(Path file, Object content) {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    try {
      Files.createDirectories(file.getParent());
      Files.write(part, Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(content));
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw failure("write " + file, e);
    }
  }

  /** True where this call made the empty file: nobody else gets it again. */
  boolean claim(Path file) {
    try {
      Files.createDirectories(file.getParent());
      Files.createFile(file);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    } catch (IOException e) {
      throw failure("write " + file, e);
    }
  }

  static MillraceException failure(String what, IOException e) {
    return new MillraceException(
        ErrorCategory.EXTERNAL,
        "Cannot " + what + ": " + Causes.words(e) + "; check the directory's rights and space",
        e);
  }
}
