package org.millrace.jobs.explain;

import static java.util.Objects.requireNonNull;
import static org.apache.spark.sql.functions.not;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.Causes;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Partition;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.ledger.LedgerObjects;
import org.millrace.contracts.registry.ModelContract;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.jobs.explain.shap.CountCovers;
import org.millrace.jobs.explain.shap.NodeCovers;
import org.millrace.jobs.fit.ExcludedRows;
import org.millrace.jobs.model.ModelCache;
import org.millrace.jobs.model.ModelFiles;
import org.millrace.jobs.model.VersionScoring;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.score.onnx.OnnxScoring;
import org.millrace.jobs.tables.TrainingSetTable;

/**
 * How the rows of a training set spread over a version's trees: counted once, and kept beside the
 * version's cached files. Driver only.
 */
final class TrainingCovers {
  private final JobContext context;
  private final ModelCache cache;

  TrainingCovers(JobContext context) {
    this.context = requireNonNull(context, "context is null");
    this.cache = ModelCache.of(context.lake(), context.progress());
  }

  /**
   * Covers, and what was counted.
   *
   * @param set training set whose rows they are
   */
  record Counted(NodeCovers covers, TableVersion set) {}

  /**
   * The covers of a version.
   *
   * @param scoring of the version; it is used up
   * @throws MillraceException DATA_CONTRACT if its trees are not covered, or no training set has
   *     its columns
   */
  Counted of(ModelVersion version, ModelContract contract, OnnxScoring scoring) {
    scoring.treeInput(); // a model without trees is refused before any rows are read
    TableVersion set = trainingSet(contract);
    String name = ModelFiles.covers(set.version());
    Optional<Path> kept = cache.kept(version, name);
    if (kept.isPresent()) {
      return new Counted(read(kept.get()), set);
    }

    Dataset<Row> slice = TrainingSetTable.slice(context.lake(), set, TrainingSetTable.TRAINING);
    VersionScoring.requireColumns(
        version.toString(),
        contract,
        set.toString(),
        Set.of(slice.columns()),
        "contributions are measured against a training set that has them");
    Dataset<Row> rows =
        slice.where(not(ExcludedRows.of(context.spark(), context.pipeline().training())));
    NodeCovers covers = CountCovers.of(scoring, rows);
    context
        .progress()
        .say(
            "explain",
            "counted how %,d rows of %s spread over the trees of %s"
                .formatted(covers.rows(), set, version));
    keep(version, name, covers);
    return new Counted(covers, set);
  }

  /** Its own as far as the lake has it, else the pipeline's newest. */
  private TableVersion trainingSet(ModelContract contract) {
    String object = LedgerObjects.trainingSet(context.pipeline().name());
    Optional<TableVersion> own =
        contract
            .trainingSet()
            .filter(set -> set.startsWith(object + "@v"))
            .map(
                set ->
                    new TableVersion(
                        object,
                        context.lake().path(object),
                        Long.parseLong(set.substring(set.lastIndexOf("@v") + 2))))
            .filter(set -> context.lake().logs().of(object).newest().orElse(-1) >= set.version());
    return own.orElseGet(
        () ->
            TrainingSetTable.version(
                context.lake(),
                context.ledger().require(object, Partition.whole(), "training-set")));
  }

  private static NodeCovers read(Path file) {
    try {
      return NodeCovers.parse(Files.readString(file), file.toString());
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL, "Cannot read " + file + ": " + Causes.words(e), e);
    }
  }

  private void keep(ModelVersion version, String name, NodeCovers covers) {
    try {
      cache.keep(version, name, covers.toText().getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL,
          "Cannot keep the covers of " + version + ": " + Causes.words(e),
          e);
    }
  }
}
