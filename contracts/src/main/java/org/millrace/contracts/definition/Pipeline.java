package org.millrace.contracts.definition;

import static java.util.Objects.requireNonNull;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Everything that one pipeline names, resolved once: a run touches nothing else, but for lookup
 * tables: raw tables that no view and no spine reads are for people alone, and any pipeline fills
 * them.
 *
 * @param name the model's name
 * @param platform zone, lake, registry
 * @param sources raw tables that its views and its spine read, and lookup tables
 * @param views its feature views, in the order of {@code views:}
 * @param spine its questions
 * @param training what its model is made of
 * @param gate what its model must show
 * @param scoring how it is scored
 * @param monitoring how its predictions are judged
 */
public record Pipeline(
    String name,
    PlatformDefinition platform,
    List<SourceDefinition> sources,
    List<FeatureViewDefinition> views,
    SpineDefinition spine,
    TrainingDefinition training,
    GateDefinition gate,
    ScoringDefinition scoring,
    MonitoringDefinition monitoring) {
  /** Copies the lists. */
  public Pipeline {
    requireNonNull(name, "name is null");
    sources = List.copyOf(sources);
    views = List.copyOf(views);
  }

  /**
   * Resolves a pipeline.
   *
   * @throws org.millrace.contracts.MillraceException of category DEFINITION if a definition is
   *     missing; the message names what there is
   */
  public static Pipeline of(Definitions definitions, String name) {
    TrainingDefinition training = Definitions.named(definitions.training(), "training", name);
    SpineDefinition spine = Definitions.named(definitions.spines(), "spine", training.spine());
    List<FeatureViewDefinition> views =
        training.views().stream()
            .map(view -> Definitions.named(definitions.views(), "view", view))
            .toList();
    Set<String> tables = new LinkedHashSet<>();
    views.forEach(view -> tables.addAll(view.reads()));
    tables.addAll(spine.reads());
    tables.addAll(lookups(definitions));
    List<SourceDefinition> sources =
        tables.stream()
            .sorted()
            .map(table -> Definitions.named(definitions.sources(), "source", table))
            .toList();
    return new Pipeline(
        name,
        definitions.platform(),
        sources,
        views,
        spine,
        training,
        Definitions.named(definitions.gates(), "gate", name),
        Definitions.named(definitions.scoring(), "scoring", name),
        Definitions.named(definitions.monitoring(), "monitoring", name));
  }

  private static Set<String> lookups(Definitions definitions) {
    Set<String> lookups = new LinkedHashSet<>(definitions.sources().keySet());
    definitions.views().values().forEach(view -> lookups.removeAll(view.reads()));
    definitions.spines().values().forEach(spine -> lookups.removeAll(spine.reads()));
    return lookups;
  }

  /** The source that fills a raw table. */
  public SourceDefinition source(String table) {
    return sources.stream()
        .filter(source -> source.table().equals(table))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "Cannot find " + table + " in pipeline " + name + ": it reads " + sources));
  }
}
