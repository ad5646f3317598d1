package org.millrace.contracts.definition;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.millrace.contracts.Causes;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * Everything in a {@code conf/} directory, read once and checked, also against each other.
 *
 * @param conf the directory; errors name its files from the project's home on, or by their whole
 *     path if they are elsewhere
 * @param platform {@code millrace.yaml}
 * @param sources by table
 * @param views by name
 * @param spines by name
 * @param labels by name
 * @param training by model
 * @param gates by model
 * @param scoring by model
 * @param monitoring by model
 * @param rollouts by model; a model need not have one
 */
public record Definitions(
    Path conf,
    PlatformDefinition platform,
    Map<String, SourceDefinition> sources,
    Map<String, FeatureViewDefinition> views,
    Map<String, SpineDefinition> spines,
    Map<String, LabelDefinition> labels,
    Map<String, TrainingDefinition> training,
    Map<String, GateDefinition> gates,
    Map<String, ScoringDefinition> scoring,
    Map<String, MonitoringDefinition> monitoring,
    Map<String, RolloutDefinition> rollouts) {

  /**
   * Reads a directory.
   *
   * @param conf the directory that holds {@code millrace.yaml}
   * @param home directory that relative paths in the definitions start from
   * @param sqlForm what tells SQL that only looks different from SQL that is
   * @throws MillraceException of category DEFINITION that lists every error with file and line
   */
  public static Definitions load(Path conf, Path home, SqlForm sqlForm) {
    DefinitionErrors errors = new DefinitionErrors();
    Reader reader = Reader.of(conf, home, errors, sqlForm);
    Definitions definitions =
        new Definitions(
            conf,
            PlatformDefinition.read(reader.platform(), home),
            reader.all(
                "sources", node -> SourceDefinition.read(node, home), SourceDefinition::table),
            reader.all(
                "features",
                node -> FeatureViewReader.read(node, conf.resolve("validation")),
                FeatureViewDefinition::name),
            reader.all("spines", SpineDefinition::read, SpineDefinition::name),
            reader.all("labels", LabelDefinition::read, LabelDefinition::name),
            reader.all(
                "training", node -> TrainingDefinition.read(node, conf), TrainingDefinition::model),
            reader.all("gate", GateDefinition::read, GateDefinition::model),
            reader.all("scoring", ScoringDefinition::read, ScoringDefinition::model),
            reader.all("monitoring", MonitoringDefinition::read, MonitoringDefinition::model),
            reader.all("rollout", RolloutDefinition::read, RolloutDefinition::model));
    if (reader.unusable().isEmpty()) { // else a name may be missing only because its file is
      new DefinitionLinks(definitions, reader.places()).check();
    }

    errors.throwIfAny();
    return definitions;
  }

  /**
   * The platform alone, for jobs that need no pipeline.
   *
   * @param conf its {@code millrace.yaml} is read; without one, defaults hold
   * @throws MillraceException of category DEFINITION that lists every error with file and line
   */
  public static Definitions platformAlone(Path conf, Path home) {
    DefinitionErrors errors = new DefinitionErrors();
    Reader reader = Reader.of(conf, home, errors, SqlForm.AS_WRITTEN);
    PlatformDefinition platform =
        Files.exists(conf.resolve("millrace.yaml"))
            ? PlatformDefinition.read(reader.platform(), home)
            : PlatformDefinition.ofDefaults(home);
    errors.throwIfAny();
    return new Definitions(
        conf, platform, Map.of(), Map.of(), Map.of(), Map.of(), Map.of(), Map.of(), Map.of(),
        Map.of(), Map.of());
  }

  /**
   * The same definitions with another lake.
   *
   * @param root a URI, an absolute directory, or one relative to {@code home}
   */
  public Definitions withLake(String root, Path home) {
    return new Definitions(
        conf,
        platform.withLake(root, home),
        sources,
        views,
        spines,
        labels,
        training,
        gates,
        scoring,
        monitoring,
        rollouts);
  }

  /**
   * The same definitions with another registry.
   *
   * @param name what holds the address, for the message
   * @param address {@code http(s)://host:port}, or {@code file:///directory}
   * @throws MillraceException of category DEFINITION if it is neither
   */
  public Definitions withRegistry(String name, String address) {
    return new Definitions(
        conf,
        platform.withRegistry(name, address),
        sources,
        views,
        spines,
        labels,
        training,
        gates,
        scoring,
        monitoring,
        rollouts);
  }

  /** The same definitions, with other days for a model's training and gate. */
  public Definitions withDays(String model, DayRange trainingDays, DayRange gateDays) {
    Map<String, TrainingDefinition> otherTraining = new TreeMap<>(training);
    otherTraining.put(model, named(training, "training", model).withDays(trainingDays));
    Map<String, GateDefinition> otherGates = new TreeMap<>(gates);
    otherGates.put(model, named(gates, "gate", model).withDays(gateDays));
    return new Definitions(
        conf,
        platform,
        sources,
        views,
        spines,
        labels,
        otherTraining,
        otherGates,
        scoring,
        monitoring,
        rollouts);
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
              + (definitions.isEmpty() ? "none" : String.join(", ", definitions.keySet())));
    }

    return found;
  }

  /** As errors name the directory: from the project's home on, or whole if it is not in there. */
  static Path shown(Path conf, Path home) {
    Path directory = conf.toAbsolutePath().normalize();
    Path start = home.toAbsolutePath().normalize();
    return directory.startsWith(start) ? start.relativize(directory) : directory;
  }

  /** Opens files, and remembers those that could not be used at all. */
  private record Reader(
      Path conf,
      Path shown,
      DefinitionErrors errors,
      SqlForm sqlForm,
      List<Path> unusable,
      DefinitionPlaces places) {
    static Reader of(Path conf, Path home, DefinitionErrors errors, SqlForm sqlForm) {
      return new Reader(
          conf,
          Definitions.shown(conf, home),
          errors,
          sqlForm,
          new ArrayList<>(),
          new DefinitionPlaces(errors));
    }

    DefinitionNode platform() {
      // an unusable file is one error: its keys are not listed as missing too
      DefinitionNode node =
          open(conf.resolve("millrace.yaml"))
              .orElseGet(() -> DefinitionNode.empty("millrace.yaml", new DefinitionErrors()));
      places.keep(DefinitionPlaces.PLATFORM, "", node);
      return node;
    }

    Optional<DefinitionNode> open(Path file) {
      String name = shown.resolve(conf.relativize(file)).toString();
      Optional<DefinitionNode> node = DefinitionFile.open(file, name, errors, sqlForm);
      if (node.isEmpty()) {
        unusable.add(file);
      }

      return node;
    }

    <T> Map<String, T> all(
        String room, Function<DefinitionNode, T> read, Function<T, String> name) {
      Map<String, T> found = new TreeMap<>();
      for (Path file : files(conf.resolve(room))) {
        open(file)
            .ifPresent(
                node -> {
                  T definition = read.apply(node);
                  places.keep(room, name.apply(definition), node);
                  keep(found, node, definition, name);
                });
      }

      return found;
    }

    private <T> void keep(
        Map<String, T> found, DefinitionNode node, T definition, Function<T, String> name) {
      if (found.put(name.apply(definition), definition) != null) {
        errors.add(
            node.file(),
            0,
            "a second definition of '" + name.apply(definition) + "'; names are unique");
      }
    }

    private static List<Path> files(Path directory) {
      if (!Files.isDirectory(directory)) {
        return List.of();
      }

      try (Stream<Path> files = Files.list(directory)) {
        return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
      } catch (IOException e) {
        throw new MillraceException(
            ErrorCategory.DEFINITION, "Cannot list " + directory + ": " + Causes.words(e), e);
      }
    }
  }
}
