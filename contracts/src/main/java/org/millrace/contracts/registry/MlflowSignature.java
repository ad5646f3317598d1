package org.millrace.contracts.registry;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.millrace.contracts.Json;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * The columns that a model is fed from, as the {@code MLmodel} file beside it names them.
 *
 * @param columns in order
 * @see <a href="https://mlflow.org/docs/latest/ml/model/signatures/">signatures of MLflow</a>
 */
public record MlflowSignature(List<String> columns) {
  /** Copies the list. */
  public MlflowSignature {
    columns = List.copyOf(columns);
  }

  /**
   * Reads a signature.
   *
   * @param mlmodel text of the file
   * @return empty if it has none, or one of tensors without names
   */
  public static Optional<MlflowSignature> read(String mlmodel) {
    try {
      Object file = new Load(LoadSettings.builder().build()).loadFromString(mlmodel);
      return file instanceof Map<?, ?> map
              && map.get("signature") instanceof Map<?, ?> signature
              && signature.get("inputs") instanceof String inputs
          ? columns(Json.MAPPER.readTree(inputs))
          : Optional.empty();
    } catch (YamlEngineException | JsonProcessingException e) {
      return Optional.empty(); // another program's file, of a form that is not known here
    }
  }

  private static Optional<MlflowSignature> columns(JsonNode inputs) {
    List<String> names = new ArrayList<>();
    for (JsonNode input : requireNonNull(inputs, "inputs is null")) {
      JsonNode name = input.path("name");
      if (!name.isTextual()) {
        return Optional.empty();
      }

      names.add(name.asText());
    }

    return names.isEmpty() ? Optional.empty() : Optional.of(new MlflowSignature(names));
  }
}
