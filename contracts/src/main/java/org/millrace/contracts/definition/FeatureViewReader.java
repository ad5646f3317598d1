package org.millrace.contracts.definition;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.millrace.contracts.Causes;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.FeatureViewDefinition.Boundary;
import org.millrace.contracts.definition.FeatureViewDefinition.Feature;
import org.millrace.contracts.definition.FeatureViewDefinition.PartialAggregates;

/** Reads a file of {@code conf/features/}, with its rules. */
final class FeatureViewReader {
  private FeatureViewReader() {}

  private static String rules(Path directory, String validation) {
    Path file = directory.resolve(validation);
    try {
      return !validation.isEmpty() && Files.size(file) <= DefinitionFile.MAX_BYTES
          ? Files.readString(file)
          : "";
    } catch (NoSuchFileException e) {
      return ""; // noted with the other errors
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.DEFINITION, "Cannot read the rules in " + file + ": " + Causes.words(e), e);
    }
  }

  private static Optional<Duration> ttl(DefinitionNode node) {
    Optional<Duration> ttl = node.optionalDuration("ttl");
    if (ttl.isPresent() && (ttl.get().isNegative() || ttl.get().isZero())) {
      node.error("ttl", "'ttl': expected more than nothing, found " + ttl.get());
      return Optional.empty();
    }

    return ttl;
  }

  private static void checkWindowed(DefinitionNode node) {
    if (node.isEmpty("aggregates")) {
      node.error("aggregates", "'aggregates': expected at least one with of, type and description");
    }
    if (node.has("ttl")) {
      node.error(
          "ttl", "'ttl': a view with aggregates has none, each has its own window; leave it out");
    }
    if (node.has("tie")) {
      node.error(
          "tie",
          "'tie': a view with aggregates has none, all events of a window count; leave it out, or"
              + " name the events with event-id");
    }
  }

  private static void checkLookedUp(DefinitionNode node) {
    if (node.has("event-id")) {
      node.error(
          "event-id",
          "'event-id': only a view with aggregates has one; name what decides between rows with"
              + " tie");
    }
    if (node.has("partial-aggregates")) {
      node.error(
          "partial-aggregates",
          "'partial-aggregates': only a view with aggregates has any; leave it out");
    }
  }

  private static void checkPartialAggregates(DefinitionNode node, FeatureViewDefinition view) {
    if (view.isKeptDaily()
        && view.isWindowed()
        && view.aggregates().values().stream().noneMatch(WindowedFeature::canBeKeptDaily)) {
      node.error(
          "partial-aggregates",
          "'partial-aggregates': no window is served by days: they serve count, sum, avg, stddev,"
              + " min, max and last over more than a day; leave it out");
    }
  }

  static FeatureViewDefinition read(DefinitionNode node, Path rulesDirectory) {
    Map<String, Feature> features = new LinkedHashMap<>();
    node.entries("features")
        .forEach(
            (name, child) -> {
              features.put(name, new Feature(child.string("type"), child.string("description")));
              ColumnTypes.check(child, "type", features.get(name).type());
              child.done();
            });
    if (features.isEmpty() && !node.has("aggregates")) {
      node.error("features", "'features': expected at least one feature with type and description");
    }

    DefinitionNode entity = node.node("entity");
    Map<String, String> keys = entity.texts("keys");
    if (keys.isEmpty()) {
      node.error("entity", "'entity': expected a name and at least one key with its type");
    }

    Map<String, WindowedFeature> aggregates = WindowedFeature.read(node, keys, features);
    if (node.has("aggregates")) {
      checkWindowed(node);
    } else {
      checkLookedUp(node);
    }

    String validation = Names.file(node, "validation");
    FeatureViewDefinition view =
        new FeatureViewDefinition(
            Names.word(node, "view"),
            DefinitionMetadata.read(node),
            entity.string("name"),
            keys,
            node.strings("reads"),
            node.integer("look-back-days", 0, 0, 3_660),
            node.query("sql"),
            ttl(node),
            node.choice("boundary", Boundary.class, Boundary.INCLUSIVE),
            node.optionalString(node.has("aggregates") ? "event-id" : "tie"),
            features,
            aggregates,
            node.choice("partial-aggregates", PartialAggregates.class, PartialAggregates.NONE),
            validation,
            node.choice("empty-days", EmptyDays.class, EmptyDays.FAIL),
            node.choice("unanswered-days", EmptyDays.class, EmptyDays.FAIL),
            SourceRules.volume(node),
            rules(rulesDirectory, validation));
    checkPartialAggregates(node, view);
    entity.done();
    node.done();
    return view;
  }
}
