package org.millrace.jobs.model;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.registry.ModelContract;
import org.millrace.registry.onnx.OnnxModelInfo;

/**
 * Which output of a model has the probabilities of all classes: the one that is named, the only one
 * with a number for each class, or the one of the name {@code probabilities}. Driver only.
 *
 * @param outputs of the model
 * @param count of the classes
 * @param refusal makes the exception of a reason
 */
record ClassesOutput(
    List<OnnxModelInfo.Tensor> outputs, int count, Function<String, MillraceException> refusal) {
  private static final String USUAL = "probabilities";

  /**
   * Finds it.
   *
   * @param named by whoever registers; empty for none
   * @throws MillraceException of category DATA_CONTRACT if none suits, or more than one does
   */
  ModelContract.Score find(Optional<ModelContract.Score> named) {
    String output = named.map(this::whole).orElseGet(this::only);
    return new ModelContract.Score(output, Optional.empty());
  }

  private String whole(ModelContract.Score score) {
    OnnxModelInfo.Tensor output =
        outputs.stream()
            .filter(tensor -> tensor.name().equals(score.output()))
            .findFirst()
            .orElseThrow(
                () ->
                    refusal.apply(
                        "it has no output %s; its outputs are %s"
                            .formatted(score.output(), described())));
    if (score.part().isPresent()) {
      throw refusal.apply(
          "the task multiclass takes the probabilities of all classes, and %s is one of them; name %s"
              .formatted(score, score.output()));
    }

    if (!suits(output)) {
      throw refusal.apply(
          "its output %s is %s vs a probability for each of %d classes a row; correct 'classes' of the training definition, or export it with zipmap=False"
              .formatted(output.name(), described(output), count));
    }

    return output.name();
  }

  private String only() {
    List<String> suiting =
        outputs.stream().filter(this::suits).map(OnnxModelInfo.Tensor::name).toList();
    if (suiting.size() == 1) {
      return suiting.get(0);
    }

    if (suiting.contains(USUAL)) {
      return USUAL;
    }

    throw refusal.apply(
        "it is unknown which of its outputs %s has a probability for each of %d classes; correct 'classes' of the training definition, register it with zipmap=False, or name the output"
            .formatted(described(), count));
  }

  private boolean suits(OnnxModelInfo.Tensor output) {
    if (output.shape().size() != 2
        || !(output.type().equals("float") || output.type().equals("double"))) {
      return false;
    }

    String width = output.shape().get(1);
    boolean isOpen = !width.chars().allMatch(Character::isDigit);
    return isOpen || width.equals(Integer.toString(count));
  }

  private String described() {
    return String.join(", ", outputs.stream().map(ClassesOutput::described).toList());
  }

  private static String described(OnnxModelInfo.Tensor output) {
    return output.name() + " (" + output.type() + " " + output.shape() + ")";
  }
}
