package org.millrace.orchestration.service;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.millrace.contracts.Causes;
import org.millrace.contracts.Digest;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * The SQL servers that a home started in the background. Each lake has a server of its own, and
 * with it a directory of its own for state and log: a call on one lake never meets the server of
 * another. Not thread-safe.
 */
public final class SqlServices {
  private static final int DIGITS = 12;

  private final Path directory;

  /**
   * @param directory holds a directory for each lake, named after a digest of the lake's path; need
   *     not exist. A release that knew one server alone kept its state file here itself
   */
  public SqlServices(Path directory) {
    this.directory = requireNonNull(directory, "directory is null");
  }

  /** The background server of a lake, whether or not it was ever started. */
  public Service of(Path lake) {
    return new Service("the SQL server of " + path(lake), place(lake));
  }

  /** The directory of a lake's server; files beside it may have its name, and an ending. */
  public Path place(Path lake) {
    return directory.resolve(Digest.sha256(path(lake)).substring(0, DIGITS));
  }

  private static String path(Path lake) {
    return lake.toAbsolutePath().normalize().toString();
  }

  /**
   * Stops all servers, by their state files alone. One that cannot be stopped does not keep the
   * others up.
   *
   * @param stopped is told the name of each server that ran, such as {@code the SQL server of
   *     /data/lake}
   * @throws MillraceException of category EXTERNAL, after the last server, if one could not be
   *     stopped
   */
  public void stopAll(Consumer<String> stopped) {
    List<String> failures = new ArrayList<>();
    for (Path each : directories()) {
      try {
        Service service = Service.found(each, "the SQL server");
        if (service.stop()) {
          stopped.accept(service.name());
        }
      } catch (MillraceException e) {
        failures.add(String.valueOf(e.getMessage()));
      }
    }

    if (!failures.isEmpty()) {
      throw new MillraceException(ErrorCategory.EXTERNAL, String.join("\n", failures));
    }
  }

  private List<Path> directories() {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }

    try (Stream<Path> below = Files.list(directory)) {
      return Stream.concat(Stream.of(directory), below.filter(Files::isDirectory).sorted())
          .toList();
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL,
          "Cannot list the servers in " + directory + ": " + Causes.words(e),
          e);
    }
  }
}
