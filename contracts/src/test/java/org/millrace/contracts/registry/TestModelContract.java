package org.millrace.contracts.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Task;

class TestModelContract {
  private static final ModelContract CONTRACT =
      contract(
          List.of(
              new GoldenRow(Arrays.asList(0.1, 7L, "AA"), 0.25),
              new GoldenRow(Arrays.asList(null, null, null), -0.0),
              new GoldenRow(Arrays.asList(Double.NaN, 1L << 60, ""), Double.MIN_VALUE),
              new GoldenRow(Arrays.asList(Double.NEGATIVE_INFINITY, -1L, "NaN"), 1)));

  private static ModelContract contract(List<GoldenRow> golden) {
    return new ModelContract(
        ModelContract.SCHEMA,
        Task.BINARY,
        new ModelContract.Spine("flights", "s1"),
        List.of(new ModelContract.View("weather", "d1", "l1")),
        List.of(
            input("t", "weather__temp", "float", ModelContract.Kind.NUMERIC),
            input("distance", "distance", "long", ModelContract.Kind.NUMERIC),
            input("carrier", "carrier", "string", ModelContract.Kind.CATEGORICAL)),
        List.of(new ModelContract.Output("score", "float")),
        new ModelContract.Score("score", Optional.empty()),
        new ModelContract.Label("is_late", "known"),
        Optional.of("training.m@v3"),
        Optional.of("abc"),
        golden);
  }

  private static ModelContract.Input input(
      String name, String column, String type, ModelContract.Kind kind) {
    return new ModelContract.Input(name, column, type, kind, ModelContract.Nulls.IMPUTE);
  }

  @Test
  void readsBackWhatItWroteNullsAndNotANumberKeptApart() {
    ModelContract read = ModelContract.fromJson(CONTRACT.toJson(), "m/1");

    assertThat(read).isEqualTo(CONTRACT);
    assertThat(read.golden().get(1).inputs()).containsExactly(null, null, null);
    assertThat(read.golden().get(2).inputs()).containsExactly(Double.NaN, 1L << 60, "");
    assertThat(read.golden().get(3).inputs().get(2)).as("a text").isEqualTo("NaN");
    assertThat(read.columns()).containsExactly("weather__temp", "distance", "carrier");
  }

  private static ModelContract ofClasses(Task task, List<String> classes, Optional<String> part) {
    return new ModelContract(
        ModelContract.SCHEMA,
        task,
        classes,
        CONTRACT.spine(),
        CONTRACT.views(),
        CONTRACT.inputs(),
        List.of(new ModelContract.Output("probabilities", "float")),
        new ModelContract.Score("probabilities", part),
        CONTRACT.label(),
        Optional.empty(),
        Optional.empty(),
        classes.isEmpty()
            ? List.of()
            : List.of(GoldenRow.ofClasses(Arrays.asList(0.1, 7L, "AA"), List.of(0.2, 0.7, 0.1))));
  }

  @Test
  void classesAndTheirProbabilitiesReadBackAndOtherContractsAreAsBefore() {
    List<String> classes = List.of("early", "on time", "3");
    ModelContract contract = ofClasses(Task.MULTICLASS, classes, Optional.empty());

    ModelContract read = ModelContract.fromJson(contract.toJson(), "m/1");

    assertThat(read).isEqualTo(contract);
    assertThat(read.classes()).containsExactlyElementsOf(classes);
    assertThat(read.golden().get(0).score()).isEqualTo(0.7);
    assertThat(read.golden().get(0).scores()).containsExactly(0.2, 0.7, 0.1);
    assertThat(CONTRACT.golden().get(0).scores()).containsExactly(0.25);
    assertThat(CONTRACT.toJson()).doesNotContain("classes", "probabilities");
  }

  @Test
  void classesThatTheTaskDoesNotHaveAreRefused() {
    assertThatThrownBy(() -> ofClasses(Task.MULTICLASS, List.of(), Optional.empty()))
        .hasMessageContaining("expected different classes for the task multiclass");
    assertThatThrownBy(() -> ofClasses(Task.BINARY, List.of("a", "b", "c"), Optional.empty()))
        .hasMessageContaining("none for others, was given [a, b, c] for binary");
    assertThatThrownBy(() -> ofClasses(Task.MULTICLASS, List.of("a", "b", "a"), Optional.empty()))
        .hasMessageContaining("expected different classes");
    assertThatThrownBy(() -> ofClasses(Task.MULTICLASS, List.of("a", "b", "c"), Optional.of("1")))
        .hasMessageContaining("a whole output, was given probabilities[1]");
  }

  @Test
  void numbersReadBackBitForBit() {
    SplittableRandom random = new SplittableRandom(11);
    List<GoldenRow> rows =
        IntStream.range(0, 2_000)
            .mapToObj(
                i ->
                    new GoldenRow(
                        List.of((double) finite(random), random.nextLong(), ""),
                        Double.longBitsToDouble(random.nextLong())))
            .filter(row -> Double.isFinite(row.score()))
            .toList();

    List<GoldenRow> read = ModelContract.fromJson(contract(rows).toJson(), "m/1").golden();

    assertThat(read).isEqualTo(rows); // records compare the bits of doubles
  }

  private static float finite(SplittableRandom random) {
    float number = Float.intBitsToFloat(random.nextInt());
    return Float.isFinite(number) ? number : 0.1f;
  }

  @Test
  void whatALaterReleaseAddsIsIgnored() {
    String later =
        CONTRACT
            .toJson()
            .replaceFirst("\\{", "{\"weights\": {\"of\": [1]},")
            .replaceFirst("\"knownAt\"", "\"unit\": \"1\", \"knownAt\"");

    assertThat(ModelContract.fromJson(later, "m/1")).isEqualTo(CONTRACT);
  }

  @Test
  void aNewerFormIsRefused() {
    String newer = CONTRACT.toJson().replaceFirst("\"schema\" : 1", "\"schema\" : 2");

    assertThatThrownBy(() -> ModelContract.fromJson(newer, "m/4"))
        .isInstanceOf(MillraceException.class)
        .hasFieldOrPropertyWithValue("category", ErrorCategory.DATA_CONTRACT)
        .hasMessage(
            "Cannot read the contract of m/4: its schema version is 2, this release reads up to 1;"
                + " use the release that registered it, or a later one");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"schema\" : 1 | \"form\" : 1 | it names no schema version",
        "\"inputs\" : | \"in\" : | inputs is null",
        "\"task\" : \"BINARY | \"task\" : \"TERNARY | TERNARY_CLASSIFICATION",
        "\"output\" : \"score\" | \"output\" : \"odds\" | the score 'odds' is none of the outputs"
            + " [score]",
        "\"name\" : \"distance\" | \"name\" : \"t\" | expected inputs of different names",
        "0.1, 7, \"AA\" | 0.1, \"AA\" | a golden row has 2 values vs 3 inputs",
        "0.1, 7, \"AA\" | \"x\", 7, \"AA\" | a golden row has 'x' for the number t",
        "0.1, 7, \"AA\" | 0.1, 7, 8 | a golden row has 8 for the text carrier",
        "\"task\" : | \"task\" | character",
      })
  void aDamagedContractIsRefusedWithItsReason(String from, String to, String reason) {
    String whole = CONTRACT.toJson();
    String damaged = whole.replace(from, to);
    assertThat(damaged).isNotEqualTo(whole);

    assertThatThrownBy(() -> ModelContract.fromJson(damaged, "m/4"))
        .isInstanceOf(MillraceException.class)
        .hasFieldOrPropertyWithValue("category", ErrorCategory.DATA_CONTRACT)
        .hasMessageStartingWith("Cannot read the contract of m/4: ")
        .hasMessageContaining(reason)
        .hasMessageEndingWith("; register the version again with a whole contract.json");
  }
}
