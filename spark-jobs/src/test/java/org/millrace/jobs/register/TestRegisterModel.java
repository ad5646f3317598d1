package org.millrace.jobs.register;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.registry.ModelContract;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.features.testing.TestSpark;
import org.millrace.jobs.model.ModelContracts;
import org.millrace.jobs.model.RegistrationRequest;
import org.millrace.jobs.testing.GateHouse;
import org.millrace.jobs.testing.TestRooms;
import org.millrace.registry.testing.InMemoryRegistry;

/** Files of other tools become versions, once they were tried. */
@Tag("slow")
class TestRegisterModel {
  private static final RunKey KEY = TestRooms.key("register", "2013-01-01", "2013-01-20");
  private static final String MATRIX = "X: [x, noise, x, noise, x, noise, x, noise]\n";

  @TempDir Path home;

  private GateHouse house;

  @BeforeEach
  void build() {
    house = new GateHouse(home);
  }

  @Test
  void aFileBecomesAVersionThatTheGateJudges() throws IOException {
    Path onnx = Files.write(home.resolve("mine.onnx"), GateHouse.onnx(1, 0, "mine"));

    JobResult result = register(onnx, Optional.empty(), Optional.empty());

    assertThat(result.message())
        .isEqualTo(
            "Registered late_flight/1; judge it with `millrace gate late_flight --version 1`");
    assertThat(result.counts()).containsEntry("rows_in", 50L);
    assertThat(result.values()).containsEntry("score", "score");
    ModelVersion version = version("1");
    assertThat(version.tags())
        .containsEntry("millrace.registered_by", "ada")
        .containsKeys("sha256.contract.json", "sha256.profile.json");
    assertThat(contract(version).golden()).hasSize(50);
    assertThat(house.champion()).as("no alias moves").isEqualTo("none");
    assertThat(register(onnx, Optional.empty(), Optional.empty()).versions())
        .as("the same file once")
        .containsExactly(Map.entry("model.late_flight", "1"));
    assertThat(house.decideOn("1").values()).containsEntry("verdict", "BOOTSTRAP");
  }

  @Test
  void columnsOfInputsAndTheOutputCanBeNamed() throws IOException {
    Path onnx = corpus("skl-logistic-plain");
    Path inputs = Files.writeString(home.resolve("inputs.yaml"), MATRIX);

    register(onnx, Optional.of(inputs), Optional.of("probabilities[1]"));

    ModelContract contract = contract(version("1"));
    assertThat(contract.score()).hasToString("probabilities[1]");
    assertThat(contract.inputs())
        .singleElement()
        .satisfies(input -> assertThat(input.matrix()).hasSize(8).startsWith("x", "noise", "x"));
    assertThat(contract.golden()).hasSize(50);
    assertThat(contract.golden().get(0).inputs().get(0))
        .as("a row of the matrix")
        .isInstanceOf(List.class);
  }

  @Test
  void whatCannotBeFedIsRefusedAndNothingIsRegistered() throws IOException {
    Path onnx = corpus("lgbm-regression");
    assertRefused(onnx, Optional.empty(), Optional.empty(), ErrorCategory.DATA_CONTRACT)
        .hasMessageContaining("its inputs X are the names of no column; the columns are");
    Path inputs = Files.writeString(home.resolve("inputs.yaml"), "X: [x, noise]\n");
    assertRefused(onnx, Optional.of(inputs), Optional.empty(), ErrorCategory.DATA_CONTRACT)
        .hasMessageContaining("its input X has 8 columns vs 2 that feed it: x, noise");
    Files.writeString(inputs, "Y: x\n");
    assertRefused(onnx, Optional.of(inputs), Optional.empty(), ErrorCategory.DATA_CONTRACT)
        .hasMessageContaining("it has no inputs Y; its inputs are X");
    Files.writeString(inputs, MATRIX);
    assertRefused(onnx, Optional.of(inputs), Optional.of("p[1]"), ErrorCategory.DATA_CONTRACT)
        .hasMessageContaining("it has no output p; its outputs are variable");
    Files.writeString(inputs, "just a text");
    assertRefused(onnx, Optional.of(inputs), Optional.empty(), ErrorCategory.DEFINITION)
        .hasMessageContaining("expected an input and its column in each line");
    Path none = home.resolve("none.onnx");
    assertRefused(none, Optional.empty(), Optional.empty(), ErrorCategory.INPUT_MISSING)
        .hasMessageContaining("none.onnx");
  }

  @Test
  void goldenRowsOfOnesOwnAreScoredFirst() throws IOException {
    Path onnx = Files.write(home.resolve("my model.onnx"), GateHouse.onnx(1, 0.25, "mine"));
    String right = "" + 1 / (1 + Math.exp(0.375));
    assertThat(register(onnx, golden(right)).counts()).containsEntry("rows_in", 1L);
    assertThat(contract(version("1")).golden()).hasSize(1);

    assertThatThrownBy(() -> register(onnx, golden("0.5")))
        .hasFieldOrPropertyWithValue("category", ErrorCategory.DATA_CONTRACT)
        .hasMessageContaining("it scores 1 of 1 golden rows differently, row 0 0.4073")
        .hasMessageEndingWith("export it again, or correct --inputs, --output or the golden rows");
    assertThatThrownBy(() -> register(onnx, golden("'high'")))
        .hasFieldOrPropertyWithValue("category", ErrorCategory.DATA_CONTRACT)
        .hasMessageContaining("score is STRING vs a number");
    assertThatThrownBy(() -> register(onnx, golden("CAST(NULL AS DOUBLE)")))
        .hasMessageContaining("a row has no score");
    assertThatThrownBy(() -> register(onnx, home.resolve("none.parquet")))
        .hasFieldOrPropertyWithValue("category", ErrorCategory.INPUT_MISSING);
    assertThat(house.store.versions.getOrDefault(GateHouse.MODEL, List.of())).hasSize(1);
  }

  private Path golden(String score) {
    Path directory = home.resolve("golden rows");
    TestSpark.session()
        .sql("SELECT 0.25D AS x, 0D AS noise, " + score + " AS score")
        .write()
        .mode("overwrite")
        .parquet(directory.toString());
    return directory;
  }

  private JobResult register(Path onnx, Path golden) {
    RegistrationRequest request =
        new RegistrationRequest(
            onnx, Optional.empty(), Optional.empty(), Optional.of(golden), "ada");
    return TestRooms.line(
        house.context(), KEY, (context, key) -> new RegisterModel(context, key, request));
  }

  private AbstractThrowableAssert<?, ? extends Throwable> assertRefused(
      Path onnx, Optional<Path> inputs, Optional<String> output, ErrorCategory category) {
    var thrown =
        assertThatThrownBy(() -> register(onnx, inputs, output))
            .isInstanceOf(MillraceException.class)
            .hasFieldOrPropertyWithValue("category", category);
    assertThat(house.store.runs).isEmpty();
    return thrown;
  }

  private Path corpus(String name) throws IOException {
    try (InputStream model =
        requireNonNull(getClass().getResourceAsStream("/onnx-corpus/" + name + ".onnx"))) {
      return Files.write(home.resolve(name + ".onnx"), model.readAllBytes());
    }
  }

  private JobResult register(Path onnx, Optional<Path> inputs, Optional<String> output) {
    RegistrationRequest request =
        new RegistrationRequest(onnx, inputs, output, Optional.empty(), "ada");
    return TestRooms.line(
        house.context(), KEY, (context, key) -> new RegisterModel(context, key, request));
  }

  private ModelVersion version(String number) {
    return new InMemoryRegistry(house.store).byVersion(GateHouse.MODEL, number).orElseThrow();
  }

  private ModelContract contract(ModelVersion version) {
    return ModelContracts.of(house.context()).of(new InMemoryRegistry(house.store), version);
  }
}
