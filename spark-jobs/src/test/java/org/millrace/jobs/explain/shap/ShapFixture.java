package org.millrace.jobs.explain.shap;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.millrace.contracts.Json;
import org.millrace.jobs.score.onnx.OnnxModel;
import org.millrace.jobs.score.onnx.OnnxScoring;
import org.millrace.jobs.score.onnx.TreeInput;

/**
 * Models that other tools made, their training rows, and what LightGBM and shap say of the first
 * ones. Made by {@code src/test/python/make_shap.py}.
 */
record ShapFixture(String name, OnnxModel model, JsonNode expected) {
  static final int FEATURES = 6;

  static List<String> names() {
    return List.of(
        "lgbm-binary",
        "lgbm-regression",
        "skl-forest-binary",
        "skl-forest-regression",
        "skl-boosting-binary");
  }

  static ShapFixture read(String name) {
    return new ShapFixture(
        name, OnnxModel.of(name, "1", bytes(name + ".onnx")), json(name + ".json"));
  }

  static List<String> columns() {
    return IntStream.range(0, FEATURES).mapToObj(i -> "f" + i).toList();
  }

  OnnxScoring scoring() {
    return OnnxScoring.of(model).input("X", columns()).keep("id");
  }

  TreeInput input() {
    return scoring().treeInput();
  }

  /** The training rows, row by row; missing values are 0 for models that know none. */
  float[] rows() {
    boolean isFilled = expected.get("filled").asBoolean();
    JsonNode rows = json("rows.json");
    float[] values = new float[rows.size() * FEATURES];
    for (int at = 0; at < values.length; at++) {
      JsonNode value = rows.get(at / FEATURES).get(at % FEATURES);
      values[at] = value.isNull() ? (isFilled ? 0 : Float.NaN) : (float) value.asDouble();
    }

    return values;
  }

  /** Covers of the training rows. */
  NodeCovers covers() {
    TreeInput input = input();
    CoverCounter counter = new CoverCounter(input.trees());
    float[] rows = rows();
    counter.add(rows, rows.length / FEATURES);
    return counter.covers(input.sha256());
  }

  private static JsonNode json(String file) {
    try {
      return Json.MAPPER.readTree(bytes(file));
    } catch (IOException e) {
      throw new IllegalStateException("Cannot read " + file, e);
    }
  }

  private static byte[] bytes(String file) {
    try (InputStream in = ShapFixture.class.getResourceAsStream("/shap/" + file)) {
      return Objects.requireNonNull(in, file).readAllBytes();
    } catch (IOException e) {
      throw new IllegalStateException("Cannot read " + file, e);
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
