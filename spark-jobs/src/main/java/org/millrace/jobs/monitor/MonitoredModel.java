package org.millrace.jobs.monitor;

import static org.apache.spark.sql.functions.col;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.millrace.contracts.Causes;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.definition.FeatureViewDefinition;
import org.millrace.contracts.registry.ModelContract;
import org.millrace.contracts.registry.ModelRegistry;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.features.lake.Lake;
import org.millrace.jobs.evaluate.FeatureProfile;
import org.millrace.jobs.model.ContractViews;
import org.millrace.jobs.model.ModelCache;
import org.millrace.jobs.model.ModelContracts;
import org.millrace.jobs.model.ModelFiles;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.tables.PredictionColumns;

/**
 * A version whose predictions are judged, how its features were spread in its training set, and
 * where they come from. Driver only.
 *
 * @param version the version
 * @param profile the reference; empty if its features cannot be made any more, or it came without
 *     one: then only its quality is judged
 * @param views those of its contract; none without a profile
 */
record MonitoredModel(
    ModelVersion version, Optional<FeatureProfile> profile, List<FeatureViewDefinition> views) {
  /**
   * The runs of days that one version's predictions are in force on, oldest first, with the number
   * of the version. Where a day holds predictions of several, the one with the most rows is meant;
   * a day without rows belongs to the day before it.
   *
   * @throws MillraceException of category DATA_CONTRACT if none of the days has a row
   */
  static NavigableMap<DayRange, String> versions(
      JobContext context, TableVersion predictions, DayRange days) {
    String day = context.pipeline().spine().day();
    NavigableMap<LocalDate, String> byDay = new TreeMap<>();
    context
        .lake()
        .read(predictions)
        .where(Lake.inDays(day, days))
        .where(col(PredictionColumns.SUPERSEDED_AT).isNull())
        .groupBy(day, PredictionColumns.MODEL_VERSION)
        .count()
        .orderBy(col("count").desc(), col(PredictionColumns.MODEL_VERSION))
        .collectAsList()
        .forEach(row -> byDay.putIfAbsent(row.getLocalDate(0), row.getString(1)));
    if (byDay.isEmpty()) {
      throw lost(context, predictions, days);
    }

    Map<String, SortedSet<LocalDate>> byVersion = new TreeMap<>();
    for (LocalDate each : days.days()) {
      Map.Entry<LocalDate, String> nearest = byDay.floorEntry(each);
      String version = nearest == null ? byDay.firstEntry().getValue() : nearest.getValue();
      byVersion.computeIfAbsent(version, number -> new TreeSet<>()).add(each);
    }

    NavigableMap<DayRange, String> runs = new TreeMap<>(Comparator.comparing(DayRange::from));
    byVersion.forEach(
        (version, own) -> DayRange.covering(own).forEach(run -> runs.put(run, version)));
    return runs;
  }

  private static MillraceException lost(
      JobContext context, TableVersion predictions, DayRange days) {
    return new MillraceException(
        ErrorCategory.DATA_CONTRACT,
        "Cannot monitor %s of %s: the ledger has them as published, but %s holds no row of them: they were removed; `millrace sql -e \"RESTORE TABLE %s TO VERSION AS OF <version>\"` brings an earlier version back"
            .formatted(context.pipeline().name(), days, predictions, predictions.table()));
  }

  /**
   * Asks the registry for a version. What speaks against measuring its drift is said.
   *
   * @throws MillraceException of category INPUT_MISSING if it has none of that number; DEFINITION
   *     if it answers another spine than the training definition names
   */
  static MonitoredModel of(JobContext context, String number) {
    String model = context.pipeline().scoring().model();
    ModelRegistry registry = context.registry().get();
    ModelVersion version =
        registry
            .byVersion(model, number)
            .orElseThrow(
                () ->
                    new MillraceException(
                        ErrorCategory.INPUT_MISSING,
                        "Cannot monitor "
                            + model
                            + "/"
                            + number
                            + ": it is not in "
                            + registry.location()
                            + "; use the registry that it was scored with"));
    ModelContract contract = ModelContracts.of(context).of(registry, version);
    try {
      List<FeatureViewDefinition> views =
          ContractViews.of(context.pipeline(), version, contract).views();
      ModelCache cache = ModelCache.of(context.lake(), context.progress());
      Optional<Path> profile =
          ModelFiles.isCarriedBy(version, ModelFiles.PROFILE)
              ? Optional.of(cache.file(registry, version, ModelFiles.PROFILE))
              : cache.kept(version, ModelFiles.PROFILE);
      if (profile.isPresent()) {
        return new MonitoredModel(version, profile.map(MonitoredModel::read), views);
      }

      return withoutDrift(context, version, "it came without " + ModelFiles.PROFILE);
    } catch (MillraceException e) {
      boolean isOfThisSpine = contract.spine().name().equals(context.pipeline().spine().name());
      if (e.category() != ErrorCategory.DEFINITION || !isOfThisSpine) {
        throw e;
      }

      // its predictions were published, and labels say how good they were
      return withoutDrift(context, version, String.valueOf(e.getMessage()));
    }
  }

  private static MonitoredModel withoutDrift(
      JobContext context, ModelVersion version, String reason) {
    context
        .progress()
        .say("monitor", "the drift of what " + version + " reads is not measured: " + reason);
    return new MonitoredModel(version, Optional.empty(), List.of());
  }

  private static FeatureProfile read(Path file) {
    try {
      return FeatureProfile.fromJson(Files.readString(file));
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL, "Cannot read " + file + ": " + Causes.words(e), e);
    }
  }
}
