package org.millrace.jobs.monitor;

import static org.apache.spark.sql.functions.col;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Row;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.definition.ScoringDefinition;
import org.millrace.contracts.registry.ModelRegistry;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.features.lake.Lake;
import org.millrace.jobs.evaluate.FeatureProfile;
import org.millrace.jobs.model.ModelCache;
import org.millrace.jobs.model.ModelFiles;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.spine.SpineFeatures;
import org.millrace.jobs.tables.PredictionColumns;

/**
 * The version whose predictions are judged, and how its features were spread in its training set.
 * Where the days hold predictions of several versions, the one with the most rows is meant.
 *
 * @param version the version
 * @param profile the reference
 */
record MonitoredModel(ModelVersion version, FeatureProfile profile) {

  static MonitoredModel of(
      JobContext context,
      ScoringDefinition scoring,
      TableVersion predictions,
      SpineFeatures features,
      DayRange days) {
    List<Row> most =
        context
            .lake()
            .read(predictions)
            .where(Lake.inDays(features.definition().day(), days))
            .where(col(PredictionColumns.SUPERSEDED_AT).isNull())
            .groupBy(PredictionColumns.MODEL_VERSION)
            .count()
            .orderBy(col("count").desc())
            .takeAsList(1);
    if (most.isEmpty()) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot monitor %s of %s: the ledger has them as published, %s holds no row of them: somebody removed it; `millrace sql -e \"RESTORE TABLE %s TO VERSION AS OF <version>\"` brings an earlier version back"
              .formatted(scoring.model(), days, predictions, scoring.predictions()));
    }

    ModelRegistry registry = context.registry().get();
    String number = most.get(0).getString(0);
    ModelVersion version =
        registry
            .byVersion(scoring.model(), number)
            .orElseThrow(
                () ->
                    new MillraceException(
                        ErrorCategory.INPUT_MISSING,
                        "Cannot monitor "
                            + scoring.model()
                            + "/"
                            + number
                            + ": it is not in "
                            + registry.location()
                            + "; use the registry that it was scored with"));
    Path file =
        ModelCache.of(context.lake(), context.progress())
            .file(registry, version, ModelFiles.PROFILE);
    try {
      return new MonitoredModel(version, FeatureProfile.fromJson(Files.readString(file)));
    } catch (IOException e) {
      throw new MillraceException(ErrorCategory.EXTERNAL, "Cannot read " + file + ": " + e, e);
    }
  }
}
