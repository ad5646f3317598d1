package org.millrace.jobs.files;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.millrace.contracts.Causes;
import org.millrace.contracts.Digest;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.files.ScoreFileRequest;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.score.onnx.NullPolicy;
import org.millrace.jobs.score.onnx.OnnxModel;
import org.millrace.jobs.score.onnx.OnnxScoring;
import org.millrace.jobs.score.onnx.ScoringCounts;
import org.millrace.registry.onnx.OnnxInspector;
import org.millrace.registry.onnx.OnnxModelInfo;
import org.millrace.registry.onnx.OnnxModelInfo.Tensor;

/** {@code millrace score-file}: scores an input by an ONNX file. Driver only. */
final class ScoreFile {
  private static final int SHORT_SHA256 = 12; // a file has no version but its content

  private final SparkSession spark;
  private final ScoreFileRequest request;

  ScoreFile(SparkSession spark, ScoreFileRequest request) {
    this.spark = requireNonNull(spark, "spark is null");
    this.request = requireNonNull(request, "request is null");
  }

  /**
   * Scores and writes.
   *
   * @throws MillraceException DEFINITION where the arguments do not fit the model; INPUT_MISSING
   *     where an input is not there; DATA_CONTRACT where the model is not sound, or the columns do
   *     not fit it
   */
  JobResult score() {
    List<org.apache.hadoop.fs.Path> inputs = InputTable.paths(request.model(), request.input());
    try (FileOutput output = new FileOutput(spark, request.output(), "score-file", inputs)) {
      return score(output);
    }
  }

  private JobResult score(FileOutput output) {
    long start = System.nanoTime();
    byte[] bytes = bytes();
    OnnxModelInfo graph = OnnxInspector.inspect(bytes, request.model());
    String sha256 = Digest.sha256(bytes);
    OnnxModel model =
        OnnxModel.of(request.model(), sha256.substring(0, SHORT_SHA256), sha256, bytes);
    InputTable input = InputTable.open(spark, request.input());
    output.requireApart(input.places());
    OnnxScoring scoring =
        OnnxScoring.of(model)
            .keep(request.keep().stream().map(input::column).toArray(String[]::new))
            .outputs(outputs(graph));
    Map<String, List<String>> columns = columnsByInput(graph, input);
    columns.forEach(scoring::input);
    nulls(input, columns).forEach(scoring::nulls);
    Dataset<Row> scored = scoring.apply(input.rows());
    output.stage(scored);
    output.publish();
    return result(model, scoring.counts(), input, start);
  }

  private byte[] bytes() {
    try {
      return Files.readAllBytes(Path.of(request.model()));
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.INPUT_MISSING,
          "Cannot read the model "
              + request.model()
              + ": "
              + Causes.words(e)
              + "; give an ONNX file",
          e);
    }
  }

  private Map<String, List<String>> columnsByInput(OnnxModelInfo graph, InputTable input) {
    Map<String, List<String>> columns = new LinkedHashMap<>();
    request
        .inputs()
        .forEach((name, fed) -> columns.put(name, fed.stream().map(input::column).toList()));
    List<String> others =
        graph.inputs().stream()
            .map(Tensor::name)
            .filter(name -> !columns.containsKey(name))
            .toList();
    if (others.size() == 1 && !request.columns().isEmpty()) {
      columns.put(others.get(0), request.columns().stream().map(input::column).toList());
      return columns;
    }

    others.forEach(name -> columns.put(name, List.of(input.columnOfInput(name))));
    if (!request.columns().isEmpty() && !Set.copyOf(request.columns()).equals(Set.copyOf(others))) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot score with %s: --columns names %s vs the model's inputs %s; name exactly these, or name the column of each input with --inputs INPUT=COLUMN"
              .formatted(request.model(), request.columns(), others));
    }

    requireThere(graph, input, columns);
    return columns;
  }

  private void requireThere(
      OnnxModelInfo graph, InputTable input, Map<String, List<String>> columns) {
    List<String> there = List.of(input.rows().columns());
    List<Tensor> missing =
        graph.inputs().stream()
            .filter(tensor -> !request.inputs().containsKey(tensor.name()))
            .filter(tensor -> !there.containsAll(columns.getOrDefault(tensor.name(), List.of())))
            .toList();
    if (missing.isEmpty()) {
      return;
    }

    boolean isMatrix = graph.inputs().size() == 1;
    throw new MillraceException(
        ErrorCategory.DEFINITION,
        "Cannot score with %s: %s has no column of the name of the model's input %s; it has %s; %s"
            .formatted(
                request.model(),
                request.input(),
                missing.stream()
                    .map(tensor -> tensor.name() + " of shape " + tensor.shape())
                    .collect(Collectors.joining(", ")),
                String.join(", ", there),
                isMatrix
                    ? "name the columns that fill it with --columns, in the model's order"
                    : "name the column of each input with --inputs INPUT=COLUMN"));
  }

  private Map<String, NullPolicy> nulls(InputTable input, Map<String, List<String>> fed) {
    Map<String, NullPolicy> policies = new LinkedHashMap<>();
    StructType schema = input.rows().schema();
    request
        .nulls()
        .forEach(
            (asked, value) -> {
              String column = input.column(asked);
              if (fed.values().stream().noneMatch(names -> names.contains(column))) {
                throw new MillraceException(
                    ErrorCategory.DEFINITION,
                    "Cannot use --null %s=%s: no input of the model is fed from that column; %s"
                        .formatted(asked, value, fed));
              }

              boolean isText =
                  List.of(schema.fieldNames()).contains(column)
                      && schema.apply(column).dataType().equals(DataTypes.StringType);
              policies.put(column, isText ? NullPolicy.value(value) : number(column, value));
            });
    return policies;
  }

  private static NullPolicy number(String column, String value) {
    try {
      return NullPolicy.value(Double.parseDouble(value));
    } catch (NumberFormatException e) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot use --null %s=%s: the column holds numbers; give one".formatted(column, value),
          e);
    }
  }

  private Map<String, String> outputs(OnnxModelInfo graph) {
    if (request.outputName().isEmpty()) {
      return request.outputs(); // where none is named, all by their own names
    }

    List<String> outputs = graph.outputs().stream().map(Tensor::name).toList();
    if (outputs.size() != 1 || !request.outputs().isEmpty()) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot name the output of %s: it has the outputs %s; give --outputs OUTPUT=COLUMN in place of --output-name"
              .formatted(request.model(), outputs));
    }

    return Map.of(outputs.get(0), request.outputName().get());
  }

  private JobResult result(OnnxModel model, ScoringCounts counts, InputTable input, long start) {
    Map<String, Long> named = new LinkedHashMap<>();
    named.put("rows_in", counts.rows());
    named.put("rows_out", counts.rows());
    named.putAll(counts.asMap());
    named.remove("rows");
    Map<String, String> versions = new LinkedHashMap<>();
    input.version().ifPresent(version -> versions.put(input.name(), version.toString()));
    versions.put("model_sha256", model.sha256());
    return JobResult.done(
        "score-file",
        "Scored " + request.input() + " with " + request.model() + " to " + request.output().path(),
        named,
        versions,
        JobContext.secondsSince(start));
  }
}
