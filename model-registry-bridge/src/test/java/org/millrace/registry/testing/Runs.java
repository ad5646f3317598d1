package org.millrace.registry.testing;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.registry.DatasetInput;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.contracts.registry.RunRecord;

/** Run records for tests. */
public final class Runs {
  private static final Instant START = Instant.parse("2013-12-02T03:00:00Z");

  private Runs() {}

  /** A training run with a training set. */
  public static RunRecord training(String experiment, String runKey, String fingerprint) {
    return new RunRecord(
        experiment,
        runKey,
        fingerprint,
        "train " + runKey,
        START,
        START.plusSeconds(61),
        true,
        "Trees on ten months.",
        Map.of("trees", "20", "depth", "5"),
        Map.of("auc", 0.75, "calibration", Double.NaN),
        Map.of("git", "0123abc"),
        List.of(dataset("features.training_set", 3, 270_000, "training")),
        List.of());
  }

  /** A scoring run that used a model. */
  public static RunRecord scoring(
      String experiment, String runKey, String fingerprint, ModelVersion model) {
    return new RunRecord(
        experiment,
        runKey,
        fingerprint,
        "score " + runKey,
        START.plusSeconds(100),
        START.plusSeconds(130),
        true,
        "",
        Map.of("model_version", model.version()),
        Map.of("mean_score", 0.21),
        Map.of(),
        List.of(
            dataset("features.origin_weather", 14, 900, "scoring"),
            dataset("predictions.late_flight", 7, 900, "predictions")),
        List.of(model));
  }

  /** The same run, failed, begun later by this many seconds. */
  public static RunRecord failed(RunRecord run, long laterSeconds) {
    return new RunRecord(
        run.experiment(),
        run.runKey(),
        run.fingerprint(),
        run.name(),
        run.start().plusSeconds(laterSeconds),
        run.end().plusSeconds(laterSeconds),
        false,
        run.description(),
        run.params(),
        run.metrics(),
        run.tags(),
        run.datasets(),
        run.inputModels());
  }

  private static DatasetInput dataset(String table, long version, long rows, String context) {
    return new DatasetInput(
        new TableVersion(table, "/lake/" + table.replace('.', '/'), version),
        "[{\"name\":\"day\",\"type\":\"date\"},{\"name\":\"wind\",\"type\":\"double\"}]",
        rows,
        context);
  }
}
