package org.millrace.contracts.registry;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.Json;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Task;

/**
 * What a version of a model needs and gives: the file {@code contract.json} beside its ONNX file.
 * Whoever uses a version reads its contract; the training definition describes the next candidate
 * alone.
 *
 * @param schema version of the file's form, from 1
 * @param task what the score means
 * @param classes of {@link Task#MULTICLASS} the labels, in the order of the model's probabilities:
 *     the output of the score then has one for each of them; empty for other tasks
 * @param spine the rows that it answers
 * @param views feature views that its inputs come from, in the order in which they are joined
 * @param inputs in the model's order, at least one
 * @param outputs in the model's order, at least one
 * @param score which output is the score
 * @param label what it was trained to tell
 * @param trainingSet {@code table@version}; empty if unknown
 * @param definition SHA-256 of the training definition; empty if unknown
 * @param golden rows with the scores that the export gave when it was made; none if unknown
 */
public record ModelContract(
    int schema,
    Task task,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> classes,
    Spine spine,
    List<View> views,
    List<Input> inputs,
    List<Output> outputs,
    Score score,
    Label label,
    Optional<String> trainingSet,
    Optional<String> definition,
    List<GoldenRow> golden) {
  /** The newest form that this release reads, and the one that it writes. */
  public static final int SCHEMA = 1;

  /** Highest difference of two scores of one row that are called equal, where scores are small. */
  private static final double TOLERANCE = 1e-5;

  /** Copies the lists; refuses a contract that contradicts itself. */
  public ModelContract {
    requireNonNull(task, "task is null");
    requireNonNull(spine, "spine is null");
    requireNonNull(score, "score is null");
    requireNonNull(label, "label is null");
    views = List.copyOf(requireNonNull(views, "views is null"));
    inputs = List.copyOf(requireNonNull(inputs, "inputs is null"));
    outputs = List.copyOf(requireNonNull(outputs, "outputs is null"));
    requireNonNull(trainingSet, "trainingSet is null");
    requireNonNull(definition, "definition is null");
    classes = classes == null ? List.of() : List.copyOf(classes); // most contracts do not have it
    requireClasses(task, classes, score);
    requireNames(inputs, outputs, score);
    List<Input> columns = inputs;
    golden =
        requireNonNull(golden, "golden is null").stream().map(row -> row.typed(columns)).toList();
  }

  /** One whose score is one number. */
  public ModelContract(
      int schema,
      Task task,
      Spine spine,
      List<View> views,
      List<Input> inputs,
      List<Output> outputs,
      Score score,
      Label label,
      Optional<String> trainingSet,
      Optional<String> definition,
      List<GoldenRow> golden) {
    this(
        schema,
        task,
        List.of(),
        spine,
        views,
        inputs,
        outputs,
        score,
        label,
        trainingSet,
        definition,
        golden);
  }

  /** What the model takes an input for. */
  public enum Kind {
    /** A number; integers and booleans too. */
    NUMERIC,
    /** A text that is one of a list; a text that is not in it has a meaning of its own. */
    CATEGORICAL,
    /** A text of which it is unknown what the model does with it. */
    TEXT
  }

  /** What becomes of a missing value. */
  public enum Nulls {
    /** The model gets NaN, or the empty text, and imputes. */
    IMPUTE,
    /** The run fails: the model has no notion of a missing value. */
    REJECT
  }

  /**
   * The rows that a version answers.
   *
   * @param fingerprint of the spine's definition, when the version was trained
   */
  public record Spine(String name, String fingerprint) {
    /** Checks that all is present. */
    public Spine {
      requireNonNull(name, "name is null");
      requireNonNull(fingerprint, "fingerprint is null");
    }
  }

  /**
   * A feature view, as it was defined when the version was trained.
   *
   * @param fingerprint of what the rows of its table come from
   * @param lookup fingerprint of what a spine row finds in its table
   */
  public record View(String name, String fingerprint, String lookup) {
    /** Checks that all is present. */
    public View {
      requireNonNull(name, "name is null");
      requireNonNull(fingerprint, "fingerprint is null");
      requireNonNull(lookup, "lookup is null");
    }
  }

  /**
   * One input.
   *
   * @param name in the model
   * @param column of the joined rows: a column of the spine, or {@code <view>__<output>}
   * @param matrix of an input that is a matrix the columns that feed it, in their order, of which
   *     {@code column} is the first; empty where the input is one column
   * @param type of the model's tensor: {@code float}, {@code double}, {@code long}, {@code int},
   *     {@code string}, or another type in ONNX's word in lower case
   */
  public record Input(
      String name,
      String column,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> matrix,
      String type,
      Kind kind,
      Nulls nulls) {
    /** Checks that all is present. */
    public Input {
      matrix = matrix == null ? List.of() : List.copyOf(matrix); // most contracts do not have it
      requireNonNull(name, "name is null");
      requireNonNull(column, "column is null");
      requireNonNull(type, "type is null");
      requireNonNull(kind, "kind is null");
      requireNonNull(nulls, "nulls is null");
    }

    /** One that is one column. */
    public Input(String name, String column, String type, Kind kind, Nulls nulls) {
      this(name, column, List.of(), type, kind, nulls);
    }

    /** The columns that feed it, in order; one if it is no matrix. */
    public List<String> columns() {
      return matrix.isEmpty() ? List.of(column) : matrix;
    }

    /** Whether its numbers have no fraction. */
    public boolean hasWholeNumbers() {
      return kind == Kind.NUMERIC && !type.equals("float") && !type.equals("double");
    }
  }

  /**
   * One output.
   *
   * @param type as of an input
   */
  public record Output(String name, String type) {
    /** Checks that all is present. */
    public Output {
      requireNonNull(name, "name is null");
      requireNonNull(type, "type is null");
    }
  }

  /**
   * Which output is the score.
   *
   * @param part index of an element of each row, or key where each row is a map; empty if the
   *     output has one number a row, or one for each class
   */
  public record Score(String output, Optional<String> part) {
    /** Checks that all is present. */
    public Score {
      requireNonNull(output, "output is null");
      requireNonNull(part, "part is null");
    }

    /** {@code probabilities[1]}, or the output's name alone. */
    @Override
    public String toString() {
      return output + part.map(index -> "[" + index + "]").orElse("");
    }
  }

  /**
   * The target, and its horizon.
   *
   * @param column in the spine: of 0 and 1, of numbers, or of classes, as the task says
   * @param knownAt column of the spine with the moment from which a row's label can be known
   */
  public record Label(String column, String knownAt) {
    /** Checks that all is present. */
    public Label {
      requireNonNull(column, "column is null");
      requireNonNull(knownAt, "knownAt is null");
    }
  }

  /**
   * The same contract of a model of which it is known where it comes from.
   *
   * @param set {@code table@version} that it was trained on
   * @param definitionHash SHA-256 of the training definition
   * @param rows golden rows
   */
  public ModelContract trained(String set, String definitionHash, List<GoldenRow> rows) {
    return new ModelContract(
        schema,
        task,
        classes,
        spine,
        views,
        inputs,
        outputs,
        score,
        label,
        Optional.of(set),
        Optional.of(definitionHash),
        rows);
  }

  /** The same contract with golden rows. */
  public ModelContract with(List<GoldenRow> rows) {
    return new ModelContract(
        schema,
        task,
        classes,
        spine,
        views,
        inputs,
        outputs,
        score,
        label,
        trainingSet,
        definition,
        rows);
  }

  /**
   * Highest difference of two scores of one row that are called equal: 0.00001 for scores up to 1,
   * and that share of the largest one beyond, as the sums of float32 are rounded.
   *
   * @param largest absolute score of the rows that are compared
   */
  public static double tolerance(double largest) {
    return TOLERANCE * Math.max(1, Math.abs(largest));
  }

  /** The columns that feed the model, each once, in the model's order. */
  public List<String> columns() {
    return inputs.stream().flatMap(input -> input.columns().stream()).distinct().toList();
  }

  /** As JSON: numbers read back bit for bit; NaN is the text {@code "NaN"}, null is null. */
  public String toJson() {
    try {
      return Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(this) + "\n";
    } catch (JsonProcessingException e) {
      throw new MillraceException(
          ErrorCategory.INTERNAL, "Cannot write a contract as JSON: " + e.getOriginalMessage(), e);
    }
  }

  /** As {@link #toJson}, in one line. */
  public String toJsonLine() {
    return Json.write(this);
  }

  /**
   * Reads what {@link #toJson} wrote; keys that this release does not know are ignored.
   *
   * @param owner the version, for messages
   * @throws MillraceException DATA_CONTRACT if it is no contract, or one of a newer form
   */
  public static ModelContract fromJson(String json, String owner) {
    try {
      JsonNode tree = Json.MAPPER.readTree(json);
      JsonNode schema = tree.path("schema");
      if (!schema.isInt() || schema.intValue() < 1) {
        throw unreadable(owner, "it names no schema version", null);
      }

      if (schema.intValue() > SCHEMA) {
        throw new MillraceException(
            ErrorCategory.DATA_CONTRACT,
            "Cannot read the contract of %s: its schema version is %d, this release reads up to %d; use the release that registered it, or a later one"
                .formatted(owner, schema.intValue(), SCHEMA));
      }

      return Json.MAPPER.treeToValue(tree, ModelContract.class);
    } catch (JsonProcessingException e) {
      throw unreadable(owner, e.getOriginalMessage(), e);
    }
  }

  private static MillraceException unreadable(
      String owner, String reason, @Nullable Throwable cause) {
    return new MillraceException(
        ErrorCategory.DATA_CONTRACT,
        "Cannot read the contract of "
            + owner
            + ": "
            + reason
            + "; register the version again with a whole contract.json",
        cause);
  }

  private static void requireClasses(Task task, List<String> classes, Score score) {
    boolean isOfClasses = task == Task.MULTICLASS;
    if (isOfClasses == classes.isEmpty() || Set.copyOf(classes).size() < classes.size()) {
      throw new IllegalArgumentException(
          "expected different classes for the task multiclass and none for others, was given %s for %s"
              .formatted(classes, task.word()));
    }

    if (isOfClasses && score.part().isPresent()) {
      throw new IllegalArgumentException(
          "the probabilities of all classes are a whole output, was given " + score);
    }
  }

  private static void requireNames(List<Input> inputs, List<Output> outputs, Score score) {
    Set<String> names = new HashSet<>();
    if (inputs.isEmpty() || !inputs.stream().allMatch(input -> names.add(input.name()))) {
      throw new IllegalArgumentException(
          "expected inputs of different names, was given "
              + inputs.stream().map(Input::name).toList());
    }

    if (outputs.stream().noneMatch(output -> output.name().equals(score.output()))) {
      throw new IllegalArgumentException(
          "the score '"
              + score.output()
              + "' is none of the outputs "
              + outputs.stream().map(Output::name).toList());
    }
  }
}
