package org.millrace.jobs.fit;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.Causes;
import org.millrace.contracts.Digest;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.WholeFile;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.contracts.definition.TrainingDefinition;
import org.millrace.features.lake.Lake;
import org.millrace.jobs.room.Progress;
import org.millrace.jobs.score.onnx.OnnxModel;
import org.millrace.jobs.tables.LakePlaces;
import org.millrace.jobs.tables.TrainingSetTable;

/**
 * Baselines of training sets: the logistic or linear regression that each version has to beat,
 * whoever made the version. One is fitted when it is first asked for, and kept in the lake as a
 * file whose name has what it was fitted from and the SHA-256 of its content.
 *
 * <p>Placement: driver only. Safe against other processes: files appear by atomic move, and two
 * that fit the same baseline write the same bytes.
 */
public final class Baselines {
  /** Form of the fit; another one fits all baselines anew. */
  private static final String FORM = "1";

  private static final String ONNX = ".onnx";

  private final Lake lake;
  private final TrainingDefinition training;
  private final String label;
  private final Progress progress;

  /** Uses the directory of a lake. */
  public Baselines(Lake lake, Pipeline pipeline, Progress progress) {
    this.lake = requireNonNull(lake, "lake is null");
    this.training = pipeline.training();
    this.label = pipeline.labelColumns().label();
    this.progress = requireNonNull(progress, "progress is null");
  }

  /**
   * The baseline of a training set, whose inputs have the names of their columns.
   *
   * @param content fingerprint of the set: the same one means the same rows
   * @throws MillraceException of category DATA_CONTRACT if the training slice does not suit; of
   *     category EXTERNAL if the disk refuses
   */
  public OnnxModel of(TableVersion set, String content) {
    String origin = origin(content);
    Path file = kept(origin).orElseGet(() -> fit(set, origin));
    return OnnxModel.read(training.model() + ".baseline", set.toString(), sha256(file), file);
  }

  /** All that the fit depends on. */
  private String origin(String content) {
    return Digest.sha256(FORM, content, label, training.baselineHash());
  }

  /** A file that was damaged since does not have the SHA-256 of its name, and does not count. */
  private Optional<Path> kept(String origin) {
    Path directory = LakePlaces.baselines(lake);
    if (!Files.isDirectory(directory)) {
      return Optional.empty();
    }

    try (Stream<Path> files = Files.list(directory)) {
      List<Path> found =
          files.filter(file -> file.getFileName().toString().startsWith(prefix(origin))).toList();
      return found.stream()
          .filter(file -> file.toString().endsWith(ONNX))
          .filter(file -> Digest.sha256(file).equals(sha256(file)))
          .findFirst();
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL, "Cannot list " + directory + ": " + Causes.words(e), e);
    }
  }

  private String algorithm() {
    return switch (training.task()) {
      case BINARY -> "logistic regression";
      case REGRESSION -> "linear regression";
      case MULTICLASS -> "multinomial logistic regression";
    };
  }

  private String prefix(String origin) {
    return training.model() + "." + origin + ".";
  }

  private static String sha256(Path file) {
    String name = file.getFileName().toString();
    int end = name.length() - ONNX.length();
    return name.substring(name.lastIndexOf('.', end - 1) + 1, end);
  }

  private Path fit(TableVersion set, String origin) {
    Dataset<Row> slice = TrainingSetTable.slice(lake, set, TrainingSetTable.TRAINING);
    try (TrainingRows rows = TrainingRows.of(slice, training, label)) {
      LinearBaseline model =
          LinearBaseline.fit(
              rows.rows(),
              new FitEncoding(rows.rows()).fit(training.numeric(), training.categorical()),
              training.task(),
              training.baseline());
      ModelOrigin named = new ModelOrigin(training.model(), origin, Optional.empty());
      byte[] onnx = model.export(named.properties(algorithm()));
      return WholeFile.write(
          LakePlaces.baselines(lake).resolve(prefix(origin) + Digest.sha256(onnx) + ONNX),
          unfinished -> {
            ExportedModel export =
                ExportedModel.written(unfinished, onnx, model.scorer(), Optional.empty());
            double difference = ExportCheck.check(slice, export).maxDifference();
            progress.say(
                "gate",
                "fitted the baseline of %s on %d rows; its export differs by at most %s from Spark"
                    .formatted(set, rows.used(), difference));
          });
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL, "Cannot keep the baseline of " + set + ": " + Causes.words(e), e);
    }
  }
}
