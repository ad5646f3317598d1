package org.millrace.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.ZoneId;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.PlatformDefinition;
import org.millrace.contracts.definition.PlatformDefinition.Registry;
import org.millrace.contracts.definition.PlatformDefinition.Registry.Kind;
import org.millrace.contracts.registry.ModelRegistry;

class TestRegistryFactory {
  private static ModelRegistry open(Kind kind, String address, Map<String, String> environment) {
    PlatformDefinition platform =
        new PlatformDefinition(
            "/lake",
            ZoneId.of("UTC"),
            new Registry(kind, address, Duration.ofSeconds(30), Duration.ofSeconds(60)),
            Optional.empty(),
            10000,
            Map.of(),
            Duration.ofMinutes(5),
            PlatformDefinition.WhenChanged.REDO);
    return RegistryFactory.open(platform, environment);
  }

  @ParameterizedTest
  @CsvSource({
    "MLFLOW, http://127.0.0.1:5001/, http://127.0.0.1:5001",
    "MLFLOW, https://mlflow.example/base/, https://mlflow.example/base",
    "DIRECTORY, '', /lake/registry",
    "DIRECTORY, file:///var/registry, /var/registry",
    "DIRECTORY, file:/var/my%20registry, /var/my registry"
  })
  void opensWhatThePlatformNames(Kind kind, String address, String location) {
    ModelRegistry registry = open(kind, address, Map.of());

    assertThat(registry.kind()).isEqualTo(kind.name().toLowerCase(Locale.ROOT));
    assertThat(registry.location()).isEqualTo(location);
  }

  @Test
  void refusesAPasswordInTheAddressAndDoesNotRepeatIt() {
    String address = "http://robin:secret@mlflow.example:5000";
    assertThatThrownBy(() -> open(Kind.MLFLOW, address, Map.of()))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("Cannot use MLflow at http://***@mlflow.example:5000")
        .hasMessageNotContaining("secret");
  }

  @Test
  void refusesHalfOfTheCredentials() {
    assertThatThrownBy(
            () ->
                open(
                    Kind.MLFLOW,
                    "http://127.0.0.1:5001",
                    Map.of("MLFLOW_TRACKING_USERNAME", "robin")))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("only one of MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD");
  }
}
