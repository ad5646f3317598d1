package org.millrace.jobs.register;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.Digest;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Partition;
import org.millrace.contracts.RowCounts;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.Verb;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.contracts.ledger.LedgerObjects;
import org.millrace.contracts.registry.GoldenRow;
import org.millrace.contracts.registry.ModelContract;
import org.millrace.contracts.registry.ModelPackage;
import org.millrace.contracts.registry.ModelRegistry;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.contracts.registry.RunRecord;
import org.millrace.features.lease.Lease;
import org.millrace.jobs.model.ContractText;
import org.millrace.jobs.model.DerivedContract;
import org.millrace.jobs.model.GoldenRows;
import org.millrace.jobs.model.GoldenSource;
import org.millrace.jobs.model.ModelFiles;
import org.millrace.jobs.model.ReferenceProfile;
import org.millrace.jobs.model.RegistrationRequest;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.room.Room;
import org.millrace.jobs.room.RoomResult;
import org.millrace.jobs.score.onnx.OnnxModel;
import org.millrace.jobs.tables.TrainingSetTable;
import org.millrace.registry.onnx.OnnxInspector;
import org.millrace.registry.onnx.OnnxModelInfo;

/**
 * Registers an ONNX file that a person brings: looked into, its contract derived, tried on rows of
 * the training set, or on rows that came with it, by the engine that scores the nights. The version
 * is not judged, and no alias moves.
 *
 * <p>Placement: driver only.
 */
public final class RegisterModel implements Room<RegisterModel.Result> {
  private final JobContext context;
  private final RunKey runKey;
  private final Pipeline pipeline;
  private final RegistrationRequest asked;

  /** Prepares the room for the model that the run key names. */
  public RegisterModel(JobContext context, RunKey runKey, RegistrationRequest asked) {
    this.context = requireNonNull(context, "context is null");
    this.runKey = requireNonNull(runKey, "runKey is null");
    this.pipeline = context.pipeline();
    this.asked = requireNonNull(asked, "asked is null");
  }

  /**
   * What was registered.
   *
   * @param version as the registry has it; the same one for the same file and contract
   * @param score which output is its score
   * @param checked rows that it was tried on
   */
  public record Result(ModelVersion version, String score, int checked) implements RoomResult {
    @Override
    public boolean isIdle() {
      return false;
    }

    @Override
    public RowCounts rows() {
      return RowCounts.accepted(checked);
    }

    @Override
    public String message() {
      return "Registered %s; judge it with `millrace gate %s --version %s`"
          .formatted(version, version.name(), version.version());
    }

    @Override
    public Map<String, String> versions() {
      return Map.of(LedgerObjects.candidate(version.name()), version.version());
    }

    @Override
    public Map<String, String> values() {
      return Map.of("score", score, "sha256", version.sha256());
    }
  }

  @Override
  public Verb verb() {
    return Verb.REGISTER;
  }

  /**
   * Registers; the same file with the same contract once.
   *
   * @throws MillraceException of category DATA_CONTRACT if the file may not be run, has inputs
   *     without columns, or scores its golden rows differently; INPUT_MISSING if it is not there
   */
  @Override
  public Result run(Lease lease) {
    Instant startedAt = context.clock().instant();
    context.registry().get().requireUp();
    OnnxModelInfo info = OnnxInspector.inspect(asked.onnx());
    OnnxModel model =
        OnnxModel.read(pipeline.name(), "new", Digest.sha256(asked.onnx()), asked.onnx());
    ModelContract bare =
        new DerivedContract(
                pipeline,
                asked.onnx().toString(),
                info,
                asked.hints(pipeline.training().categorical()))
            .derive();
    Optional<Dataset<Row>> slice = slice(bare);
    ModelContract contract = bare.with(golden(bare, slice, model));
    requireEqual(model, contract);
    ContractText.lines(asked.onnx().getFileName() + "", contract).forEach(this::say);
    ModelVersion version = register(info, model, contract, slice, startedAt, lease);
    say("registered " + version + " in " + context.registry().get().location());
    return new Result(version, contract.score().toString(), contract.golden().size());
  }

  /** The training slice; empty if there is none yet that has all columns. */
  private Optional<Dataset<Row>> slice(ModelContract contract) {
    return context
        .ledger()
        .entry(LedgerObjects.trainingSet(pipeline.name()), Partition.whole())
        .map(set -> TrainingSetTable.version(context.lake(), set))
        .map(set -> TrainingSetTable.slice(context.lake(), set, TrainingSetTable.TRAINING))
        .filter(rows -> Set.of(rows.columns()).containsAll(contract.columns()));
  }

  private List<GoldenRow> golden(
      ModelContract contract, Optional<Dataset<Row>> slice, OnnxModel model) {
    GoldenSource source = new GoldenSource(contract);
    if (asked.golden().isPresent()) {
      return source.written(context.spark(), asked.golden().get());
    }

    if (slice.isEmpty()) {
      say("there is no training set with its columns: it is registered without having been tried");
    }

    return slice.map(rows -> source.chosen(rows, model, pipeline.scoring())).orElse(List.of());
  }

  private void requireEqual(OnnxModel model, ModelContract contract) {
    if (contract.golden().isEmpty()) {
      return;
    }

    GoldenRows.Comparison compared =
        new GoldenRows(context.spark(), pipeline.scoring()).compare(model, contract);
    if (compared.different() > 0) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot register %s: it scores %d of %d golden rows differently, row %d %s vs %s, allowed is a difference of %s; export it again, or correct --inputs, --output or the golden rows"
              .formatted(
                  asked.onnx(),
                  compared.different(),
                  compared.rows(),
                  compared.worst(),
                  compared.score(),
                  compared.expected(),
                  compared.tolerance()));
    }
  }

  private ModelVersion register(
      OnnxModelInfo info,
      OnnxModel model,
      ModelContract contract,
      Optional<Dataset<Row>> slice,
      Instant startedAt,
      Lease lease) {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put(ModelFiles.CONTRACT, bytes(contract.toJson()));
    slice.ifPresent(
        rows -> files.put(ModelFiles.PROFILE, bytes(ReferenceProfile.of(rows, contract).toJson())));
    ModelRegistry registry = context.registry().get();
    lease.requireHeld();
    String runId = registry.logRun(run(model, contract, startedAt));
    return registry.register(
        runId,
        new ModelPackage(
            pipeline.name(),
            asked.onnx(),
            model.sha256(),
            info.describedInputs(),
            info.describedOutputs(),
            files,
            Map.of(
                "millrace.registered_by", person(), ModelFiles.REGISTERED_AT, startedAt.toString()),
            Map.of("file", String.valueOf(asked.onnx().getFileName()))));
  }

  private RunRecord run(OnnxModel model, ModelContract contract, Instant startedAt) {
    return new RunRecord(
        pipeline.name(),
        runKey.toString(),
        Digest.sha256(
            model.sha256(),
            asked.golden().map(file -> contract).orElse(contract.with(List.of())).toJson()),
        "register " + asked.onnx().getFileName(),
        startedAt,
        context.clock().instant(),
        true,
        "Registered by " + person() + "; its score is `" + contract.score() + "`",
        Map.of("file", String.valueOf(asked.onnx().getFileName())),
        Map.of("golden_rows", (double) contract.golden().size()),
        Map.of("millrace.room", verb().word()),
        List.of(),
        List.of());
  }

  private String person() {
    return asked.by().isEmpty() ? "a person" : asked.by();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private void say(String text) {
    context.progress().say(verb().word(), text);
  }
}
