package org.millrace.planning;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.Partition;
import org.millrace.contracts.Status;
import org.millrace.contracts.definition.ChangeCategory;
import org.millrace.contracts.definition.DefinitionContent;
import org.millrace.contracts.definition.DefinitionDiff;
import org.millrace.contracts.definition.DefinitionKey;
import org.millrace.contracts.definition.DefinitionKind;
import org.millrace.contracts.definition.DefinitionSnapshot;
import org.millrace.contracts.definition.FeatureViewDefinition;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.contracts.ledger.LedgerObjects;

/**
 * What changed in the definitions of a pipeline since the days that are looked at were made, and
 * since the newest of each object. Pure.
 */
final class DefinitionChanges {
  private final Pipeline pipeline;
  private final LedgerView ledger;
  private final DayRange days;
  private final boolean trains;
  private final PipelineGraph graph;

  /**
   * Nothing is compared yet.
   *
   * @param days that are looked at
   * @param trains whether a model is trained: else the days of its slices do not matter, as a run
   *     may have been given others
   */
  DefinitionChanges(Pipeline pipeline, LedgerView ledger, DayRange days, boolean trains) {
    this.pipeline = pipeline;
    this.ledger = ledger;
    this.days = days;
    this.trains = trains;
    this.graph = PipelineGraph.of(pipeline);
  }

  /** The changes, sources first; of one definition the newest first. */
  List<DefinitionChange> find(DefinitionSnapshot now) {
    List<DefinitionChange> changes = new ArrayList<>();
    now.contents().forEach((key, content) -> add(key, content, changes));
    return changes;
  }

  private void add(DefinitionKey key, DefinitionContent now, List<DefinitionChange> changes) {
    Map<DefinitionContent, Set<LedgerEntry>> older = new LinkedHashMap<>();
    Optional<DefinitionContent> newest = Optional.empty();
    for (LedgerEntry entry : newestFirst(madeBy(key))) {
      Optional<DefinitionContent> content =
          entry
              .definitions()
              .flatMap(ledger::definitions)
              .flatMap(snapshot -> snapshot.content(key));
      boolean isNewest = newest.isEmpty();
      newest = newest.or(() -> content);
      if (content.isPresent() && (isNewest || isLookedAt(entry))) {
        older.computeIfAbsent(content.get(), of -> new LinkedHashSet<>()).add(entry);
      }
    }

    older.remove(now);
    for (Map.Entry<DefinitionContent, Set<LedgerEntry>> made : older.entrySet()) {
      DefinitionDiff diff = new DefinitionDiff(key, made.getKey(), now);
      // what older days say of themselves does not matter once a newer one says it right
      boolean isOutdated =
          diff.category() == ChangeCategory.METADATA_ONLY
              && !newest.equals(Optional.of(made.getKey()));
      if (!isOutdated && !isOfOtherSlices(diff)) {
        changes.add(change(diff, made.getValue()));
      }
    }
  }

  private boolean isOfOtherSlices(DefinitionDiff diff) {
    boolean hasSlices =
        diff.key().kind() == DefinitionKind.TRAINING || diff.key().kind() == DefinitionKind.GATE;
    return hasSlices && !trains && diff.paths().equals(Set.of("days"));
  }

  private static List<LedgerEntry> newestFirst(Collection<LedgerEntry> entries) {
    return entries.stream()
        .filter(entry -> entry.status() == Status.DONE)
        .sorted(Comparator.comparingLong(LedgerEntry::sequence).reversed())
        .toList();
  }

  private boolean isLookedAt(LedgerEntry entry) {
    return !(entry.partition() instanceof Partition.Day day) || days.contains(day.date());
  }

  private Collection<LedgerEntry> madeBy(DefinitionKey key) {
    return ledger.partitions(maker(key)).values();
  }

  /** The object whose entries tell by which definition it was made last. */
  private String maker(DefinitionKey key) {
    String name = pipeline.name();
    return switch (key.kind()) {
      case SOURCE -> key.name();
      case VIEW -> view(key).table();
      case SPINE, SCORING -> pipeline.scoring().predictions();
      case LABEL -> LedgerObjects.trainingSet(name);
      case TRAINING -> LedgerObjects.candidate(name);
      case GATE -> LedgerObjects.verdict(name);
      case MONITORING -> LedgerObjects.quality(name);
      case ROLLOUT -> pipeline.rollout().orElseThrow().challengers();
    };
  }

  private FeatureViewDefinition view(DefinitionKey key) {
    return pipeline.views().stream()
        .filter(view -> view.name().equals(key.name()))
        .findFirst()
        .orElseThrow();
  }

  private DefinitionChange change(DefinitionDiff diff, Set<LedgerEntry> made) {
    ChangeCategory category = diff.category();
    List<String> directly = directly(diff.key(), category);
    Set<String> downstream = new LinkedHashSet<>();
    if (category != ChangeCategory.METADATA_ONLY) {
      directly.forEach(object -> downstream.addAll(graph.downstream(object)));
      directly.forEach(downstream::remove);
    }

    TreeSet<LocalDate> before = new TreeSet<>();
    made.forEach(
        entry -> {
          if (entry.partition() instanceof Partition.Day day) {
            before.add(day.date());
          }
        });
    return new DefinitionChange(
        diff.key(),
        category,
        diff.lines(),
        DayRange.covering(before),
        directly,
        List.copyOf(downstream));
  }

  private List<String> directly(DefinitionKey key, ChangeCategory category) {
    String name = pipeline.name();
    boolean isOfSet = category == ChangeCategory.BREAKING;
    return switch (key.kind()) {
      case SOURCE, VIEW, SCORING, MONITORING -> List.of(maker(key));
      case SPINE ->
          List.of(LedgerObjects.trainingSet(name), maker(key), LedgerObjects.quality(name));
      case LABEL -> List.of(maker(key), LedgerObjects.quality(name));
      case ROLLOUT -> List.of();
      case TRAINING, GATE -> List.of(isOfSet ? LedgerObjects.trainingSet(name) : maker(key));
    };
  }
}
