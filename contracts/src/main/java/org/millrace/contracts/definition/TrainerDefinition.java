package org.millrace.contracts.definition;

import static java.util.Objects.requireNonNull;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.millrace.contracts.Digest;

/**
 * {@code trainer:} of a training definition: a program that makes the model in place of Spark.
 *
 * @param command program and arguments; words that name files of the definitions' directory count
 *     with the files' content
 * @param environment lock file of the Python packages that it runs with; empty for the machine's
 *     own programs
 * @param limit how long it may take
 * @param seed for whatever it draws
 * @param params settings of its own, handed on as texts
 * @param directory where it is started: that of the definitions
 * @param files SHA-256 of all files that it consists of, by their path in the directory
 */
public record TrainerDefinition(
    List<String> command,
    Optional<String> environment,
    Duration limit,
    int seed,
    Map<String, String> params,
    Path directory,
    Map<String, String> files) {
  private static final Duration AN_HOUR = Duration.ofHours(1);
  private static final Duration LONGEST = Duration.ofDays(7);

  /** Copies the collections. */
  public TrainerDefinition {
    requireNonNull(environment, "environment is null");
    requireNonNull(limit, "limit is null");
    requireNonNull(directory, "directory is null");
    command = List.copyOf(command);
    params = Map.copyOf(params);
    files = Map.copyOf(files);
  }

  /** The lock file. */
  public Optional<Path> lock() {
    return environment.map(directory::resolve);
  }

  /** The directory is none of it: the same files elsewhere make the same model. */
  ContentBuilder addTo(ContentBuilder content) {
    return content
        .data("trainer.command", command)
        .data("trainer.environment", environment)
        .data("trainer.seed", seed, 42)
        .data("trainer.params", params)
        .data("trainer.files", files)
        .metadata("trainer.limit", limit, AN_HOUR);
  }

  /** Empty if there is none. */
  static Optional<TrainerDefinition> read(DefinitionNode parent, Path directory) {
    if (!parent.has("trainer")) {
      return Optional.empty();
    }

    DefinitionNode node = parent.node("trainer");
    List<String> command = node.strings("command");
    if (command.isEmpty()) {
      node.error(
          "command", "'command': expected a program and its arguments: [python, trainers/mine.py]");
    }

    Optional<String> environment = node.optionalString("environment");
    Set<String> names = new LinkedHashSet<>();
    command.stream().filter(word -> isFile(directory, word)).forEach(names::add);
    List<String> needed = node.strings("files");
    names.addAll(needed);
    environment.ifPresent(names::add);
    requireThere(node, "files", needed, directory);
    requireThere(node, "environment", environment.stream().toList(), directory);
    TrainerDefinition trainer =
        new TrainerDefinition(
            command,
            environment,
            node.duration("limit", AN_HOUR, Duration.ofSeconds(1), LONGEST),
            node.integer("seed", 42),
            node.texts("params"),
            directory.toAbsolutePath().normalize(),
            digests(names, directory));
    trainer.params().keySet().stream()
        .filter(name -> !name.matches("[A-Za-z0-9_.-]{1,100}"))
        .forEach(
            name ->
                node.error(
                    "params",
                    "'params': '" + name + "' is no name of letters, digits, '_', '-' and '.'"));
    node.done();
    return Optional.of(trainer);
  }

  private static void requireThere(
      DefinitionNode node, String key, List<String> names, Path directory) {
    names.stream()
        .filter(name -> !isFile(directory, name))
        .forEach(
            name ->
                node.error(key, "'%s': there is no file %s in %s".formatted(key, name, directory)));
  }

  /** Within the directory: what lies elsewhere is not of the definitions. */
  private static boolean isFile(Path directory, String word) {
    try {
      Path start = directory.toAbsolutePath().normalize();
      Path file = start.resolve(word).normalize();
      return file.startsWith(start) && Files.isRegularFile(file);
    } catch (InvalidPathException e) {
      return false; // a word of a command need not be a path
    }
  }

  private static Map<String, String> digests(Set<String> names, Path directory) {
    Map<String, String> digests = new LinkedHashMap<>();
    for (String name : names) {
      if (isFile(directory, name)) {
        digests.put(name, Digest.sha256(directory.resolve(name)));
      }
    }

    return digests;
  }
}
