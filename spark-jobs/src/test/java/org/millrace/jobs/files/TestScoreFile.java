package org.millrace.jobs.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.Digest;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.Json;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.files.OutputRequest;
import org.millrace.contracts.files.ScoreFileRequest;
import org.millrace.features.testing.TestSpark;
import org.millrace.jobs.score.onnx.TestModels;

@Tag("slow")
final class TestScoreFile {
  private static final SparkSession SPARK = TestSpark.session();

  @TempDir Path directory;
  private Path input;
  private Path output;
  private Path matrix;

  @BeforeEach
  void writeInputs() throws IOException {
    input = directory.resolve("input");
    output = directory.resolve("output");
    matrix = Files.write(directory.resolve("matrix.onnx"), TestModels.matrix(false, 1f, -1f));
    SPARK
        .sql(
            "SELECT * FROM VALUES (1, 2.0D, 2.0D, 'UA'), (2, 9.0D, 0.0D, 'AA') AS r(id, temp, delay, carrier)")
        .write()
        .format("delta")
        .save(input.toString());
  }

  @Test
  void feedsColumnsInOrderToAModelOfOneInput() {
    JobResult result = score(matrix, List.of("temp", "delay"), Optional.of("score"));

    assertThat(lines("id, round(score, 4)")).containsExactly("[1,0.5]", "[2,0.9999]");
    assertThat(result.counts()).containsEntry("rows_in", 2L).containsEntry("rows_out", 2L);
    assertThat(result.versions())
        .containsEntry(input.toString(), "0")
        .containsEntry("model_sha256", Digest.sha256(matrix));
  }

  @Test
  void feedsNamedInputsFromTheColumnsOfTheirNames() throws IOException {
    Path named = Files.write(directory.resolve("named.onnx"), TestModels.named());

    score(named, List.of(), Optional.empty());

    // sigmoid(0.5 temp - 0.25 delay + code): sigmoid(1.5) and sigmoid(3.5)
    assertThat(lines("id, round(probability, 4)")).containsExactly("[1,0.8176]", "[2,0.9707]");
  }

  @Test
  void refusesColumnsThatAreNotTheInputs() throws IOException {
    Path named = Files.write(directory.resolve("named.onnx"), TestModels.named());

    assertFails(named, List.of("temp", "carrier"), ErrorCategory.DEFINITION)
        .hasMessageContaining(
            "--columns names [temp, carrier] vs the model's inputs [temp, delay, carrier]");
    assertFails(matrix, List.of("temp"), ErrorCategory.DATA_CONTRACT)
        .hasMessageContaining("matrix.onnx version " + Digest.sha256(matrix).substring(0, 12))
        .hasMessageContaining("features");
    assertFails(matrix, List.of(), ErrorCategory.DEFINITION)
        .hasMessageContaining("has no column of the name of the model's input features of shape")
        .hasMessageContaining("name the columns that fill it with --columns");
    assertThat(output).doesNotExist();
  }

  @Test
  void refusesAFileThatIsNoModel() throws IOException {
    Path broken = Files.writeString(directory.resolve("broken.onnx"), "not a model");

    assertFails(broken, List.of("temp", "delay"), ErrorCategory.DATA_CONTRACT)
        .hasMessageContaining("broken.onnx");
    assertFails(directory.resolve("absent.onnx"), List.of("temp"), ErrorCategory.INPUT_MISSING)
        .hasMessageContaining("absent.onnx");
  }

  @Test
  void travelsAsJson() {
    ScoreFileRequest request = request(matrix, List.of("temp", "delay"), Optional.of("score"));

    assertThat(Json.read(Json.write(request), ScoreFileRequest.class)).isEqualTo(request);
  }

  private JobResult score(Path model, List<String> columns, Optional<String> name) {
    return FileJobs.score(SPARK, request(model, columns, name));
  }

  private ScoreFileRequest request(Path model, List<String> columns, Optional<String> name) {
    return new ScoreFileRequest(
        model.toString(),
        input.toString(),
        List.of("id"),
        columns,
        Map.of(),
        Map.of(),
        name,
        Map.of(),
        new OutputRequest(output.toString(), OutputRequest.Format.PARQUET, false));
  }

  private org.assertj.core.api.AbstractThrowableAssert<?, ?> assertFails(
      Path model, List<String> columns, ErrorCategory category) {
    return assertThatThrownBy(() -> score(model, columns, Optional.empty()))
        .isInstanceOfSatisfying(
            MillraceException.class, e -> assertThat(e.category()).isEqualTo(category));
  }

  private List<String> lines(String columns) {
    SPARK.read().parquet(output.toString()).createOrReplaceTempView("scored");
    return SPARK.sql("SELECT " + columns + " FROM scored ORDER BY id").collectAsList().stream()
        .map(Object::toString)
        .toList();
  }
}
