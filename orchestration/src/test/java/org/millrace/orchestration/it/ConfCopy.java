package org.millrace.orchestration.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Definitions of a test, to be changed. */
final class ConfCopy {
  private final Path directory;

  /** Changes the definitions in a directory. */
  ConfCopy(Path directory) {
    this.directory = directory;
  }

  /** Replaces a text, which must be there. */
  ConfCopy replace(String file, String text, String replacement) {
    Path path = directory.resolve(file);
    try {
      String before = Files.readString(path);
      assertThat(before).contains(text);
      Files.writeString(path, before.replace(text, replacement));
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Adds a text at the end of a file. */
  ConfCopy append(String file, String text) {
    try {
      Files.writeString(directory.resolve(file), text, StandardOpenOption.APPEND);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes a file that is not there yet. */
  ConfCopy add(String file, String text) {
    Path path = directory.resolve(file);
    try {
      Files.createDirectories(path.getParent());
      Files.writeString(path, text, StandardOpenOption.CREATE_NEW);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return directory.toString();
  }
}
