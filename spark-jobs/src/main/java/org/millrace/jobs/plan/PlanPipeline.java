package org.millrace.jobs.plan;

import static java.util.Objects.requireNonNull;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.contracts.definition.ScoringDefinition;
import org.millrace.contracts.registry.ModelRegistry;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.jobs.model.ModelCache;
import org.millrace.planning.ChampionRef;
import org.millrace.planning.InputDays;
import org.millrace.planning.Plan;
import org.millrace.planning.Planner;

/** Makes the plan of a pipeline from what a lake and a registry say now. Writes nothing. */
public final class PlanPipeline {
  private final Pipeline pipeline;
  private final LakeReading lake;
  private final Supplier<ModelRegistry> registry;
  private final ModelCache cache;
  private final List<String> notes = new ArrayList<>();

  /**
   * Prepares a plan.
   *
   * @param registry asked who is champion
   * @param cache asked instead if the registry does not answer, as scoring does
   */
  public PlanPipeline(
      Pipeline pipeline, LakeReading lake, Supplier<ModelRegistry> registry, ModelCache cache) {
    this.pipeline = requireNonNull(pipeline, "pipeline is null");
    this.lake = requireNonNull(lake, "lake is null");
    this.registry = requireNonNull(registry, "registry is null");
    this.cache = requireNonNull(cache, "cache is null");
  }

  /**
   * The plan.
   *
   * @param asked the days; empty for all days that the ledger knows of the pipeline
   * @throws MillraceException of category DEFINITION if no days are given and the ledger knows none
   */
  public Plan plan(Optional<DayRange> asked) {
    DayRange days = asked.orElseGet(this::knownDays);
    Plan plan =
        new Planner(pipeline, lake.ledger(), lake.sources(), champion())
            .plan(
                days,
                asked.isPresent() ? Optional.empty() : firstPublished(),
                lake.ledger().version());
    return notes.isEmpty() ? plan : plan.withNotes(notes);
  }

  private DayRange knownDays() {
    NavigableSet<LocalDate> days = new TreeSet<>();
    pipeline.sources().forEach(source -> addDays(source.table(), days));
    pipeline.views().forEach(view -> addDays(view.table(), days));
    addDays(pipeline.scoring().predictions(), days);
    if (days.isEmpty()) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot plan "
              + pipeline.name()
              + " without days: the ledger knows none of it yet; give --from and --to");
    }

    return new DayRange(days.first(), days.last());
  }

  /** Days of training and gate that nobody asked to score are not missing. */
  private Optional<LocalDate> firstPublished() {
    return InputDays.byDay(lake.ledger().partitions(pipeline.scoring().predictions()))
        .keySet()
        .stream()
        .findFirst();
  }

  private void addDays(String object, NavigableSet<LocalDate> days) {
    days.addAll(InputDays.byDay(lake.ledger().partitions(object)).keySet());
  }

  private Optional<ChampionRef> champion() {
    ScoringDefinition scoring = pipeline.scoring();
    try {
      return registry.get().byAlias(scoring.model(), scoring.alias()).map(PlanPipeline::reference);
    } catch (MillraceException e) {
      if (e.category() != ErrorCategory.EXTERNAL) {
        throw e;
      }

      Optional<ModelVersion> last = cache.remembered(scoring.model(), scoring.alias());
      notes.add(
          "the registry does not answer ("
              + e.getMessage()
              + "): "
              + last.map(version -> "planned with " + version + ", which it named last")
                  .orElse("nothing says which version would score"));
      return last.map(PlanPipeline::reference);
    }
  }

  private static ChampionRef reference(ModelVersion version) {
    return new ChampionRef(version.name(), version.version(), version.sha256());
  }
}
