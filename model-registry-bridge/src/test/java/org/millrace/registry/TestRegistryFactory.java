package org.millrace.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.ZoneId;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.PlatformDefinition;
import org.millrace.contracts.definition.PlatformDefinition.Registry;
import org.millrace.contracts.definition.PlatformDefinition.Registry.Kind;
import org.millrace.contracts.registry.ModelRegistry;

class TestRegistryFactory {
  private static PlatformDefinition platform(Kind kind, String lake) {
    return new PlatformDefinition(
        lake,
        ZoneId.of("UTC"),
        new Registry(
            kind, "http://127.0.0.1:5001/", Duration.ofSeconds(30), Duration.ofSeconds(60)),
        10000,
        Map.of(),
        Duration.ofMinutes(5),
        PlatformDefinition.WhenChanged.REDO);
  }

  private static ModelRegistry open(Kind kind, String lake, Map<String, String> environment) {
    return RegistryFactory.open(platform(kind, lake), environment);
  }

  @Test
  void definitionDecidesWithoutTheVariable() {
    ModelRegistry mlflow = open(Kind.MLFLOW, "/lake", Map.of());
    assertThat(mlflow.kind()).isEqualTo("mlflow");
    assertThat(mlflow.location()).isEqualTo("http://127.0.0.1:5001");
    ModelRegistry directory = open(Kind.DIRECTORY, "/lake", Map.of());
    assertThat(directory.kind()).isEqualTo("directory");
    assertThat(directory.location()).isEqualTo("/lake/registry");
  }

  @Test
  void variableGoesBeforeTheDefinition() {
    Map<String, String> server = Map.of("MLFLOW_TRACKING_URI", "https://mlflow.example/base/");
    assertThat(open(Kind.DIRECTORY, "/lake", server).location())
        .isEqualTo("https://mlflow.example/base");
    Map<String, String> directory = Map.of("MLFLOW_TRACKING_URI", "file:///var/registry");
    assertThat(open(Kind.MLFLOW, "/lake", directory).location()).isEqualTo("/var/registry");
  }

  @ParameterizedTest
  @ValueSource(strings = {"sqlite:///mlflow.db", "databricks", "mlruns"})
  void refusesOtherAddresses(String address) {
    assertThatThrownBy(() -> open(Kind.MLFLOW, "/lake", Map.of("MLFLOW_TRACKING_URI", address)))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining(
            "Cannot use MLFLOW_TRACKING_URI=" + address + ": expected http://host:port")
        .hasFieldOrPropertyWithValue("category", ErrorCategory.DEFINITION);
  }

  @Test
  void refusesAPasswordInTheAddressAndDoesNotRepeatIt() {
    Map<String, String> environment =
        Map.of("MLFLOW_TRACKING_URI", "http://robin:secret@mlflow.example:5000");
    assertThatThrownBy(() -> open(Kind.MLFLOW, "/lake", environment))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("Cannot use MLflow at http://***@mlflow.example:5000")
        .hasMessageNotContaining("secret");
  }

  @Test
  void refusesHalfOfTheCredentials() {
    assertThatThrownBy(
            () -> open(Kind.MLFLOW, "/lake", Map.of("MLFLOW_TRACKING_USERNAME", "robin")))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("only one of MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD");
  }
}
