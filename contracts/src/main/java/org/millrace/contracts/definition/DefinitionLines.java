package org.millrace.contracts.definition;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where definitions stand: the file, line and column of a key, or of a place in its SQL. For what
 * is found wrong in definitions that can be read.
 */
public final class DefinitionLines {
  private static final Map<String, String> NAMES =
      Map.of(
          "sources", "table",
          "features", "view",
          "spines", "spine",
          "labels", "label",
          "training", "model",
          "gate", "model",
          "scoring", "model",
          "monitoring", "model",
          "rollout", "model");

  private final Map<String, Place> places = new HashMap<>();

  private record Place(DefinitionNode node, List<String> lines) {}

  private final Path shown;

  private DefinitionLines(Path shown) {
    this.shown = shown;
  }

  /**
   * Reads where each definition of a directory stands; what cannot be read is left out.
   *
   * @param conf the directory that holds {@code millrace.yaml}
   * @param home places are named from here on, if the directory is in it
   */
  public static DefinitionLines of(Path conf, Path home) {
    Path shown = Definitions.shown(conf, home);
    DefinitionLines found = new DefinitionLines(shown);
    NAMES.forEach(
        (room, key) -> {
          try (Stream<Path> files = Files.list(conf.resolve(room))) {
            for (Path file : files.filter(name -> name.toString().endsWith(".yaml")).toList()) {
              found.add(room, key, file, shown.resolve(conf.relativize(file)).toString());
            }
          } catch (IOException e) {
            // there is no such room: nothing stands in it
          }
        });
    return found;
  }

  private void add(String room, String key, Path file, String name) throws IOException {
    Optional<DefinitionNode> node =
        DefinitionFile.open(file, name, new DefinitionErrors(), SqlForm.AS_WRITTEN);
    if (node.isPresent()) {
      places.put(
          room + "/" + node.get().optionalString(key).orElse(""),
          new Place(node.get(), Files.readAllLines(file)));
    }
  }

  /** A file of the directory, as errors name it. */
  public String file(String name) {
    return shown.resolve(name).toString();
  }

  /**
   * Where a key stands, such as {@code conf/features/v.yaml:4}.
   *
   * @param room directory of the definition
   * @param name of the definition
   */
  public String of(String room, String name, String key) {
    Place place = places.get(room + "/" + name);
    return place == null ? room + "/" + name : place.node.file() + ":" + place.node.line(key);
  }

  /** Where an item of a key's list stands. */
  public String of(String room, String name, String key, String item) {
    Place place = places.get(room + "/" + name);
    return place == null ? room + "/" + name : place.node.file() + ":" + place.node.line(key, item);
  }

  /** Where an entry of the mapping under a key stands. */
  public String ofEntry(String room, String name, String key, String entry) {
    Place place = places.get(room + "/" + name);
    return place == null
        ? room + "/" + name
        : place.node.file() + ":" + place.node.node(key).line(entry);
  }

  /**
   * Where a place in the SQL of a definition stands, such as {@code conf/features/v.yaml:9:14}.
   *
   * @param line of the SQL, from 1 on
   * @param column of that line, from 0 on
   */
  public String ofSql(String room, String name, int line, int column) {
    Place place = places.get(room + "/" + name);
    if (place == null) {
      return room + "/" + name;
    }

    int key = place.node.line("sql");
    boolean isBlock = place.lines.get(key - 1).matches("\\s*sql:\\s*[|>].*");
    int at = key - 1 + line - (isBlock ? 0 : 1);
    if (at >= place.lines.size()) {
      return place.node.file() + ":" + key;
    }

    String text = place.lines.get(at);
    int indent =
        isBlock || line > 1 ? text.length() - text.stripLeading().length() : text.indexOf(':') + 2;
    int first = isBlock ? indentOfBlock(place.lines, key) : indent;
    return place.node.file() + ":" + (at + 1) + ":" + (first + column + 1);
  }

  private static int indentOfBlock(List<String> lines, int key) {
    for (String line : lines.subList(Math.min(key, lines.size()), lines.size())) {
      if (!line.isBlank()) {
        return line.length() - line.stripLeading().length();
      }
    }

    return 0;
  }
}
