package org.millrace.jobs.train;

import static java.util.Objects.requireNonNull;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
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
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.Verb;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.contracts.definition.TrainerDefinition;
import org.millrace.contracts.definition.TrainingDefinition;
import org.millrace.contracts.registry.GoldenRow;
import org.millrace.contracts.registry.ModelContract;
import org.millrace.jobs.fit.SliceCounts;
import org.millrace.jobs.model.ContractHints;
import org.millrace.jobs.model.DerivedContract;
import org.millrace.jobs.model.GoldenRows;
import org.millrace.jobs.model.GoldenSource;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.room.Progress;
import org.millrace.jobs.score.onnx.OnnxModel;
import org.millrace.registry.onnx.OnnxInspector;
import org.millrace.registry.onnx.OnnxModelInfo;

/**
 * A program of the definitions that trains: it gets the rows and a request as files, and leaves an
 * ONNX file and what belongs to it. Its model is scored by the engine that scores the nights, and
 * held against the scores that it wrote itself. Driver only.
 */
final class ProgramTrainer implements Trainer {
  private static final String ROOM = Verb.TRAIN.word();

  private final JobContext context;
  private final Pipeline pipeline;
  private final Progress progress;
  private final TrainerDefinition trainer;

  ProgramTrainer(JobContext context, TrainerDefinition trainer) {
    this.context = requireNonNull(context, "context is null");
    this.pipeline = context.pipeline();
    this.progress = context.progress();
    this.trainer = requireNonNull(trainer, "trainer is null");
  }

  @Override
  public TrainedCandidate train(TableVersion set, Dataset<Row> rows, Path directory) {
    Optional<Path> environment =
        trainer.lock().map(new PythonEnvironments(context.home(), progress)::of);
    TrainingRequest request = TrainingRequest.of(pipeline, trainer, set, directory);
    SliceCounts counts = SliceCounts.of(rows, pipeline.training(), pipeline.labelColumns().label());
    Path file = request.write(rows, pipeline.training());
    long start = System.nanoTime();
    run(request, file, environment);
    double seconds = JobContext.secondsSince(start);
    return checked(set, rows, new TrainerOutput(request.output()), new Spent(counts, seconds));
  }

  /**
   * What the training took.
   *
   * @param counts of the slice
   * @param seconds of the program
   */
  private record Spent(SliceCounts counts, double seconds) {}

  private void run(TrainingRequest request, Path file, Optional<Path> environment) {
    List<String> command = new ArrayList<>(trainer.command());
    Map<String, String> variables = new HashMap<>(request.variables(file));
    environment.ifPresent(made -> inEnvironment(made, command, variables));
    command.addAll(List.of("--request", file.toString()));
    ProgramRun.Ending ending =
        new ProgramRun(command, trainer.directory(), variables, trainer.limit())
            .run(line -> progress.say(ROOM, line));
    if (ending.exitCode() != 0) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot train %s: its trainer `%s` ended with exit code %d; nothing is registered; its last lines are: %s"
              .formatted(
                  pipeline.name(),
                  String.join(" ", trainer.command()),
                  ending.exitCode(),
                  String.join(" | ", ending.lastLines())));
    }
  }

  /** A process is started by the PATH of this JVM, not by its own. */
  private static void inEnvironment(
      Path environment, List<String> command, Map<String, String> variables) {
    Path bin = environment.resolve("bin");
    String path = new ProcessBuilder().environment().getOrDefault("PATH", "");
    variables.put("PATH", path.isEmpty() ? bin.toString() : bin + File.pathSeparator + path);
    variables.put("VIRTUAL_ENV", environment.toString());
    variables.put("PYTHONPATH", ""); // else packages of this JVM's surroundings come first
    variables.put("PYTHONNOUSERSITE", "1");
    Path program = bin.resolve(command.get(0)).normalize();
    if (program.startsWith(bin) && Files.isExecutable(program)) {
      command.set(0, program.toString());
    }
  }

  private TrainedCandidate checked(
      TableVersion set, Dataset<Row> rows, TrainerOutput output, Spent spent) {
    Path onnx = output.onnx();
    OnnxModelInfo info = OnnxInspector.inspect(onnx);
    OnnxModel model = OnnxModel.read(pipeline.name(), "trained", Digest.sha256(onnx), onnx);
    ModelContract bare = contract(info, set, List.of());
    ModelContract contract = contract(info, set, golden(bare, rows, output, model));
    GoldenRows.Comparison compared =
        new GoldenRows(context.spark(), pipeline.scoring()).compare(model, contract);
    requireEqual(compared);
    progress.say(
        ROOM,
        "%s on %d rows in %.1f s; its model scores %d rows as %s does, largest difference %s"
            .formatted(
                trainer.command().get(0),
                spent.counts().used(),
                spent.seconds(),
                compared.rows(),
                output.golden().isPresent() ? "the trainer" : "ONNX Runtime",
                compared.maxDifference()));
    return new TrainedCandidate(
        new TrainedCandidate.ModelFile(
            onnx, model.sha256(), info.describedInputs(), info.describedOutputs()),
        "by " + String.join(" ", trainer.command()),
        contract,
        output.files(),
        spent.counts().used(),
        spent.counts().excluded(),
        params(output),
        metrics(output, spent),
        new TrainedCandidate.Check(compared.rows(), compared.maxDifference(), 0));
  }

  private List<GoldenRow> golden(
      ModelContract contract, Dataset<Row> rows, TrainerOutput output, OnnxModel model) {
    GoldenSource scores = new GoldenSource(contract);
    return output
        .golden()
        .map(file -> scores.written(context.spark(), file))
        .orElseGet(() -> scores.chosen(rows, model, pipeline.scoring()));
  }

  private void requireEqual(GoldenRows.Comparison compared) {
    if (compared.different() > 0) {
      throw TrainerOutput.wrong(
          "its model.onnx scores %d of %d golden rows differently from the trainer, row %d %s vs %s, allowed is a difference of %s"
              .formatted(
                  compared.different(),
                  compared.rows(),
                  compared.worst(),
                  compared.score(),
                  compared.expected(),
                  compared.tolerance()),
          null);
    }
  }

  /** Inputs have the names of columns, or the one matrix has all of them in their order. */
  private ModelContract contract(OnnxModelInfo info, TableVersion set, List<GoldenRow> golden) {
    TrainingDefinition training = pipeline.training();
    List<String> all = new ArrayList<>(training.numeric());
    all.addAll(training.categorical());
    ContractHints hints =
        new ContractHints(Map.of(), all, Set.copyOf(training.categorical()), Optional.empty());
    ModelContract derived =
        new DerivedContract(pipeline, "the model of the trainer", info, hints).derive();
    return derived.trained(set.toString(), training.hash(), golden);
  }

  private Map<String, String> params(TrainerOutput output) {
    Map<String, String> params = new LinkedHashMap<>(output.params());
    params.put("trainer", String.join(" ", trainer.command()));
    params.put("seed", Integer.toString(trainer.seed()));
    trainer.params().forEach((name, value) -> params.put("trainer." + name, value));
    return params;
  }

  private static Map<String, Double> metrics(TrainerOutput output, Spent spent) {
    Map<String, Double> metrics = new LinkedHashMap<>(output.metrics());
    metrics.put("seconds.trainer", spent.seconds());
    return metrics;
  }
}
