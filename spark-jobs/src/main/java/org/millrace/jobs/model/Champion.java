package org.millrace.jobs.model;

import java.nio.file.Path;
import java.util.Optional;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.GateDecision.Verdict;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.ScoringDefinition;
import org.millrace.contracts.registry.ModelRegistry;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.jobs.room.JobContext;

/**
 * The version that scores, resolved once a run.
 *
 * @param version the version
 * @param onnx its file, SHA-256 checked
 * @param origin whether the registry named it just now, or the cache did because the registry is
 *     down
 */
public record Champion(ModelVersion version, Path onnx, Origin origin) {
  /** Who named the champion. */
  public enum Origin {
    REGISTRY,
    CACHE
  }

  /**
   * Asks the registry; where it is down, takes the champion that it named last.
   *
   * @throws MillraceException of category INPUT_MISSING where there is no champion; EXTERNAL where
   *     the registry is down and nothing is cached
   */
  public static Champion resolve(JobContext context) {
    ScoringDefinition scoring = context.pipeline().scoring();
    ModelCache cache = ModelCache.of(context.lake(), context.progress());
    try {
      ModelRegistry registry = context.registry().get();
      ModelVersion version =
          registry
              .byAlias(scoring.model(), scoring.alias())
              .map(named -> cache.identified(registry, named))
              .orElseThrow(() -> absent(context, scoring, registry));
      Path file = cache.onnx(registry, version);
      keepContract(cache, registry, version);
      cache.remember(scoring.alias(), version);
      keepImportances(context, cache, registry, version);
      return new Champion(version, file, Origin.REGISTRY);
    } catch (MillraceException e) {
      Optional<ModelVersion> last = cache.remembered(scoring.model(), scoring.alias());
      if (e.category() != ErrorCategory.EXTERNAL || last.isEmpty()) {
        throw e;
      }

      context
          .progress()
          .say(
              "champion",
              "registry is down, using the cached "
                  + scoring.alias()
                  + " "
                  + last.get()
                  + ": "
                  + e.getMessage());
      return new Champion(last.get(), cache.cached(last.get(), ModelFiles.ONNX), Origin.CACHE);
    }
  }

  /**
   * A version as champion, whether or not it holds the alias now.
   *
   * @throws MillraceException of category INPUT_MISSING if the registry does not have it; EXTERNAL
   *     if the registry is down
   */
  public static Champion of(JobContext context, String number) {
    String model = context.pipeline().scoring().model();
    ModelCache cache = ModelCache.of(context.lake(), context.progress());
    ModelRegistry registry = context.registry().get();
    ModelVersion version =
        registry
            .byVersion(model, number)
            .map(found -> cache.identified(registry, found))
            .orElseThrow(
                () ->
                    new MillraceException(
                        ErrorCategory.INPUT_MISSING,
                        "Cannot score with "
                            + model
                            + "/"
                            + number
                            + ": "
                            + registry.location()
                            + " does not have it any more; restore that version"));
    Path file = cache.onnx(registry, version);
    keepContract(cache, registry, version);
    return new Champion(version, file, Origin.REGISTRY);
  }

  /**
   * A version that scores beside the champion. Where the registry is down, the files are taken that
   * were fetched when it last did.
   *
   * @throws MillraceException of category INPUT_MISSING if the registry does not have it; EXTERNAL
   *     if the registry is down and nothing is cached
   */
  public static Champion beside(JobContext context, String number) {
    String model = context.pipeline().scoring().model();
    ModelCache cache = ModelCache.of(context.lake(), context.progress());
    try {
      Champion found = of(context, number);
      cache.remember(ModelCache.CHALLENGER, found.version());
      return found;
    } catch (MillraceException e) {
      Optional<ModelVersion> last =
          cache
              .remembered(model, ModelCache.CHALLENGER)
              .filter(version -> version.version().equals(number));
      if (e.category() != ErrorCategory.EXTERNAL || last.isEmpty()) {
        throw e;
      }

      return new Champion(last.get(), cache.cached(last.get(), ModelFiles.ONNX), Origin.CACHE);
    }
  }

  /** For nights without a registry. */
  private static void keepContract(ModelCache cache, ModelRegistry registry, ModelVersion version) {
    if (ModelFiles.isCarriedBy(version, ModelFiles.CONTRACT)) {
      cache.file(registry, version, ModelFiles.CONTRACT);
    }
  }

  /** For the report, which asks no registry; what it can do without must not stop a night. */
  private static void keepImportances(
      JobContext context, ModelCache cache, ModelRegistry registry, ModelVersion version) {
    try {
      if (ModelFiles.isCarriedBy(version, ModelFiles.IMPORTANCES)) {
        cache.file(registry, version, ModelFiles.IMPORTANCES);
      }
    } catch (MillraceException e) {
      context
          .progress()
          .say("champion", "the report has no importances of " + version + ": " + e.getMessage());
    }
  }

  private static String next(JobContext context, ScoringDefinition scoring) {
    return Verdicts.all(context.lake().logs(), scoring.model()).stream()
        .reduce((earlier, later) -> later)
        .filter(last -> last.decision().verdict() == Verdict.AWAITS_APPROVAL)
        .map(
            last ->
                "; version %s awaits `millrace approve %s --version %s --why TEXT`"
                    .formatted(last.candidate(), scoring.model(), last.candidate()))
        .orElse("; run `millrace train` and `millrace gate` first");
  }

  /** Why no version scores: the alias is not there, or the version that it names is not. */
  private static MillraceException absent(
      JobContext context, ScoringDefinition scoring, ModelRegistry registry) {
    String reason =
        registry
            .aliasTarget(scoring.model(), scoring.alias())
            .map(
                version ->
                    "the alias names version "
                        + version
                        + ", which "
                        + registry.location()
                        + " does not have; restore that version, or move the alias to another one")
            .orElseGet(
                () ->
                    "no version has that alias in "
                        + registry.location()
                        + AliasMoves.lastHolder(context.lake(), scoring.model(), scoring.alias())
                            .map(
                                version ->
                                    "; version "
                                        + version
                                        + " held it last: name the registry that has it, or run"
                                        + " `millrace train` and `millrace gate`")
                            .orElseGet(() -> next(context, scoring)));
    return new MillraceException(
        ErrorCategory.INPUT_MISSING,
        "Cannot score with " + scoring.model() + "@" + scoring.alias() + ": " + reason);
  }
}
