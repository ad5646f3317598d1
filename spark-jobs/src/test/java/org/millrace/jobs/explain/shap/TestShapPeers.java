package org.millrace.jobs.explain.shap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.millrace.jobs.score.onnx.TreeInput;

/** Covers and contributions against LightGBM, scikit-learn and the package shap. */
final class TestShapPeers {
  private static final double TOLERANCE = 1e-5;

  static List<String> names() {
    return ShapFixture.names();
  }

  @ParameterizedTest
  @MethodSource("names")
  void coversAreTheTrainersOwn(String name) {
    ShapFixture fixture = ShapFixture.read(name);
    NodeCovers covers = fixture.covers();

    JsonNode wanted = fixture.expected().get("covers");
    long[] branches = covers.branches(fixture.input().trees());
    assertThat(branches).hasSizeGreaterThan(20).isEqualTo(flat(wanted.get("branches")));
    assertThat(Arrays.stream(covers.leaves()).flatMapToLong(Arrays::stream).toArray())
        .isEqualTo(flat(wanted.get("leaves")));
  }

  private static long[] flat(JsonNode lists) {
    List<Long> all = new ArrayList<>();
    lists.forEach(list -> list.forEach(one -> all.add(one.asLong())));
    return all.stream().mapToLong(Long::longValue).toArray();
  }

  @ParameterizedTest
  @MethodSource("names")
  void contributionsAreTheirs(String name) {
    ShapFixture fixture = ShapFixture.read(name);
    TreeInput input = fixture.input();
    ShapModel model = ShapModel.of(input.sha256(), input.trees(), fixture.covers());
    int rows = fixture.expected().get("raw").size();
    double[] contributions = new double[rows * ShapFixture.FEATURES];
    double[] rawScores = new double[rows];
    new TreeShap(model).explain(fixture.rows(), rows, contributions, rawScores);

    assertThat(rows).isEqualTo(40);
    for (int row = 0; row < rows; row++) {
      double raw = fixture.expected().get("raw").get(row).asDouble();
      assertThat(rawScores[row]).as("row %d", row).isCloseTo(raw, within(TOLERANCE));
    }

    int compared = 0;
    for (String peer : List.of("lightgbm", "shap")) {
      JsonNode wanted = fixture.expected().get(peer);
      if (wanted != null) {
        assertThat(model.base())
            .as("base of %s", peer)
            .isCloseTo(wanted.get("base").asDouble(), within(TOLERANCE));
        assertSame(peer, contributions, wanted.get("contributions"));
        compared++;
      }
    }

    assertThat(compared).isEqualTo(name.startsWith("lgbm") ? 2 : 1);
  }

  private static void assertSame(String peer, double[] contributions, JsonNode wanted) {
    for (int at = 0; at < contributions.length; at++) {
      int row = at / ShapFixture.FEATURES;
      int column = at % ShapFixture.FEATURES;
      assertThat(contributions[at])
          .as("%s, row %d, column %d", peer, row, column)
          .isCloseTo(wanted.get(row).get(column).asDouble(), within(TOLERANCE));
    }
  }
}
