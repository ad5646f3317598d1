package org.millrace.jobs.model;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.contracts.Digest;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Task;
import org.millrace.contracts.definition.Definitions;
import org.millrace.contracts.definition.FeatureViewDefinition;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.contracts.registry.ModelContract;
import org.millrace.contracts.registry.ModelPackage;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.features.sql.CanonicalSql;
import org.millrace.jobs.testing.TestRooms;
import org.millrace.registry.onnx.FeatureEncoding;
import org.millrace.registry.onnx.FeatureEncoding.Numeric;
import org.millrace.registry.onnx.LinearModel;
import org.millrace.registry.onnx.OnnxExport;
import org.millrace.registry.testing.InMemoryRegistry;
import org.millrace.registry.testing.Runs;

/** Contracts that versions carry, contracts that are derived, and what definitions owe them. */
final class TestModelContracts {
  private static final String[] EIGHT = {
    "distance",
    "plane_facts__seats",
    "origin_weather__temp",
    "origin_weather__dewp",
    "origin_weather__humid",
    "origin_weather__precip",
    "origin_weather__visib",
    "plane_facts__engines"
  };

  private final Pipeline pipeline =
      Pipeline.of(
          Definitions.load(TestRooms.HOME.resolve("conf"), TestRooms.HOME, new CanonicalSql()),
          "late_flight");
  private final InMemoryRegistry.Store store = new InMemoryRegistry.Store();
  private final InMemoryRegistry registry = new InMemoryRegistry(store);
  private final List<String> said = new ArrayList<>();

  @TempDir private Path directory;

  private ModelContracts contracts() {
    return new ModelContracts(
        pipeline, new ModelCache(directory.resolve("models"), (room, text) -> said.add(text)));
  }

  /** As {@code mlflow.onnx.log_model} leaves it; empty for no signature. */
  private static Map<String, byte[]> mlmodel(String... columns) {
    String inputs =
        List.of(columns).stream()
            .map(column -> "{\"type\": \"double\", \"name\": \"%s\"}".formatted(column))
            .collect(Collectors.joining(", ", "[", "]"));
    String signature =
        columns.length == 0 ? "" : "signature:\n  inputs: '" + inputs + "'\n  params: null\n";
    String yaml = "flavors:\n  onnx:\n    data: model.onnx\n" + signature + "utc_time_created: x\n";
    return Map.of(ModelFiles.MLMODEL, yaml.getBytes(StandardCharsets.UTF_8));
  }

  /** A model of LightGBM: one input X of eight columns, one output. */
  private ModelVersion registerMatrix(Map<String, byte[]> files) throws IOException {
    return registerMatrix("lgbm-regression", files);
  }

  private ModelVersion registerMatrix(String name, Map<String, byte[]> files) throws IOException {
    try (InputStream model =
        requireNonNull(getClass().getResourceAsStream("/onnx-corpus/" + name + ".onnx"))) {
      return register(files, model.readAllBytes());
    }
  }

  private ModelVersion register(Map<String, byte[]> files, String... inputs) throws IOException {
    List<Numeric> numeric = List.of(inputs).stream().map(name -> new Numeric(name, 0)).toList();
    List<Double> weights = numeric.stream().map(input -> 0.5).toList();
    byte[] onnx =
        OnnxExport.linear(
            new LinearModel(new FeatureEncoding(numeric, List.of()), weights, 0),
            OnnxExport.Link.LOGIT,
            Map.of());
    return register(files, onnx);
  }

  private ModelVersion register(Map<String, byte[]> files, byte[] onnx) throws IOException {
    Path file = Files.write(directory.resolve("model.onnx"), onnx);
    return registry.register(
        registry.logRun(Runs.training("late_flight", "late_flight.train", "" + files.hashCode())),
        new ModelPackage(
            "late_flight",
            file,
            Digest.sha256(onnx),
            List.of(),
            List.of(),
            files,
            Map.of(),
            Map.of()));
  }

  private static ModelContract contract(String spine, List<String> views, String... columns) {
    return new ModelContract(
        ModelContract.SCHEMA,
        Task.BINARY,
        new ModelContract.Spine(spine, "then"),
        views.stream().map(view -> new ModelContract.View(view, "then", "then")).toList(),
        List.of(columns).stream()
            .map(
                column ->
                    new ModelContract.Input(
                        "input of " + column,
                        column,
                        "float",
                        ModelContract.Kind.NUMERIC,
                        ModelContract.Nulls.IMPUTE))
            .toList(),
        List.of(new ModelContract.Output("score", "float")),
        new ModelContract.Score("score", Optional.empty()),
        new ModelContract.Label("is_late", "label_known_at"),
        Optional.empty(),
        Optional.empty(),
        List.of());
  }

  private static Map<String, byte[]> file(String json) {
    return Map.of(ModelFiles.CONTRACT, json.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aVersionsOwnContractIsReadAndKeptForNightsWithoutARegistry() throws IOException {
    ModelContract own = contract("late_flight", List.of("origin_weather"), "origin_weather__temp");
    ModelVersion version = register(file(own.toJson()), "x");

    assertThat(contracts().of(registry, version)).isEqualTo(own);
    store.up = false;
    assertThat(contracts().cached(version)).isEqualTo(own);
    assertThat(contracts().of(registry, version)).isEqualTo(own);
  }

  @Test
  void aContractThatWasChangedInTheRegistryIsRefused() throws IOException {
    ModelContract own = contract("late_flight", List.of(), "distance");
    ModelVersion version = register(file(own.toJson()), "x");
    store.files.put(version + "/contract.json", "{}".getBytes(StandardCharsets.UTF_8));

    assertRefused(ErrorCategory.DATA_CONTRACT, () -> contracts().of(registry, version))
        .hasMessageContaining("Cannot use contract.json of late_flight/1: its SHA-256 is");
  }

  @Test
  void aContractThatIsNoneIsRefused() throws IOException {
    ModelVersion version = register(file("{\"schema\": 1}"), "x");

    assertRefused(ErrorCategory.DATA_CONTRACT, () -> contracts().of(registry, version))
        .hasMessageContaining("Cannot read the contract of late_flight/1: ");
  }

  @Test
  void aVersionWithoutAContractIsFedByTheNamesOfItsInputs() throws IOException {
    ModelVersion version = register(Map.of(), "plane_facts__seats", "distance");

    ModelContract derived = contracts().of(registry, version);

    assertThat(derived.columns()).containsExactly("plane_facts__seats", "distance");
    assertThat(derived.views())
        .extracting(ModelContract.View::name)
        .as("of six views, the one that feeds it")
        .containsExactly("plane_facts");
    assertThat(derived.inputs().get(0).kind()).isEqualTo(ModelContract.Kind.NUMERIC);
    assertThat(derived.inputs().get(0).nulls()).isEqualTo(ModelContract.Nulls.IMPUTE);
    assertThat(derived.score().output()).isEqualTo("score");
    assertThat(derived.golden()).isEmpty();
    assertThat(ContractViews.of(pipeline, version, derived).changed()).isEmpty();
  }

  @Test
  void inputsWithoutAColumnAreListedBesideAllColumns() throws IOException {
    ModelVersion version = register(Map.of(), "distance", "speed", "origin_weather__snow");

    assertRefused(ErrorCategory.DATA_CONTRACT, () -> contracts().of(registry, version))
        .hasMessageStartingWith(
            "Cannot feed late_flight/1, which was registered without a contract.json: its inputs"
                + " speed, origin_weather__snow are the names of no column; the columns are"
                + " flight_id, ")
        .hasMessageContaining("origin_weather__temp")
        .hasMessageContaining("plane_facts__seats");
  }

  @ParameterizedTest
  @CsvSource({"lgbm-binary, probabilities", "xgb-binary, probabilities"})
  void theScoreOfAClassifierIsTheProbabilityOfOne(String model, String output) throws IOException {
    ModelVersion version = registerMatrix(model, mlmodel(EIGHT));

    assertThat(contracts().of(registry, version).score())
        .isEqualTo(new ModelContract.Score(output, Optional.of("1")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"skl-forest-zipmap", "skl-logistic-plain", "lgbm-multi-zipmap", "xgb-multi"})
  void otherOutputsAreNotGuessedAt(String model) throws IOException {
    ModelVersion version = registerMatrix(model, mlmodel(EIGHT));

    assertRefused(ErrorCategory.DATA_CONTRACT, () -> contracts().of(registry, version))
        .hasMessageContaining("it is unknown which of its outputs ")
        .hasMessageContaining("a label and two probabilities a row");
  }

  @Test
  void aMatrixIsFedByTheColumnsThatTheSignatureNames() throws IOException {
    ModelVersion version = registerMatrix(mlmodel(EIGHT));

    ModelContract derived = contracts().of(registry, version);

    assertThat(derived.columns()).containsExactly(EIGHT);
    assertThat(derived.inputs())
        .singleElement()
        .satisfies(
            input -> {
              assertThat(input.name()).isEqualTo("X");
              assertThat(input.columns()).containsExactly(EIGHT);
            });
    assertThat(derived.views())
        .extracting(ModelContract.View::name)
        .containsExactlyInAnyOrder("origin_weather", "plane_facts");
    assertThat(ModelContract.fromJson(derived.toJson(), "x")).isEqualTo(derived);
    store.up = false;
    assertThat(contracts().cached(version)).as("without a registry").isEqualTo(derived);
  }

  @Test
  void aMatrixThatNoColumnsAreKnownOfIsRefusedWithBothSides() throws IOException {
    for (Map<String, byte[]> files : List.of(Map.<String, byte[]>of(), mlmodel())) {
      ModelVersion version = registerMatrix(files);
      assertRefused(ErrorCategory.DATA_CONTRACT, () -> contracts().of(registry, version))
          .hasMessageContaining(
              "its inputs X are the names of no column; the columns are flight_id")
          .hasMessageContaining("with a signature that names them in the order of its matrix");
    }

    ModelVersion strange =
        registerMatrix(mlmodel("distance", "speed", "a", "b", "c", "d", "e", "f"));
    assertRefused(ErrorCategory.DATA_CONTRACT, () -> contracts().of(registry, strange))
        .hasMessageContaining(
            "its input X is to be fed from speed, a, b, c, d, e, f, which are no columns")
        .hasMessageContaining("plane_facts__seats");
    ModelVersion narrow = registerMatrix(mlmodel("distance", "plane_facts__seats"));
    assertRefused(ErrorCategory.DATA_CONTRACT, () -> contracts().of(registry, narrow))
        .hasMessageContaining(
            "its input X has 8 columns vs 2 that feed it: distance, plane_facts__seats");
  }

  @Test
  void viewsAreFoundInTheContractsOrderAndChangedOnesAreNamed() {
    ModelVersion version = version();
    ModelContract contract =
        contract(
            "late_flight",
            List.of("plane_facts", "origin_weather"),
            "origin_weather__temp",
            "plane_facts__seats",
            "distance");

    ContractViews found = ContractViews.of(pipeline, version, contract);

    assertThat(found.views())
        .extracting(FeatureViewDefinition::name)
        .containsExactly("plane_facts", "origin_weather");
    assertThat(found.changed()).containsExactly("plane_facts", "origin_weather");
  }

  @Test
  void allThatTheDefinitionsNoLongerGiveIsOneError() {
    ModelVersion version = version();
    ModelContract contract =
        contract(
            "taxis",
            List.of("plane_age", "origin_weather"),
            "plane_age__years",
            "origin_weather__temp",
            "origin_weather__snow",
            "speed");

    assertRefused(ErrorCategory.DEFINITION, () -> ContractViews.of(pipeline, version, contract))
        .hasMessageStartingWith(
            "Cannot feed late_flight/7: it answers spine taxis, the training definition names"
                + " late_flight; no view plane_age is defined any more; view origin_weather has no"
                + " column snow any more, it has temp, dewp, humid, wind_speed, precip, pressure,"
                + " visib; spine late_flight has no column speed any more, it has flight_id, ")
        .hasMessageContaining("; define again what it needs");
  }

  private static ModelVersion version() {
    return new ModelVersion("late_flight", "7", "run", "", "", Map.of());
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> assertRefused(
      ErrorCategory category, ThrowingCallable call) {
    return assertThatThrownBy(call)
        .isInstanceOf(MillraceException.class)
        .hasFieldOrPropertyWithValue("category", category);
  }
}
