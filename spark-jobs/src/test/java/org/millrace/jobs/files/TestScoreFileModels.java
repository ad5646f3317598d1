package org.millrace.jobs.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.files.OutputRequest;
import org.millrace.contracts.files.ScoreFileRequest;
import org.millrace.features.testing.TestSpark;
import org.millrace.jobs.score.onnx.TestModels;

/** Models as people export them, on files as people have them. */
@Tag("slow")
class TestScoreFileModels {
  private static final SparkSession SPARK = TestSpark.session();

  @TempDir Path directory;

  @Test
  void aForestOfSeveralTargetsGivesArraysWhateverItDeclares() throws IOException {
    Path model = model(TestModels.threeTargets());
    Path input = csv("id,f 1\n1,0\n2,1\n");

    score(request(model, input, Map.of(), Map.of("targets", "targets"), Map.of()));
    assertThat(lines("id, targets"))
        .containsExactly("[1,WrappedArray(1.0, 2.0, 3.0)]", "[2,WrappedArray(4.0, 5.0, 6.0)]");

    Map<String, String> parts = new LinkedHashMap<>();
    parts.put("targets[2]", "third");
    parts.put("targets[0]", "first");
    score(request(model, input, Map.of("f.1", List.of("F 1")), parts, Map.of()));
    assertThat(lines("id, third, first")).containsExactly("[1,3.0,1.0]", "[2,6.0,4.0]");
  }

  @Test
  void outputsThatGiveNoRowAValueAreRefusedAlone() throws IOException {
    Path model = model(TestModels.threeTargets());
    Path input = csv("id,f 1\n1,0\n2,1\n");

    assertThatThrownBy(() -> score(request(model, input, Map.of(), Map.of(), Map.of())))
        .hasMessageContaining(
            "model output turned is FLOAT [1, -1]: its first dimension is not one entry for each row")
        .hasMessageContaining("ask for other outputs alone");
    assertThatThrownBy(
            () -> score(request(model, input, Map.of(), Map.of("nope", "nope"), Map.of())))
        .hasMessageContaining("the model has no output nope, it has [targets, turned]");
  }

  @Test
  void aModelThatDropsRowsIsRefused() throws IOException {
    Path model = model(TestModels.droppingRows());
    Path input = csv("id,x\n1,1.5\n2,-2.5\n3,3.5\n");

    assertThatThrownBy(() -> score(request(model, input, Map.of(), Map.of(), Map.of())))
        .hasStackTraceContaining("expected one entry for each of 3 rows, found 2");
  }

  @Test
  void missingTextsAreWhatTheyAreSaidToBe() throws IOException {
    Path model = model(TestModels.identity(TensorProto.DataType.STRING, 1));
    Path input = csv("id,\"the, carrier\"\n1,UA\n2,\n3,\"\"\n");
    Map<String, List<String>> fed = Map.of("features", List.of("THE, carrier"));

    assertThatThrownBy(() -> score(request(model, input, fed, Map.of(), Map.of())))
        .hasStackTraceContaining("column the, carrier is null or NaN in the row {id=2}");
    score(request(model, input, fed, Map.of("same", "s"), Map.of("the, carrier", "none")));
    assertThat(lines("id, s")).containsExactly("[1,UA]", "[2,none]", "[3,]");
  }

  private Path model(byte[] bytes) throws IOException {
    return Files.write(directory.resolve("m.onnx"), bytes);
  }

  private Path csv(String text) throws IOException {
    return Files.writeString(directory.resolve("rows.csv"), text);
  }

  private static void score(ScoreFileRequest request) {
    FileJobs.score(SPARK, request);
  }

  private ScoreFileRequest request(
      Path model,
      Path input,
      Map<String, List<String>> inputs,
      Map<String, String> outputs,
      Map<String, String> nulls) {
    OutputRequest output =
        new OutputRequest(
            directory.resolve("scored").toString(), OutputRequest.Format.PARQUET, true);
    return new ScoreFileRequest(
        model.toString(),
        input.toString(),
        List.of("id"),
        List.of(),
        inputs,
        outputs,
        Optional.empty(),
        nulls,
        output);
  }

  private List<String> lines(String columns) {
    SPARK.read().parquet(directory.resolve("scored").toString()).createOrReplaceTempView("scored");
    return SPARK.sql("SELECT " + columns + " FROM scored ORDER BY id").collectAsList().stream()
        .map(Object::toString)
        .toList();
  }
}
