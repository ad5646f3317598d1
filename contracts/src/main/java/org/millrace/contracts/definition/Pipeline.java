package org.millrace.contracts.definition;

import static java.util.Objects.requireNonNull;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * Everything that one pipeline names, resolved once: a run touches nothing else, but for lookup
 * tables: raw tables that no view, no spine and no label reads are for people alone, and any
 * pipeline fills them.
 *
 * @param name the model's name
 * @param platform zone, lake, registry
 * @param sources raw tables that its views, its spine and its label read, and lookup tables
 * @param views feature views that its rooms make and training sets join: those of {@code views:} in
 *     their order, then those that a version in use needs besides, by name
 * @param spine its questions
 * @param label what came true of them; empty if the spine says so itself
 * @param training what its model is made of
 * @param gate what its model must show
 * @param scoring how it is scored
 * @param monitoring how its predictions are judged
 * @param rollout how a new version comes to score; empty if it does at once
 * @param defined all feature views that there are, by name: a version may have been trained on any
 */
public record Pipeline(
    String name,
    PlatformDefinition platform,
    List<SourceDefinition> sources,
    List<FeatureViewDefinition> views,
    SpineDefinition spine,
    Optional<LabelDefinition> label,
    TrainingDefinition training,
    GateDefinition gate,
    ScoringDefinition scoring,
    MonitoringDefinition monitoring,
    Optional<RolloutDefinition> rollout,
    List<FeatureViewDefinition> defined) {
  /** Copies the lists. */
  public Pipeline {
    requireNonNull(name, "name is null");
    sources = List.copyOf(sources);
    views = List.copyOf(views);
    defined = List.copyOf(defined);
  }

  /** A pipeline beside whose views there are no others, and whose spine has its own label. */
  public Pipeline(
      String name,
      PlatformDefinition platform,
      List<SourceDefinition> sources,
      List<FeatureViewDefinition> views,
      SpineDefinition spine,
      TrainingDefinition training,
      GateDefinition gate,
      ScoringDefinition scoring,
      MonitoringDefinition monitoring) {
    this(
        name,
        platform,
        sources,
        views,
        spine,
        Optional.empty(),
        training,
        gate,
        scoring,
        monitoring,
        Optional.empty(),
        views);
  }

  /**
   * Resolves a pipeline.
   *
   * @throws org.millrace.contracts.MillraceException of category DEFINITION if a definition is
   *     missing; the message names what there is
   */
  public static Pipeline of(Definitions definitions, String name) {
    return of(definitions, name, List.of());
  }

  /**
   * Resolves a pipeline.
   *
   * @param inUse names of views that a version in use needs; those that are not defined any more,
   *     or that the spine has not the keys of, are left out: whoever uses the version says so
   * @throws org.millrace.contracts.MillraceException of category DEFINITION if a definition is
   *     missing; the message names what there is
   */
  public static Pipeline of(Definitions definitions, String name, Collection<String> inUse) {
    TrainingDefinition training = Definitions.named(definitions.training(), "training", name);
    SpineDefinition spine = Definitions.named(definitions.spines(), "spine", training.spine());
    List<FeatureViewDefinition> views =
        new ArrayList<>(
            training.views().stream()
                .map(view -> Definitions.named(definitions.views(), "view", view))
                .toList());
    definitions.views().values().stream()
        .filter(view -> inUse.contains(view.name()) && !views.contains(view))
        .filter(spine::hasKeysOf)
        .forEach(views::add);
    Optional<LabelDefinition> label =
        training.label().map(of -> Definitions.named(definitions.labels(), "label", of));
    Set<String> tables = new LinkedHashSet<>();
    views.forEach(view -> tables.addAll(view.reads()));
    tables.addAll(spine.reads());
    label.ifPresent(of -> tables.addAll(of.reads()));
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
        label,
        training,
        Definitions.named(definitions.gates(), "gate", name),
        Definitions.named(definitions.scoring(), "scoring", name),
        Definitions.named(definitions.monitoring(), "monitoring", name),
        Optional.ofNullable(definitions.rollouts().get(name)),
        List.copyOf(definitions.views().values()));
  }

  private static Set<String> lookups(Definitions definitions) {
    Set<String> lookups = new LinkedHashSet<>(definitions.sources().keySet());
    definitions.views().values().forEach(view -> lookups.removeAll(view.reads()));
    definitions.spines().values().forEach(spine -> lookups.removeAll(spine.reads()));
    definitions.labels().values().forEach(label -> lookups.removeAll(label.reads()));
    return lookups;
  }

  /** The views that the next candidate is trained on. */
  public List<FeatureViewDefinition> candidateViews() {
    return views.stream().filter(view -> training.views().contains(view.name())).toList();
  }

  /** The columns of the label in training sets. */
  public LabelColumns labelColumns() {
    return label
        .map(LabelDefinition::columns)
        .or(spine::label)
        .orElseThrow(() -> new IllegalStateException(name + " has no label"));
  }

  /** So many days after a spine day it is judged. */
  public int labelDays() {
    return monitoring
        .labelDays()
        .or(() -> label.map(LabelDefinition::horizonDays))
        .orElse(MonitoringDefinition.DEFAULT_LABEL_DAYS);
  }

  /** The last day whose sources say what came true of a spine day. */
  public LocalDate labelsKnownOn(LocalDate day) {
    return day.plusDays(label.map(LabelDefinition::horizonDays).orElse(0));
  }

  /**
   * The days that are trained on: of those of the definition the ones whose labels were known for
   * good before the gate's first day began. If labels come later, a day whose horizon reaches the
   * gate's days is left out as a whole: its early labels alone would be a biased sample.
   */
  public DayRange trainedDays() {
    DayRange days = training.days();
    LocalDate last =
        label.map(of -> gate.days().from().minusDays(1L + of.horizonDays())).orElse(days.to());
    if (last.isBefore(days.from())) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot train %s on %s: a label is known for good %d days after its row's day, and the gate's days begin on %s; let training begin by %s, or the gate later"
              .formatted(
                  name,
                  days,
                  label.map(LabelDefinition::horizonDays).orElse(0),
                  gate.days().from(),
                  last));
    }

    return last.isBefore(days.to()) ? new DayRange(days.from(), last) : days;
  }

  /**
   * Whether a day without questions is as it should be: a source of the spine may have none then.
   */
  public boolean mayAskNothing(LocalDate day) {
    return spine.reads().stream()
        .map(this::source)
        .anyMatch(source -> source.day().isPresent() && source.mayBeEmpty(day));
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
