package org.millrace.jobs.plan;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Partition;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.contracts.definition.ScoringDefinition;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.contracts.ledger.LedgerObjects;
import org.millrace.contracts.registry.ModelRegistry;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.features.ledger.LedgerIndex;
import org.millrace.jobs.challenger.RolloutHistory;
import org.millrace.jobs.model.AliasHistory;
import org.millrace.jobs.model.AliasMove;
import org.millrace.jobs.model.VerdictRecord;
import org.millrace.jobs.model.Verdicts;
import org.millrace.planning.ModelOverview;

/**
 * Collects what is known of a model's versions. Starts no Spark, and writes nothing; a registry
 * that does not answer is a note, and what the lake has is there all the same.
 */
public final class DescribeModel {
  private static final Comparator<String> NEWEST_FIRST =
      Comparator.<String>comparingInt(String::length)
          .thenComparing(Comparator.naturalOrder())
          .reversed();

  private final LakeReading lake;
  private final Supplier<ModelRegistry> registry;

  /** Prepares to ask a lake and a registry. */
  public DescribeModel(LakeReading lake, Supplier<ModelRegistry> registry) {
    this.lake = requireNonNull(lake, "lake is null");
    this.registry = requireNonNull(registry, "registry is null");
  }

  /** What is known of the model of a pipeline. */
  public ModelOverview of(Pipeline pipeline) {
    ScoringDefinition scoring = pipeline.scoring();
    AliasHistory history = AliasHistory.read(lake.logs(), scoring);
    Map<String, List<VerdictRecord>> verdicts = new TreeMap<>();
    Verdicts.all(lake.logs(), scoring.model())
        .forEach(
            verdict ->
                verdicts
                    .computeIfAbsent(verdict.candidate(), version -> new ArrayList<>())
                    .add(verdict));
    Map<String, ScoredDays> days = days(lake.ledger(), scoring);
    Map<String, Instant> trained = trained(lake.ledger(), scoring.model());
    List<String> notes = new ArrayList<>();
    Map<String, ModelVersion> registered = new LinkedHashMap<>();
    Optional<String> champion = history.newest().flatMap(AliasMove::certainHolder);
    try {
      registry
          .get()
          .versions(scoring.model())
          .forEach(version -> registered.put(version.version(), version));
      champion = registry.get().aliasTarget(scoring.model(), scoring.alias());
    } catch (MillraceException e) {
      if (e.category() != ErrorCategory.EXTERNAL) {
        throw e;
      }

      notes.add("the registry was not asked: " + e.getMessage());
    }

    TreeSet<String> numbers = new TreeSet<>(NEWEST_FIRST);
    numbers.addAll(registered.keySet());
    numbers.addAll(verdicts.keySet());
    numbers.addAll(days.keySet());
    numbers.addAll(trained.keySet());
    return new ModelOverview(
        scoring.model(),
        scoring.alias(),
        pipeline.platform().registryAddress(),
        pipeline.platform().dayZone().toString(),
        champion,
        numbers.stream()
            .map(
                number ->
                    version(
                        number,
                        notes.isEmpty() ? "not in the registry" : "-",
                        Optional.ofNullable(registered.get(number)),
                        Optional.ofNullable(trained.get(number)),
                        verdicts.getOrDefault(number, List.of()),
                        days.getOrDefault(number, new ScoredDays())))
            .toList(),
        history.moves().stream().map(DescribeModel::move).toList(),
        new ListPublications(lake.ledger(), scoring).list(),
        DescribeRollout.moves(RolloutHistory.read(lake.logs(), scoring.model())),
        notes);
  }

  /** When the ledger got the candidates of the pipeline, by their numbers. */
  private static Map<String, Instant> trained(LedgerIndex ledger, String model) {
    Map<String, Instant> trained = new TreeMap<>();
    ledger
        .history(LedgerObjects.candidate(model), Partition.whole())
        .forEach(entry -> trained.putIfAbsent(entry.output().version(), entry.finishedAt()));
    return trained;
  }

  /** Days that show the predictions of a version. */
  private static final class ScoredDays {
    private final NavigableSet<LocalDate> days = new TreeSet<>();
    private long rows;

    void add(LocalDate day, LedgerEntry entry) {
      days.add(day);
      rows += entry.rows().accepted();
    }
  }

  /** The days whose predictions in force are of a version, by its number. */
  private static Map<String, ScoredDays> days(LedgerIndex ledger, ScoringDefinition scoring) {
    Map<String, ScoredDays> days = new TreeMap<>();
    ledger
        .partitions(scoring.predictions())
        .forEach(
            (partition, entry) -> {
              if (partition instanceof Partition.Day day && entry.isReadable()) {
                ListPublications.number(entry)
                    .ifPresent(
                        number ->
                            days.computeIfAbsent(number, version -> new ScoredDays())
                                .add(day.date(), entry));
              }
            });
    return days;
  }

  private static ModelOverview.Version version(
      String number,
      String unknown,
      Optional<ModelVersion> registered,
      Optional<Instant> trained,
      List<VerdictRecord> verdicts,
      ScoredDays scored) {
    Map<String, String> tags = registered.map(ModelVersion::tags).orElse(Map.of());
    NavigableSet<LocalDate> days = scored.days;
    return new ModelOverview.Version(
        number,
        tags.getOrDefault("millrace.version", ""),
        registered.map(VersionOrigin::of).orElse(unknown),
        tags.getOrDefault("millrace.training_set", ""),
        trained.or(() -> VersionOrigin.registeredAt(tags)),
        verdicts.stream().map(DescribeModel::verdict).toList(),
        days.size(),
        days.isEmpty() ? "" : days.first().toString(),
        days.isEmpty() ? "" : days.last().toString(),
        DayRange.covering(days),
        scored.rows,
        registered.isPresent());
  }

  private static ModelOverview.Verdict verdict(VerdictRecord verdict) {
    return new ModelOverview.Verdict(
        verdict.number(),
        verdict.decision().verdict().name(),
        verdict.champion(),
        verdict.approver(),
        verdict.judgedAt(),
        verdict.decision().reasons());
  }

  private static ModelOverview.Move move(AliasMove move) {
    return new ModelOverview.Move(
        move.kind().name(),
        move.from(),
        move.to(),
        move.who(),
        move.why(),
        move.isRollback(),
        move.movedAt(),
        move.runKey());
  }
}
