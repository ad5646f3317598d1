package org.millrace.contracts.definition;

import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * A mapping in a definition file, read key by key. A wrong value is noted with its line and a
 * stand-in is returned, so that reading goes on and every error is found; {@link #done} then notes
 * the keys that were not asked for. Not thread-safe.
 */
final class DefinitionNode {
  private final String file;
  private final MappingNode mapping;
  private final DefinitionErrors errors;
  private final SqlForm sqlForm;
  private final Map<String, Node> values = new LinkedHashMap<>();
  private final Map<String, Integer> lines = new LinkedHashMap<>();
  private final TreeSet<String> asked = new TreeSet<>();

  DefinitionNode(String file, MappingNode mapping, DefinitionErrors errors, SqlForm sqlForm) {
    this.file = file;
    this.mapping = mapping;
    this.errors = errors;
    this.sqlForm = sqlForm;
    for (NodeTuple entry : mapping.getValue()) {
      if (entry.getKeyNode() instanceof ScalarNode key) {
        if (values.put(key.getValue(), entry.getValueNode()) != null) {
          String where = "first in line " + lines.get(key.getValue());
          errors.add(file, lineOf(key), "key '" + key.getValue() + "' appears twice, " + where);
        }

        lines.put(key.getValue(), lineOf(key));
      } else {
        errors.add(file, lineOf(entry.getKeyNode()), "expected a word as key");
      }
    }
  }

  static DefinitionNode empty(String file, DefinitionErrors errors) {
    return new DefinitionNode(
        file, new MappingNode(Tag.MAP, List.of(), FlowStyle.BLOCK), errors, SqlForm.AS_WRITTEN);
  }

  String file() {
    return file;
  }

  int line() {
    return lineOf(mapping);
  }

  /** The line of a key's entry, or of this mapping where the key is absent. */
  int line(String key) {
    return lines.getOrDefault(key, line());
  }

  /** The line of an item of a list, or of the key where the item is not there. */
  int line(String key, String item) {
    if (values.get(key) instanceof SequenceNode sequence) {
      for (Node node : sequence.getValue()) {
        if (node instanceof ScalarNode scalar && scalar.getValue().equals(item)) {
          return lineOf(node);
        }
      }
    }

    return line(key);
  }

  boolean has(String key) {
    asked.add(key);
    return values.containsKey(key);
  }

  /** Whether there is a mapping without entries below a key. */
  boolean isEmpty(String key) {
    return value(key) instanceof MappingNode child && child.getValue().isEmpty();
  }

  /** Whether there is a mapping below a key. */
  boolean isMapping(String key) {
    return value(key) instanceof MappingNode;
  }

  /** The keys of this mapping, in order. */
  List<String> keys() {
    return List.copyOf(values.keySet());
  }

  void error(String key, String what) {
    errors.add(file, line(key), what);
  }

  String string(String key) {
    return optionalString(key).orElseGet(() -> missing(key, "a text", ""));
  }

  Optional<String> optionalString(String key) {
    return scalar(key, "a text", Function.identity());
  }

  /** A query. */
  SqlText query(String key) {
    String text = string(key);
    return new SqlText(text, sqlForm.query(text));
  }

  /** A condition on the columns of one row. */
  Optional<SqlText> optionalCondition(String key) {
    return optionalString(key).map(this::condition);
  }

  /** A condition that is part of this mapping's values. */
  SqlText condition(String text) {
    return new SqlText(text, sqlForm.condition(text));
  }

  int integer(String key, int fallback) {
    return scalar(key, "a whole number", Integer::parseInt).orElse(fallback);
  }

  /** A whole number within bounds, both included. */
  int integer(String key, int fallback, int least, int most) {
    int value = integer(key, fallback);
    if (value < least || value > most) {
      error(key, "'%s': expected %d to %d, found %d".formatted(key, least, most, value));
    }

    return value;
  }

  /** The same; empty where the key is absent. */
  Optional<Integer> optionalInteger(String key, int least, int most) {
    return optionalString(key).isPresent()
        ? Optional.of(integer(key, least, least, most))
        : Optional.empty();
  }

  /** A number above {@code over} and at most {@code most}. */
  double share(String key, double fallback, double over, double most) {
    double value = number(key, fallback);
    if (!(value > over && value <= most)) {
      error(
          key,
          "'%s': expected more than %s, at most %s, found %s".formatted(key, over, most, value));
    }

    return value;
  }

  double number(String key, double fallback) {
    return optionalNumber(key).orElse(fallback);
  }

  /** A number of at least {@code least}. */
  double number(String key, double fallback, double least) {
    double value = number(key, fallback);
    if (value < least) {
      error(key, "'%s': expected at least %s, found %s".formatted(key, least, value));
    }

    return value;
  }

  /** A finite number: nothing can be compared with another one. */
  Optional<Double> optionalNumber(String key) {
    return scalar(
        key,
        "a number",
        text -> {
          double number = Double.parseDouble(text);
          if (!Double.isFinite(number)) {
            throw new IllegalArgumentException(text);
          }

          return number;
        });
  }

  boolean flag(String key, boolean fallback) {
    return scalar(
            key,
            "true or false",
            text -> {
              if (!text.equals("true") && !text.equals("false")) {
                throw new IllegalArgumentException(text);
              }

              return Boolean.parseBoolean(text);
            })
        .orElse(fallback);
  }

  Optional<Duration> optionalDuration(String key) {
    return scalar(key, "an ISO 8601 duration such as PT6H or P7D", Duration::parse);
  }

  /** A duration within bounds, both included. */
  Duration duration(String key, Duration fallback, Duration least, Duration most) {
    Duration value = optionalDuration(key).orElse(fallback);
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      error(key, "'%s': expected %s to %s, found %s".formatted(key, least, most, value));
    }

    return value;
  }

  /** A path as a directory resolves it; the directory itself if the text is no path. */
  Path path(String key, Path from) {
    return scalar(key, "a path", from::resolve).orElse(from);
  }

  LocalDate date(String key) {
    return scalar(key, "a date such as 2024-03-01", LocalDate::parse)
        .orElseGet(() -> missing(key, "a date such as 2024-03-01", LocalDate.EPOCH));
  }

  Optional<LocalDate> optionalDate(String key) {
    return scalar(key, "a date such as 2024-03-01", LocalDate::parse);
  }

  ZoneId zone(String key, ZoneId fallback) {
    return scalar(key, "a time zone such as America/New_York", ZoneId::of).orElse(fallback);
  }

  /** One of an enum's words, written in lower case with hyphens. */
  <E extends Enum<E>> E choice(String key, Class<E> type, E fallback) {
    String allowed =
        Arrays.stream(type.getEnumConstants())
            .map(DefinitionNode::word)
            .collect(Collectors.joining(", ", "one of ", ""));
    return scalar(
            key,
            allowed,
            text ->
                Arrays.stream(type.getEnumConstants())
                    .filter(constant -> word(constant).equals(text))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(text)))
        .orElse(fallback);
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** A list of words; empty where the key is absent. */
  List<String> strings(String key) {
    Node node = value(key);
    if (node == null) {
      return List.of();
    }

    List<String> items = new ArrayList<>();
    if (!(node instanceof SequenceNode sequence)) {
      errors.add(file, lineOf(node), "'" + key + "': expected a list of texts");
      return items;
    }

    for (Node item : sequence.getValue()) {
      if (item instanceof ScalarNode scalar) {
        items.add(scalar.getValue());
      } else {
        errors.add(file, lineOf(item), "'" + key + "': expected a text in the list");
      }
    }

    return items;
  }

  /** A list of mappings; empty where the key is absent. */
  List<DefinitionNode> nodes(String key) {
    Node node = value(key);
    List<DefinitionNode> items = new ArrayList<>();
    if (node == null) {
      return items;
    }

    if (!(node instanceof SequenceNode sequence)) {
      errors.add(file, lineOf(node), "'" + key + "': expected a list");
      return items;
    }

    for (Node item : sequence.getValue()) {
      items.add(asMapping(key, item));
    }

    return items;
  }

  /** A mapping under a key; an empty one where the key is absent. */
  DefinitionNode node(String key) {
    Node node = value(key);
    return node == null ? empty(file, errors) : asMapping(key, node);
  }

  /**
   * The entries of the mapping under a key, each a mapping of its own, in order; empty where the
   * key is absent.
   */
  Map<String, DefinitionNode> entries(String key) {
    DefinitionNode child = node(key);
    Map<String, DefinitionNode> entries = new LinkedHashMap<>();
    child.values.forEach((name, node) -> entries.put(name, child.asMapping(name, node)));
    return entries;
  }

  /**
   * The entries of the mapping under a key, each a text, in order; empty where the key is absent.
   */
  Map<String, String> texts(String key) {
    DefinitionNode child = node(key);
    Map<String, String> entries = new LinkedHashMap<>();
    child.keys().forEach(name -> entries.put(name, child.string(name)));
    return entries;
  }

  /** Notes every key that was not asked for, with the keys that are allowed. */
  void done() {
    for (String key : values.keySet()) {
      if (!asked.contains(key)) {
        errors.add(
            file, line(key), "unknown key '" + key + "'; allowed: " + String.join(", ", asked));
      }
    }
  }

  private DefinitionNode asMapping(String key, Node node) {
    if (node instanceof MappingNode child) {
      return new DefinitionNode(file, child, errors, sqlForm);
    }

    errors.add(file, lineOf(node), "'" + key + "': expected keys and values below it");
    return empty(file, errors);
  }

  private <T> Optional<T> scalar(String key, String expected, Function<String, T> parse) {
    Node node = value(key);
    if (node == null) {
      return Optional.empty();
    }

    if (!(node instanceof ScalarNode scalar)) {
      errors.add(
          file,
          lineOf(node),
          "'" + key + "': expected " + expected + ", found a list or a mapping");
      return Optional.empty();
    }

    try {
      return Optional.of(parse.apply(scalar.getValue()));
    } catch (IllegalArgumentException | DateTimeException e) {
      errors.add(
          file,
          lineOf(node),
          "'" + key + "': expected " + expected + ", found '" + scalar.getValue() + "'");
      return Optional.empty();
    }
  }

  /** The stand-in of a key; an error is noted if the key is absent. */
  <T> T missing(String key, String expected, T standIn) {
    if (!values.containsKey(key)) {
      errors.add(file, line(), "key '" + key + "' is missing: expected " + expected);
    }

    return standIn;
  }

  private @Nullable Node value(String key) {
    asked.add(key);
    return values.get(key);
  }

  private static int lineOf(Node node) {
    return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
  }
}
