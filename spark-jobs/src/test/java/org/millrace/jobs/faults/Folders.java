package org.millrace.jobs.faults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Files below a directory, in the order of their names. */
final class Folders {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private Folders() {}

  /** Directories in a directory; none if it is absent. */
  static List<Path> in(Path parent) {
    return files(parent, 1).stream()
        .filter(path -> Files.isDirectory(path) && !path.equals(parent))
        .toList();
  }

  /** Files below a directory with an ending; none if it is absent. */
  static List<Path> files(Path parent, int depth, String ending) {
    return files(parent, depth).stream().filter(file -> file.toString().endsWith(ending)).toList();
  }

  private static List<Path> files(Path parent, int depth) {
    if (!Files.isDirectory(parent)) {
      return List.of();
    }

    try (Stream<Path> found = Files.walk(parent, depth)) {
      return found.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static JsonNode json(Path file) {
    try {
      return MAPPER.readTree(file.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
