package org.millrace.jobs.model;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.InputColumns;
import org.millrace.contracts.registry.ModelContract;

/**
 * What a person asks to register.
 *
 * @param onnx the file
 * @param inputs file that names the columns of inputs; empty if inputs have the names of columns
 * @param output which output is the score, {@code probabilities[1]}; empty if only one is sensible
 * @param golden Parquet file of rows with the scores that the model's own library gave; empty for
 *     none
 * @param by the person's user name
 */
public record RegistrationRequest(
    Path onnx, Optional<Path> inputs, Optional<String> output, Optional<Path> golden, String by) {
  private static final Pattern OUTPUT = Pattern.compile("(.+?)(?:\\[([^\\[\\]]+)])?");

  /** Checks that all is present. */
  public RegistrationRequest {
    requireNonNull(onnx, "onnx is null");
    requireNonNull(inputs, "inputs is null");
    requireNonNull(output, "output is null");
    requireNonNull(golden, "golden is null");
    requireNonNull(by, "by is null");
  }

  /**
   * What is known of the model beside its file.
   *
   * @param categories texts of which the pipeline's models know lists
   * @throws MillraceException of category DEFINITION if the file of inputs cannot be used
   */
  public ContractHints hints(List<String> categories) {
    return new ContractHints(
        inputs.map(InputColumns::read).orElse(Map.of()),
        List.of(),
        Set.copyOf(categories),
        output.map(RegistrationRequest::score));
  }

  private static ModelContract.Score score(String text) {
    Matcher parts = OUTPUT.matcher(text);
    if (!parts.matches()) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot use '%s' as an output: expected its name, or a part of it such as probabilities[1]"
              .formatted(text));
    }

    return new ModelContract.Score(parts.group(1), Optional.ofNullable(parts.group(2)));
  }
}
