package org.millrace.registry.mlflow;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.millrace.contracts.Json;
import org.millrace.contracts.registry.ModelPackage;

/**
 * The small files of MLflow's own model directory, beside {@code model.onnx}: with them {@code
 * mlflow.pyfunc.load_model} and {@code mlflow.onnx.load_model} load the model in Python.
 *
 * <p>The signature names one tensor an input. MLflow then takes a DataFrame with a column an input
 * (any order, any number type) or a dict of {@code [rows, width]} arrays of exactly these types; a
 * signature of columns would refuse the dict and feed flat arrays to {@code [N,1]} inputs.
 */
final class ModelLayout {
  static final String ONNX = "model.onnx";
  static final String REQUIREMENTS =
      """
      mlflow==3.17.2
      onnx==1.23.2
      onnxruntime==1.31.1
      """;
  private static final String PYTHON_ENV =
      """
      python: '3.11'
      build_dependencies:
      - pip
      dependencies:
      - -r requirements.txt
      """;

  private ModelLayout() {}

  /**
   * @param created when the model was made; fixed, so that a second upload writes the same bytes
   */
  static Map<String, byte[]> files(
      ModelPackage model, String runId, String modelId, Instant created) {
    Map<String, byte[]> files = new TreeMap<>(model.files());
    files.put("MLmodel", utf8(description(model, runId, modelId, created)));
    files.put("requirements.txt", utf8(REQUIREMENTS));
    files.put("python_env.yaml", utf8(PYTHON_ENV));
    return files;
  }

  private static String description(
      ModelPackage model, String runId, String modelId, Instant created) {
    return """
        artifact_path: %s
        flavors:
          onnx:
            data: model.onnx
            providers:
            - CPUExecutionProvider
          python_function:
            data: model.onnx
            env:
              virtualenv: python_env.yaml
            loader_module: mlflow.onnx
            python_version: '3.11'
        mlflow_version: 3.17.2
        model_id: %s
        run_id: %s
        %sutc_time_created: '%s'
        """
        .formatted(
            model.name(),
            modelId,
            runId,
            signature(model),
            created.toString().replace('T', ' ').replace("Z", ""));
  }

  /** Without one, MLflow takes whatever ONNX Runtime does; an empty one takes nothing. */
  private static String signature(ModelPackage model) {
    if (model.inputs().isEmpty()) {
      return "";
    }

    String outputs =
        model.outputs().isEmpty() ? "" : "  outputs: " + quoted(tensors(model.outputs())) + "\n";
    return "signature:\n  inputs: " + quoted(tensors(model.inputs())) + "\n" + outputs;
  }

  /** A YAML single-quoted scalar: MLflow wants JSON inside a string, not a YAML list. */
  private static String quoted(String json) {
    return "'" + json.replace("'", "''") + "'";
  }

  static String tensors(List<ModelPackage.Field> fields) {
    ArrayNode list = Json.MAPPER.createArrayNode();
    for (ModelPackage.Field field : fields) {
      ObjectNode tensor =
          list.addObject().put("name", field.name()).put("type", "tensor").putObject("tensor-spec");
      tensor.put("dtype", numpyType(field.type())).putArray("shape").add(-1).add(field.width());
    }
    return list.toString();
  }

  private static String numpyType(String type) {
    return switch (type) {
      case "float" -> "float32";
      case "double" -> "float64";
      case "long" -> "int64";
      case "int" -> "int32";
      case "string" -> "str";
      default ->
          throw new IllegalArgumentException(
              "Cannot describe a tensor of type "
                  + type
                  + " to MLflow: expected float, double, long, int or string");
    };
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
