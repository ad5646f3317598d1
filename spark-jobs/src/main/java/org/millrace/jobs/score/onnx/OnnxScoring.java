package org.millrace.jobs.score.onnx;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.ScoringDefinition;
import org.millrace.jobs.score.onnx.trees.ForestTargets;

/**
 * Adds a model's scores to rows of features. Driver only; not thread-safe.
 *
 * <p>Before a task starts, without reading a row, the model is loaded and its inputs are compared
 * with the columns. The scoring itself is lazy, an operator in Spark's plan: it runs when the
 * returned dataset is read, on the executors, with one native session per executor JVM.
 */
public final class OnnxScoring {
  private static final int BATCH_ROWS = 4096;
  private static final int MIN_BATCH_ROWS = 64;
  private static final int BATCH_ELEMENTS = 1 << 18;

  private final OnnxModel model;
  private final Map<String, List<String>> inputs = new LinkedHashMap<>();
  private List<String> kept = List.of();
  private String output = "score";
  private Optional<String> modelOutput = Optional.empty();
  private ScoringDefinition.Nulls nulls = ScoringDefinition.Nulls.IMPUTE;
  private boolean areInputsByName;
  private final Map<String, NullPolicy> nullsByColumn = new LinkedHashMap<>();
  private @Nullable Map<String, String> wholeOutputs;
  private @Nullable String pick;
  private int classes;
  private int batchRows;
  private EngineChoice engine = EngineChoice.AUTO;
  private Device device = Device.CPU;
  private boolean allowCpu;
  private long gpuMemoryMiB;
  private @Nullable ScoringAccumulator tallies;
  private List<String> inputColumns = List.of();

  private OnnxScoring(OnnxModel model) {
    this.model = requireNonNull(model, "model is null");
  }

  /** Starts with a model. */
  public static OnnxScoring of(OnnxModel model) {
    return new OnnxScoring(model);
  }

  /** Feeds each model input, {@code [N]}, {@code [N, 1]}, or a row's array, from one column. */
  public OnnxScoring inputs(Map<String, String> columnByInput) {
    columnByInput.forEach((input, column) -> inputs.put(input, List.of(column)));
    return this;
  }

  /** Feeds each model input, {@code [N]} or {@code [N, 1]}, from the column of its name. */
  public OnnxScoring inputsByName() {
    areInputsByName = true;
    return this;
  }

  /**
   * Feeds one model input, {@code [N, F]}, from F columns in this order, or any shape {@code [N,
   * ...]} from one column of arrays or Spark ML's vectors.
   */
  public OnnxScoring input(String input, List<String> columns) {
    inputs.put(input, List.copyOf(columns));
    return this;
  }

  /**
   * Columns that are handed on, before the score; none by default. Also a row's key in messages.
   */
  public OnnxScoring keep(String... columns) {
    kept = List.of(columns);
    return this;
  }

  /** Name of the score's column, DOUBLE and never null; {@code score} by default. */
  public OnnxScoring output(String column) {
    output = requireNonNull(column, "column is null");
    return this;
  }

  /** Which of the model's outputs is the score; by default its only one. */
  public OnnxScoring modelOutput(String name) {
    modelOutput = Optional.of(name);
    pick = null;
    return this;
  }

  /**
   * Which of the model's outputs the score is a part of: the probability of one class.
   *
   * @param part index of an element of each row, such as {@code 1} of {@code [N, 2]}; or the key,
   *     where each row is a map
   */
  public OnnxScoring modelOutput(String name, String part) {
    modelOutput = Optional.of(name);
    pick = requireNonNull(part, "part is null");
    return this;
  }

  /**
   * The score's column is ARRAY of DOUBLE: of each row a probability for each class, as the output
   * {@code [N, classes]} has them.
   *
   * @param count how many classes, at least 2; 0 (the default) for one number a row
   */
  public OnnxScoring classes(int count) {
    classes = count;
    return this;
  }

  /**
   * Hands on whole outputs instead of one score, each in its own type: {@code [N]} and {@code [N,
   * 1]} as a number, text or boolean, {@code [N, ...]} as an array, a sequence of maps as a map; or
   * parts of them as DOUBLE, each under a name such as {@code probabilities[1]}.
   *
   * @param columnByOutput names of the columns, in their order
   */
  public OnnxScoring outputs(Map<String, String> columnByOutput) {
    wholeOutputs = new LinkedHashMap<>(columnByOutput);
    return this;
  }

  /** Hands on all of the model's outputs, by their own names. */
  public OnnxScoring outputs() {
    return outputs(Map.of());
  }

  /**
   * What a missing input means. IMPUTE (the default): a number becomes NaN where the model takes
   * one, and it is counted; a missing text, integer or boolean fails the reading unless {@link
   * #nulls(String, NullPolicy)} says what it means. REJECT: each fails it, with category
   * DATA_CONTRACT, as the cause of Spark's exception.
   */
  public OnnxScoring nulls(ScoringDefinition.Nulls policy) {
    nulls = requireNonNull(policy, "policy is null");
    return this;
  }

  /**
   * What a missing value of one column becomes, whatever {@link #nulls(ScoringDefinition.Nulls)}.
   */
  public OnnxScoring nulls(String column, NullPolicy policy) {
    nullsByColumn.put(column, requireNonNull(policy, "policy is null"));
    return this;
  }

  /**
   * How many rows one call scores.
   *
   * @param rows handed to the model at once, at least 1; by default 4096, and fewer for wide rows
   */
  public OnnxScoring batchRows(int rows) {
    if (rows < 1) {
      throw new IllegalArgumentException(
          "Cannot score in batches of " + rows + " rows: the minimum is 1");
    }

    batchRows = rows;
    return this;
  }

  /**
   * Which engine scores; AUTO by default.
   *
   * @throws MillraceException DATA_CONTRACT at {@link #apply}, where the engine cannot score it
   */
  public OnnxScoring engine(EngineChoice choice) {
    engine = requireNonNull(choice, "choice is null");
    return this;
  }

  /**
   * Where the model runs; CPU by default. CUDA fails where ONNX Runtime has no CUDA provider, where
   * a part of the model is not for the GPU, and where Spark schedules no GPU to tasks.
   */
  public OnnxScoring device(Device where) {
    device = requireNonNull(where, "where is null");
    return this;
  }

  /** Lets a scoring that is meant for the GPU run on the CPU; {@link ScoringCounts} then tells. */
  public OnnxScoring allowCpu() {
    allowCpu = true;
    return this;
  }

  /** Takes engine, device, batches and what becomes of missing values from a definition. */
  public OnnxScoring settings(ScoringDefinition definition) {
    nulls(definition.nulls())
        .batchRows(definition.batchRows())
        .engine(EngineChoice.valueOf(definition.engine().name()))
        .device(Device.valueOf(definition.device().name()));
    return definition.allowCpu() ? allowCpu() : this;
  }

  /**
   * Bounds what a session takes of its GPU.
   *
   * @param mebibytes at least 1; without this call, the whole GPU
   */
  public OnnxScoring gpuMemory(long mebibytes) {
    if (mebibytes < 1) {
      throw new IllegalArgumentException(
          "Cannot bound the GPU's memory to " + mebibytes + " MiB: the minimum is 1");
    }

    gpuMemoryMiB = mebibytes;
    return this;
  }

  /**
   * Checks, then plans the scoring.
   *
   * @return the kept columns and the outputs', one row for each of the features, lazily
   * @throws MillraceException DATA_CONTRACT where the model does not load, is not the one
   *     registered, or does not fit the columns; DEFINITION where the device and Spark's settings
   *     contradict each other
   */
  public Dataset<Row> apply(Dataset<Row> features) {
    GpuSettings.check(features.sparkSession().sparkContext(), device);
    ModelSignature.inspect(model);
    ChosenEngine chosen = ChosenEngine.of(model, engine, device);
    boolean local = features.sparkSession().sparkContext().isLocal();
    ModelSignature signature = ModelSignature.of(model, local && model.equals(chosen.model()));
    ScoringPlan plan = plan(signature, features);
    ScoringAccumulator counts = new ScoringAccumulator();
    Dataset<Row> scored = ScoredDataset.of(features, plan, model, chosen, counts);
    tallies = counts;
    inputColumns = plan.inputColumns();
    return scored;
  }

  /**
   * What the tasks of the latest {@link #apply} have told so far.
   *
   * @throws IllegalStateException before the first one
   */
  public ScoringCounts counts() {
    if (tallies == null) {
      throw new IllegalStateException(
          "Cannot count: nothing has been scored yet; call apply first");
    }

    return ScoringCounts.of(tallies.value(), inputColumns);
  }

  /**
   * The trees of this scoring's model and the rows that enter them, with the columns to keep, the
   * inputs and the treatment of missing values set so far; engine, device and outputs do not
   * matter.
   *
   * @throws MillraceException DATA_CONTRACT where the model does not end in one tree ensemble with
   *     one raw score a row
   */
  public TreeInput treeInput() {
    return TreeInput.of(model, Map.copyOf(inputs), this::likeThis);
  }

  private OnnxScoring likeThis(OnnxModel front) {
    OnnxScoring made = of(front).nulls(nulls).engine(EngineChoice.ONNXRUNTIME);
    made.inputs.putAll(inputs);
    made.kept = kept;
    made.areInputsByName = areInputsByName;
    made.nullsByColumn.putAll(nullsByColumn);
    made.batchRows = batchRows;
    return made;
  }

  private ScoringPlan plan(ModelSignature signature, Dataset<Row> features) {
    OutputMatch outputMatch = new OutputMatch(signature, ForestTargets.of(model.verifiedBytes()));
    List<OutputPlan> outputs = outputs(signature, outputMatch);
    InputMatch match = new InputMatch(model, signature, features.schema());
    match.kept(kept, outputNames(signature));
    List<InputPlan> matched = match.inputs(columnsByInput(signature), this::nullPolicy);
    match.problems(outputMatch.problems());
    match.orThrow();
    SessionOptions options = new SessionOptions(device, allowCpu, gpuMemoryMiB);
    return new ScoringPlan(kept, matched, outputs, batch(matched), engine, options);
  }

  private Map<String, List<String>> columnsByInput(ModelSignature signature) {
    if (!areInputsByName) {
      return inputs;
    }

    Map<String, List<String>> columns = new LinkedHashMap<>();
    signature.inputs().keySet().forEach(name -> columns.put(name, List.of(name)));
    columns.putAll(inputs);
    return columns;
  }

  private List<OutputPlan> outputs(ModelSignature signature, OutputMatch match) {
    List<OutputPlan> plans = new ArrayList<>();
    if (wholeOutputs == null) {
      (classes > 0
              ? match.classes(output, modelOutput, classes)
              : match.score(output, modelOutput, pick))
          .ifPresent(plans::add);
      return plans;
    }

    columnByOutput(signature)
        .forEach((name, column) -> match.wholeOrPart(column, name).ifPresent(plans::add));
    return plans;
  }

  private List<String> outputNames(ModelSignature signature) {
    return wholeOutputs == null ? List.of(output) : List.copyOf(columnByOutput(signature).values());
  }

  private Map<String, String> columnByOutput(ModelSignature signature) {
    Map<String, String> wanted = new LinkedHashMap<>(requireNonNull(wholeOutputs, "no outputs"));
    if (wanted.isEmpty()) {
      signature.outputs().keySet().forEach(name -> wanted.put(name, name));
    }

    return wanted;
  }

  private NullPolicy nullPolicy(String column) {
    return nullsByColumn.getOrDefault(column, NullPolicy.of(nulls));
  }

  /** Without a wish: 4096 rows, and fewer where a batch would not stay in the cache. */
  private int batch(List<InputPlan> matched) {
    if (batchRows > 0) {
      return batchRows;
    }

    long width = matched.stream().mapToLong(input -> Math.max(1, input.width())).sum();
    return (int) Math.max(MIN_BATCH_ROWS, Math.min(BATCH_ROWS, BATCH_ELEMENTS / width));
  }
}
