package org.millrace.jobs.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.Digest;
import org.millrace.contracts.Output;
import org.millrace.contracts.Partition;
import org.millrace.contracts.RowCounts;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.ledger.CommitNote;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.contracts.ledger.LedgerObjects;
import org.millrace.contracts.ledger.PartitionNote;
import org.millrace.contracts.registry.ModelPackage;
import org.millrace.contracts.registry.ModelRegistry;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.jobs.evaluate.FeatureProfile;
import org.millrace.jobs.model.ModelFiles;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.tables.TrainingSetTable;
import org.millrace.registry.onnx.FeatureEncoding;
import org.millrace.registry.onnx.FeatureEncoding.Numeric;
import org.millrace.registry.onnx.LinearModel;
import org.millrace.registry.onnx.OnnxExport;
import org.millrace.registry.testing.Runs;

/** Registers a model of two weights, and says so in the ledger, as a training would. */
final class FaultCandidate {
  private static final List<String> COLUMNS = List.of("e__a", "e__s");

  private FaultCandidate() {}

  static void register(JobContext context, RunKey key, double weight) {
    ModelRegistry registry = context.registry().get();
    byte[] onnx = onnx(weight);
    Path file = Path.of(context.lake().root()).resolveSibling("candidate.onnx");
    try {
      Files.write(file, onnx);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }

    LedgerEntry set =
        context
            .ledger()
            .require(LedgerObjects.trainingSet(FaultLake.MODEL), Partition.whole(), "training-set");
    Dataset<Row> rows = context.lake().read(TrainingSetTable.version(context.lake(), set));
    String profile = FeatureProfile.of(rows, COLUMNS, List.of()).toJson();
    String runId =
        registry.logRun(Runs.training(FaultLake.MODEL, FaultLake.MODEL + ".train", "" + weight));
    ModelVersion version =
        registry.register(
            runId,
            new ModelPackage(
                FaultLake.MODEL,
                file,
                Digest.sha256(onnx),
                List.of(),
                List.of(),
                Map.of(ModelFiles.PROFILE, profile.getBytes(StandardCharsets.UTF_8)),
                Map.of(),
                Map.of()));
    enter(context, key, version, "candidate of weight " + weight);
  }

  private static void enter(
      JobContext context, RunKey key, ModelVersion version, String fingerprint) {
    CommitNote note = context.note(key, fingerprint, List.of());
    LedgerEntry entry =
        LedgerEntry.of(LedgerObjects.candidate(FaultLake.MODEL), Partition.whole())
            .made(
                note, new PartitionNote(fingerprint, RowCounts.accepted(1), PartitionNote.UNJUDGED))
            .output(new Output.Model(version.version()))
            .finishedAt(context.clock().instant());
    context.ledger().append(List.of(entry), note);
  }

  private static byte[] onnx(double weight) {
    FeatureEncoding encoding =
        new FeatureEncoding(
            COLUMNS.stream().map(column -> new Numeric(column, 0.5f)).toList(), List.of());
    return OnnxExport.linear(
        new LinearModel(encoding, List.of(weight, -0.01), 0),
        OnnxExport.Link.LOGIT,
        Map.of("weight", "" + weight));
  }
}
