package org.millrace.jobs.plan;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.FeatureViewDefinition;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.contracts.definition.ScoringDefinition;
import org.millrace.contracts.registry.ModelContract;
import org.millrace.contracts.registry.ModelRegistry;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.features.lake.LakeLogs;
import org.millrace.jobs.challenger.Beside;
import org.millrace.jobs.challenger.RolloutHistory;
import org.millrace.jobs.challenger.RolloutMove;
import org.millrace.jobs.model.AliasHistory;
import org.millrace.jobs.model.AliasMove;
import org.millrace.jobs.model.Champions;
import org.millrace.jobs.model.ContractViews;
import org.millrace.jobs.model.ModelCache;
import org.millrace.jobs.model.ModelContracts;
import org.millrace.jobs.model.VerdictRecord;
import org.millrace.jobs.model.Verdicts;
import org.millrace.jobs.model.WorkDirectory;
import org.millrace.planning.ChampionRef;
import org.millrace.planning.Scorer;
import org.millrace.planning.Scorers;

/** Who scores the days of a plan, and with which views. Writes nothing. Driver only. */
public final class PlannedChampions {
  private final Pipeline pipeline;
  private final ScoringDefinition scoring;
  private final Supplier<ModelRegistry> registry;
  private final ModelCache cache;
  private final LakeLogs logs;
  private final List<String> notes = new ArrayList<>();
  private @Nullable Scorers known;
  private Optional<Instant> since = Optional.empty();
  private boolean isSinceKnown;

  /**
   * Nothing is asked yet.
   *
   * @param registry asked who is champion
   * @param cache asked instead if the registry does not answer, as scoring does
   * @param logs of the lake, for the history of the alias
   */
  public PlannedChampions(
      Pipeline pipeline, Supplier<ModelRegistry> registry, ModelCache cache, LakeLogs logs) {
    this.pipeline = requireNonNull(pipeline, "pipeline is null");
    this.registry = requireNonNull(registry, "registry is null");
    this.cache = requireNonNull(cache, "cache is null");
    this.logs = requireNonNull(logs, "logs is null");
    this.scoring = pipeline.scoring();
  }

  /** Sentences about what could not be asked. */
  List<String> notes() {
    return List.copyOf(notes);
  }

  /** Who scores which day; asked once. */
  Scorers scorers(Champions champions) {
    if (known == null) {
      known = beside(champions == Champions.NOW ? Scorers.always(now()) : asWas());
    }

    return known;
  }

  /** Asks all that a plan will want to know. */
  public void ask(Champions champions) {
    scorers(champions);
    if (champions == Champions.NOW) {
      since();
    }
  }

  /**
   * Since when the version that scores now holds the alias; empty if no row says that it does, or
   * the rows cannot be read, which is noted. Asked once.
   */
  Optional<Instant> since() {
    if (!isSinceKnown) {
      since = readSince();
      isSinceKnown = true;
    }

    return since;
  }

  private Optional<Instant> readSince() {
    String holder = scorers(Champions.NOW).on(LocalDate.EPOCH).name();
    try {
      return AliasHistory.read(logs, scoring)
          .newest()
          .filter(
              move ->
                  move.certainHolder()
                      .filter(version -> holder.equals(scoring.model() + "/" + version))
                      .isPresent())
          .map(AliasMove::movedAt);
    } catch (MillraceException e) {
      notes.add("it is unknown since when " + holder + " scores: " + e.getMessage());
      return Optional.empty();
    }
  }

  /**
   * The views of the version that the registry named last, as far as the lake remembers; else all
   * of the pipeline. The registry is not asked.
   */
  public List<FeatureViewDefinition> viewsOfTheLast() {
    Scorer scorer;
    try {
      scorer =
          cache
              .remembered(scoring.model(), scoring.alias())
              .<Scorer>map(version -> champion(version, () -> contracts(cache).cached(version)))
              .orElseGet(this::noHolder);
    } catch (MillraceException e) {
      return pipeline.views(); // what is remembered is damaged: scoring asks the registry
    }

    return scorer instanceof Scorer.Champion champion ? champion.views() : pipeline.views();
  }

  private Scorer now() {
    try {
      ModelRegistry asked = registry.get();
      return asked
          .byAlias(scoring.model(), scoring.alias())
          .map(version -> reigning(version, () -> contract(asked, version)))
          .orElseGet(this::noHolder);
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
                  .orElse("it is unknown which version would score"));
      return last.map(version -> reigning(version, () -> contracts(cache).cached(version)))
          .orElseGet(this::noHolder);
    }
  }

  private Scorer reigning(ModelVersion version, Supplier<ModelContract> contract) {
    Verdicts.newest(logs, version.name(), version.version())
        .flatMap(VerdictRecord::warning)
        .ifPresent(notes::add);
    return champion(version, contract);
  }

  private Scorer noHolder() {
    return new Scorer.NoVersion("no version has the alias " + scoring.alias());
  }

  private Scorers asWas() {
    AliasHistory history = AliasHistory.read(logs, scoring);
    Map<String, Scorer> versions = new HashMap<>();
    return day ->
        history
            .holder(day, pipeline.platform().dayZone())
            .map(number -> versions.computeIfAbsent(number, this::version))
            .orElseGet(() -> new Scorer.NoVersion(history.noHolder(day)));
  }

  private Scorer version(String number) {
    ModelRegistry asked = registry.get();
    return asked
        .byVersion(scoring.model(), number)
        .map(version -> champion(version, () -> contract(asked, version)))
        .orElseGet(
            () ->
                new Scorer.NoVersion(
                    scoring.model() + "/" + number + " is not in " + asked.location()));
  }

  /** The champions with the challengers that readers see on the days. */
  private Scorers beside(Scorers champions) {
    if (pipeline.rollout().isEmpty()) {
      return champions;
    }

    RolloutHistory history = RolloutHistory.read(logs, scoring.model());
    Map<RolloutMove, Optional<ContractViews>> challengers = new HashMap<>();
    return day -> {
      Scorer scorer = champions.on(day);
      Optional<RolloutMove> move = history.on(day).filter(of -> of.share() > 0);
      return scorer instanceof Scorer.Champion champion && move.isPresent()
          ? challengers
              .computeIfAbsent(move.get(), this::challenger)
              .map(of -> with(champion, of, move.get()))
              .orElse(champion)
          : scorer;
    };
  }

  /** One that cannot score is left out, as scoring leaves it out. */
  private Optional<ContractViews> challenger(RolloutMove move) {
    try {
      ModelRegistry asked = registry.get();
      return asked
          .byVersion(scoring.model(), move.challenger())
          .map(cache::noted)
          .map(version -> ContractViews.of(pipeline, version, contract(asked, version)));
    } catch (MillraceException e) {
      Optional<ModelVersion> last =
          cache
              .rememberedChallenger(scoring.model())
              .filter(version -> version.version().equals(move.challenger()));
      if (e.category() == ErrorCategory.EXTERNAL && last.isPresent()) {
        return Optional.of(
            ContractViews.of(pipeline, last.get(), contracts(cache).cached(last.get())));
      }

      notes.add(
          "challenger %s/%s is left out: %s"
              .formatted(scoring.model(), move.challenger(), e.getMessage()));
      return Optional.empty();
    }
  }

  private static Scorer with(Scorer.Champion champion, ContractViews challenger, RolloutMove move) {
    if (!move.isBeside(champion.version().version())) {
      return champion;
    }

    ContractViews.Union union = challenger.besides(champion.views(), champion.columns());
    return new Scorer.Champion(
        champion.version(),
        champion.views(),
        champion.columns(),
        Optional.of(
            new Scorer.Beside(
                Beside.challenger(challenger.version(), move), union.views(), union.columns())));
  }

  private Scorer champion(ModelVersion version, Supplier<ModelContract> contract) {
    ChampionRef reference =
        new ChampionRef(version.name(), version.version(), cache.noted(version).sha256());
    try {
      ContractViews needed = ContractViews.of(pipeline, version, contract.get());
      return new Scorer.Champion(
          reference, needed.views(), Set.copyOf(needed.contract().columns()));
    } catch (MillraceException e) {
      return new Scorer.Unusable(reference, String.valueOf(e.getMessage()));
    }
  }

  /** From the lake if it is there; what is fetched is not kept, as a plan writes nothing. */
  private ModelContract contract(ModelRegistry asked, ModelVersion version) {
    try {
      return contracts(cache).cached(version);
    } catch (MillraceException e) {
      if (e.category() != ErrorCategory.EXTERNAL) {
        throw e;
      }
    }

    try (WorkDirectory directory = WorkDirectory.make()) {
      return contracts(new ModelCache(directory.path(), (room, text) -> {})).of(asked, version);
    }
  }

  private ModelContracts contracts(ModelCache files) {
    return new ModelContracts(pipeline, files);
  }
}
