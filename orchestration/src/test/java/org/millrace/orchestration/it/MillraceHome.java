package org.millrace.orchestration.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A home of the command in a temporary directory: the build's jars, Spark and data by links, and a
 * state of its own, so that no test touches what a developer's quickstart left.
 */
final class MillraceHome {
  private static final Path PROJECT = Path.of(System.getProperty("millrace.home"));

  private final Path directory;

  private MillraceHome(Path directory) {
    this.directory = directory;
  }

  /** Makes one under a directory. */
  static MillraceHome in(Path parent) {
    try {
      Path home = Files.createDirectories(parent.resolve("home"));
      Files.createDirectories(home.resolve("bin"));
      Files.createDirectories(home.resolve(".runtime"));
      Files.copy(
          PROJECT.resolve("bin/millrace"),
          home.resolve("bin/millrace"),
          StandardCopyOption.COPY_ATTRIBUTES);
      Files.createDirectories(PROJECT.resolve(".runtime/venv"));
      for (String part :
          List.of(
              "bin/python-env",
              "conf",
              "data",
              "orchestration",
              "spark-jobs",
              ".runtime/spark",
              ".runtime/venv")) {
        Files.createSymbolicLink(home.resolve(part), PROJECT.resolve(part));
      }

      return new MillraceHome(home);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The same with a copy of the shipped definitions, for what may edit them. */
  MillraceHome withOwnConf() {
    try {
      Files.delete(directory.resolve("conf"));
      copy(shippedConf(), directory.resolve("conf"));
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The shipped definitions. */
  static Path shippedConf() {
    return PROJECT.resolve("conf");
  }

  /** Spark's jars, the JDBC driver among them. */
  static Path sparkJars() {
    return PROJECT.resolve(".runtime/spark/jars");
  }

  /** Starts {@code bin/millrace}. */
  RunningCommand start(Map<String, String> environment, String... arguments) {
    List<String> command = new ArrayList<>(List.of(directory.resolve("bin/millrace").toString()));
    command.addAll(List.of(arguments));
    return RunningCommand.start(command, environment, directory);
  }

  /** Runs {@code bin/millrace} to its end. */
  FinishedCommand run(Map<String, String> environment, String... arguments) {
    return start(environment, arguments).await();
  }

  /** Runs a text of commands in the home, as bash does; the first that fails ends it. */
  FinishedCommand shell(Map<String, String> environment, String commands) {
    List<String> command = List.of("bash", "-euo", "pipefail", "-c", commands);
    return RunningCommand.start(command, environment, directory).await();
  }

  /** All files of its state, with size, inode and time of the last change. */
  Map<String, String> files() {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> tree = Files.walk(directory.resolve(".millrace"))) {
      for (Path path : tree.filter(Files::isRegularFile).toList()) {
        Map<String, Object> state = Files.readAttributes(path, "unix:size,ino,ctime");
        files.put(directory.relativize(path).toString(), new TreeMap<>(state).toString());
      }

      return files;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A page of the documentation. */
  static Path page(String name) {
    return PROJECT.resolve("docs").resolve(name);
  }

  /** A copy of a directory that may be changed. */
  static Path copy(Path from, Path to) {
    try (Stream<Path> tree = Files.walk(from)) {
      for (Path path : tree.toList()) {
        Path target = to.resolve(from.relativize(path).toString());
        if (Files.isDirectory(path)) {
          Files.createDirectories(target);
        } else {
          Files.copy(path, target);
        }
      }

      return to;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Deletes a directory with all that is in it. */
  static void delete(Path directory) {
    try (Stream<Path> tree = Files.walk(directory)) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
