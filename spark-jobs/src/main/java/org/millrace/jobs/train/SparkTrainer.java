package org.millrace.jobs.train;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.Json;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.Verb;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.jobs.fit.ExportCheck;
import org.millrace.jobs.fit.ExportedModel;
import org.millrace.jobs.fit.TrainModel;
import org.millrace.jobs.fit.TrainedModel;
import org.millrace.jobs.model.ModelFiles;
import org.millrace.jobs.room.Progress;

/** Spark's gradient-boosted trees, whose export is held against Spark's own scores. Driver only. */
final class SparkTrainer implements Trainer {
  private static final String ROOM = Verb.TRAIN.word();

  private final Pipeline pipeline;
  private final Progress progress;

  SparkTrainer(Pipeline pipeline, Progress progress) {
    this.pipeline = requireNonNull(pipeline, "pipeline is null");
    this.progress = requireNonNull(progress, "progress is null");
  }

  @Override
  public TrainedCandidate train(TableVersion set, Dataset<Row> rows, Path directory) {
    TrainedModel trained =
        new TrainModel()
            .train(
                rows,
                pipeline.training(),
                pipeline.labelColumns().label(),
                directory,
                Optional.of(set));
    progress.say(ROOM, "trained on " + trained.rowsUsed() + " rows: " + phases(trained.seconds()));
    ExportCheck.Result check = ExportCheck.check(rows, trained.exported());
    progress.say(
        ROOM,
        "export equals Spark on %d rows, largest difference %s, %d ties"
            .formatted(check.rows(), check.maxDifference(), check.ties()));
    ExportedModel exported = trained.exported();
    return new TrainedCandidate(
        new TrainedCandidate.ModelFile(
            exported.onnx(), exported.sha256(), exported.inputs(), exported.outputs()),
        "gradient-boosted trees",
        CandidateContract.of(pipeline, set, exported, check.golden()),
        Map.of(
            ModelFiles.IMPORTANCES,
            Json.write(trained.importances()).getBytes(StandardCharsets.UTF_8)),
        trained.rowsUsed(),
        trained.rowsExcluded(),
        trained.params(),
        metrics(trained, check),
        new TrainedCandidate.Check(check.rows(), check.maxDifference(), check.ties()));
  }

  private static Map<String, Double> metrics(TrainedModel trained, ExportCheck.Result check) {
    Map<String, Double> metrics = new LinkedHashMap<>(trained.metrics());
    metrics.put("export.max_difference", check.maxDifference());
    metrics.put("export.ties", (double) check.ties());
    trained.seconds().forEach((phase, seconds) -> metrics.put("seconds." + phase, seconds));
    return metrics;
  }

  /** {@code read 0.5 s, trees 31.2 s}. */
  private static String phases(Map<String, Double> seconds) {
    return seconds.entrySet().stream()
        .map(phase -> "%s %.1f s".formatted(phase.getKey(), phase.getValue()))
        .collect(Collectors.joining(", "));
  }
}
