package org.millrace.contracts.definition;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import org.millrace.contracts.Digest;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * Everything in a {@code conf/} directory, read once and checked, also against each other.
 *
 * @param conf the directory
 * @param platform {@code millrace.yaml}
 * @param sources by table
 * @param views by name
 * @param spines by name
 * @param training by model
 * @param gates by model
 * @param scoring by model
 * @param monitoring by model
 */
public record Definitions(
    Path conf,
    PlatformDefinition platform,
    Map<String, SourceDefinition> sources,
    Map<String, FeatureViewDefinition> views,
    Map<String, SpineDefinition> spines,
    Map<String, TrainingDefinition> training,
    Map<String, GateDefinition> gates,
    Map<String, ScoringDefinition> scoring,
    Map<String, MonitoringDefinition> monitoring) {

  /**
   * Reads a directory.
   *
   * @param conf the directory that holds {@code millrace.yaml}
   * @param home directory that relative paths in the definitions start from
   * @throws MillraceException of category DEFINITION that lists every error with file and line
   */
  public static Definitions load(Path conf, Path home) {
    DefinitionErrors errors = new DefinitionErrors();
    Reader reader = new Reader(conf, errors);
    Definitions definitions =
        new Definitions(
            conf,
            PlatformDefinition.read(reader.open(conf.resolve("millrace.yaml")), home),
            reader.all(
                "sources",
                (node, hash) -> SourceDefinition.read(node, home, hash),
                SourceDefinition::table),
            reader.all("features", FeatureViewDefinition::read, FeatureViewDefinition::name),
            reader.all("spines", SpineDefinition::read, SpineDefinition::name),
            reader.all("training", TrainingDefinition::read, TrainingDefinition::model),
            reader.all("gate", GateDefinition::read, GateDefinition::model),
            reader.all("scoring", ScoringDefinition::read, ScoringDefinition::model),
            reader.all("monitoring", MonitoringDefinition::read, MonitoringDefinition::model));
    new DefinitionLinks(definitions, errors).check();
    errors.throwIfAny();
    return definitions;
  }

  /** The DQDL rules of a view, as the file has them. */
  public String rules(FeatureViewDefinition view) {
    Path file = conf.resolve("validation").resolve(view.validation());
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.DEFINITION, "Cannot read the rules of view " + view.name() + ": " + e, e);
    }
  }

  /** The entry of a map, or an error that names what there is. */
  public static <T> T named(Map<String, T> definitions, String kind, String name) {
    T found = definitions.get(name);
    if (found == null) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot find "
              + kind
              + " '"
              + name
              + "': conf has "
              + String.join(", ", definitions.keySet()));
    }

    return found;
  }

  private record Reader(Path conf, DefinitionErrors errors) {
    DefinitionNode open(Path file) {
      return DefinitionFile.open(
          file,
          conf.toAbsolutePath().normalize().getFileName() + "/" + conf.relativize(file),
          errors);
    }

    <T> Map<String, T> all(
        String room, BiFunction<DefinitionNode, String, T> read, Function<T, String> name) {
      Map<String, T> found = new TreeMap<>();
      for (Path file : files(conf.resolve(room))) {
        DefinitionNode node = open(file);
        T definition = read.apply(node, Digest.sha256(file));
        if (found.put(name.apply(definition), definition) != null) {
          errors.add(
              node.file(),
              0,
              "a second definition of '" + name.apply(definition) + "'; names are unique");
        }
      }

      return found;
    }

    private static List<Path> files(Path directory) {
      if (!Files.isDirectory(directory)) {
        return List.of();
      }

      try (Stream<Path> files = Files.list(directory)) {
        return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
      } catch (IOException e) {
        throw new MillraceException(
            ErrorCategory.DEFINITION, "Cannot list " + directory + ": " + e, e);
      }
    }
  }
}
