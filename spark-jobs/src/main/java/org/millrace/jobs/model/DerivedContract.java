package org.millrace.jobs.model;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Task;
import org.millrace.contracts.definition.FeatureViewDefinition;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.contracts.registry.MlflowSignature;
import org.millrace.contracts.registry.ModelContract;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.registry.onnx.FeatureEncoding;
import org.millrace.registry.onnx.OnnxModelInfo;

/**
 * The contract of a version that has none: its ONNX inputs, each fed from the column of its name,
 * or one that is a matrix from the columns that its MLflow signature names. A column of a view has
 * the view's name in it, so that views count which the training definition no longer names. Driver
 * only; stateless.
 */
public final class DerivedContract {
  private final Pipeline pipeline;
  private final String owner;
  private final OnnxModelInfo onnx;
  private final ContractHints hints;
  private final Supplier<Optional<MlflowSignature>> signature;

  /**
   * Nothing is derived yet.
   *
   * @param signature that MLflow has for it; asked if the names of the inputs do not tell
   */
  DerivedContract(
      Pipeline pipeline,
      ModelVersion version,
      OnnxModelInfo onnx,
      Supplier<Optional<MlflowSignature>> signature) {
    this(
        pipeline,
        version + ", which was registered without a contract.json",
        onnx,
        ContractHints.NONE,
        signature);
  }

  /**
   * Of a file that is no version yet.
   *
   * @param owner a noun for messages
   */
  public DerivedContract(Pipeline pipeline, String owner, OnnxModelInfo onnx, ContractHints hints) {
    this(pipeline, owner, onnx, hints, Optional::empty);
  }

  private DerivedContract(
      Pipeline pipeline,
      String owner,
      OnnxModelInfo onnx,
      ContractHints hints,
      Supplier<Optional<MlflowSignature>> signature) {
    this.pipeline = pipeline;
    this.owner = owner;
    this.onnx = onnx;
    this.hints = hints;
    this.signature = signature;
  }

  /**
   * Derives.
   *
   * @throws MillraceException of category DATA_CONTRACT if an input has no column, with all such
   *     inputs and all columns; or if it is unknown which output is the score
   */
  public ModelContract derive() {
    List<FeatureViewDefinition> views = views();
    Set<String> columns = columns(views);
    List<ModelContract.Input> inputs = inputs(columns);
    return new ModelContract(
        ModelContract.SCHEMA,
        pipeline.training().task(),
        pipeline.training().classes(),
        new ModelContract.Spine(pipeline.spine().name(), pipeline.spine().hash()),
        ContractViews.feeding(views, fed(inputs)).stream().map(ContractViews::described).toList(),
        inputs,
        onnx.outputs().stream()
            .map(output -> new ModelContract.Output(output.name(), output.type()))
            .toList(),
        pipeline.training().task() == Task.MULTICLASS
            ? new ClassesOutput(onnx.outputs(), pipeline.training().classes().size(), this::refused)
                .find(hints.score())
            : score(),
        new ModelContract.Label(pipeline.labelColumns().label(), pipeline.labelColumns().knownAt()),
        Optional.empty(),
        Optional.empty(),
        List.of());
  }

  private static List<String> fed(List<ModelContract.Input> inputs) {
    return inputs.stream().flatMap(input -> input.columns().stream()).toList();
  }

  /** By what is hinted, by the names of the inputs, or by those of a signature for a matrix. */
  private List<ModelContract.Input> inputs(Set<String> columns) {
    requireHinted();
    List<String> lost =
        names(onnx.inputs()).stream()
            .filter(name -> !columns.contains(name) && !hints.columns().containsKey(name))
            .toList();
    if (lost.isEmpty()) {
      return onnx.inputs().stream().map(tensor -> hinted(tensor, columns)).toList();
    }

    boolean isMatrix = onnx.inputs().size() == 1 && onnx.inputs().get(0).shape().size() == 2;
    List<String> named = isMatrix ? matrixColumns() : List.of();
    if (named.isEmpty()) {
      throw refused(
          "its inputs "
              + String.join(", ", lost)
              + " are the names of no column; the columns are "
              + String.join(", ", columns)
              + "; define the columns, or register the model with inputs of these names, with a"
              + " signature that names them in the order of its matrix, or with a contract.json");
    }

    return List.of(fed(onnx.inputs().get(0), named, columns));
  }

  private void requireHinted() {
    List<String> unknown =
        hints.columns().keySet().stream()
            .filter(name -> !names(onnx.inputs()).contains(name))
            .sorted()
            .toList();
    if (!unknown.isEmpty()) {
      throw refused(
          "it has no inputs %s; its inputs are %s"
              .formatted(String.join(", ", unknown), String.join(", ", names(onnx.inputs()))));
    }
  }

  private List<String> matrixColumns() {
    return signature.get().map(MlflowSignature::columns).orElse(hints.matrix());
  }

  private ModelContract.Input hinted(OnnxModelInfo.Tensor tensor, Set<String> columns) {
    List<String> named = hints.columns().get(tensor.name());
    return named == null ? input(tensor, tensor.name()) : fed(tensor, named, columns);
  }

  private ModelContract.Input fed(
      OnnxModelInfo.Tensor tensor, List<String> named, Set<String> columns) {
    List<String> lost = named.stream().filter(name -> !columns.contains(name)).toList();
    if (!lost.isEmpty()) {
      throw refused(
          "its input %s is to be fed from %s, which are no columns; the columns are %s; define the columns, or name others for its inputs"
              .formatted(tensor.name(), String.join(", ", lost), String.join(", ", columns)));
    }

    String width = tensor.shape().size() == 2 ? tensor.shape().get(1) : "1";
    if (isNumber(width) && !width.equals(Integer.toString(named.size()))) {
      throw refused(
          "its input %s has %s columns vs %d that feed it: %s"
              .formatted(tensor.name(), width, named.size(), String.join(", ", named)));
    }

    ModelContract.Input one = input(tensor, named.get(0));
    return named.size() == 1
        ? one
        : new ModelContract.Input(
            one.name(), named.get(0), named, one.type(), one.kind(), one.nulls());
  }

  /** The pipeline's own first, then all others that its spine has the keys of. */
  private List<FeatureViewDefinition> views() {
    List<FeatureViewDefinition> views = new ArrayList<>(pipeline.views());
    pipeline.defined().stream()
        .filter(view -> !views.contains(view) && pipeline.spine().hasKeysOf(view))
        .forEach(views::add);
    return views;
  }

  private Set<String> columns(List<FeatureViewDefinition> views) {
    Set<String> columns = new LinkedHashSet<>(pipeline.spine().inputColumns());
    for (FeatureViewDefinition view : views) {
      view.outputs().keySet().forEach(output -> columns.add(view.column(output)));
    }

    return columns;
  }

  private ModelContract.Input input(OnnxModelInfo.Tensor tensor, String column) {
    boolean isCategory = hints.categories().contains(column);
    boolean knowsMissing =
        isCategory || tensor.type().equals("float") || tensor.type().equals("double");
    return new ModelContract.Input(
        tensor.name(),
        column,
        tensor.type(),
        kind(tensor, isCategory),
        knowsMissing ? ModelContract.Nulls.IMPUTE : ModelContract.Nulls.REJECT);
  }

  private static ModelContract.Kind kind(OnnxModelInfo.Tensor tensor, boolean isCategory) {
    if (!tensor.type().equals("string")) {
      return ModelContract.Kind.NUMERIC;
    }

    return isCategory ? ModelContract.Kind.CATEGORICAL : ModelContract.Kind.TEXT;
  }

  /**
   * The score: the only output, the one of that name, or the probability of 1 beside the label, as
   * converters of classifiers write the two. A map a row is not guessed at: its type does not tell
   * how many classes there are.
   */
  private ModelContract.Score score() {
    List<OnnxModelInfo.Tensor> outputs = onnx.outputs();
    if (hints.score().isPresent()) {
      return hinted(hints.score().get());
    }

    List<OnnxModelInfo.Tensor> probabilities =
        outputs.stream().filter(DerivedContract::isOfTwoClasses).toList();
    boolean isClassifier =
        outputs.size() == 2 && outputs.stream().anyMatch(DerivedContract::isLabel);
    if (pipeline.training().task() == Task.BINARY && isClassifier && probabilities.size() == 1) {
      return new ModelContract.Score(probabilities.get(0).name(), Optional.of("1"));
    }

    String only = outputs.size() == 1 ? outputs.get(0).name() : FeatureEncoding.SCORE;
    if (!names(outputs).contains(only)) {
      throw refused(
          "it is unknown which of its outputs "
              + String.join(", ", names(outputs))
              + " is the score; register it with one output, with a label and two probabilities a row"
              + " (zipmap=False), or with a contract.json that names it");
    }

    return new ModelContract.Score(only, Optional.empty());
  }

  private ModelContract.Score hinted(ModelContract.Score score) {
    if (!names(onnx.outputs()).contains(score.output())) {
      throw refused(
          "it has no output %s; its outputs are %s"
              .formatted(score.output(), String.join(", ", names(onnx.outputs()))));
    }

    return score;
  }

  /** Whole numbers, one a row: the class that is most probable. */
  private static boolean isLabel(OnnxModelInfo.Tensor output) {
    return (output.type().equals("long") || output.type().equals("int"))
        && output.shape().size() <= 1;
  }

  private static boolean isNumber(String dimension) {
    return dimension.chars().allMatch(Character::isDigit);
  }

  /** As far as it says how many numbers a row has; converters may leave that open. */
  private static boolean isOfTwoClasses(OnnxModelInfo.Tensor output) {
    return (output.type().equals("float") || output.type().equals("double"))
        && output.shape().size() == 2
        && (output.shape().get(1).equals("2") || !isNumber(output.shape().get(1)));
  }

  private static List<String> names(List<OnnxModelInfo.Tensor> tensors) {
    return tensors.stream().map(OnnxModelInfo.Tensor::name).toList();
  }

  private MillraceException refused(String reason) {
    return new MillraceException(
        ErrorCategory.DATA_CONTRACT, "Cannot feed " + owner + ": " + reason);
  }
}
