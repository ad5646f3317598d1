package org.millrace.jobs.model;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.registry.ModelContract;
import org.millrace.registry.onnx.OnnxInspector;

/** Models of three classes that other tools wrote. */
class TestClassesOutput {
  private static ModelContract.Score find(String model, int classes, Optional<String> named)
      throws URISyntaxException {
    Path file =
        Path.of(
            requireNonNull(
                    TestClassesOutput.class.getResource("/onnx-corpus/" + model + ".onnx"), model)
                .toURI());
    return new ClassesOutput(
            OnnxInspector.inspect(file).outputs(),
            classes,
            reason -> new MillraceException(ErrorCategory.DATA_CONTRACT, reason))
        .find(
            named.map(
                output ->
                    new ModelContract.Score(
                        output.replace("[1]", ""),
                        output.endsWith("[1]") ? Optional.of("1") : Optional.empty())));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"skl-logistic-plain", "skl-forest-plain", "skl-boosting-multi", "xgb-multi"})
  void theOutputWithANumberForEachClassIsFound(String model) throws URISyntaxException {
    assertThat(find(model, 3, Optional.empty()))
        .isEqualTo(new ModelContract.Score("probabilities", Optional.empty()));
    assertThat(find(model, 3, Optional.of("probabilities")))
        .isEqualTo(find(model, 3, Optional.empty()));
  }

  @ParameterizedTest
  @CsvSource({"skl-logistic-zipmap, 3", "lgbm-multi-zipmap, 3", "skl-logistic-plain, 4"})
  void mapsAndOtherNumbersOfClassesAreRefused(String model, int classes) {
    assertThatThrownBy(() -> find(model, classes, Optional.empty()))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("it is unknown which of its outputs ")
        .hasMessageContaining("for each of " + classes + " classes");
  }

  @Test
  void aNamedOneHasAllClasses() {
    assertThatThrownBy(() -> find("skl-logistic-plain", 3, Optional.of("probabilities[1]")))
        .hasMessageContaining(
            "takes the probabilities of all classes, and probabilities[1] is one");
    assertThatThrownBy(() -> find("skl-logistic-plain", 4, Optional.of("probabilities")))
        .hasMessageContaining("vs a probability for each of 4 classes a row; correct 'classes'");
    assertThatThrownBy(() -> find("skl-logistic-plain", 3, Optional.of("p")))
        .hasMessageContaining("it has no output p; its outputs are label");
  }
}
