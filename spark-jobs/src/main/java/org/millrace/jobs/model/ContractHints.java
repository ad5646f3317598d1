package org.millrace.jobs.model;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.millrace.contracts.registry.ModelContract;

/**
 * What is known of a model beside its ONNX file.
 *
 * @param columns that feed an input, by the input; an input that is absent has the name of its
 *     column
 * @param matrix columns of an input that is a matrix and of which nothing else is known; empty for
 *     none
 * @param categories texts of which the model knows a list: a missing one is the empty text to it
 * @param score which output it is; empty if the outputs tell
 */
public record ContractHints(
    Map<String, List<String>> columns,
    List<String> matrix,
    Set<String> categories,
    Optional<ModelContract.Score> score) {
  /** Nothing. */
  public static final ContractHints NONE =
      new ContractHints(Map.of(), List.of(), Set.of(), Optional.empty());

  /** Copies the collections. */
  public ContractHints {
    requireNonNull(score, "score is null");
    columns = Map.copyOf(columns);
    matrix = List.copyOf(matrix);
    categories = Set.copyOf(categories);
  }
}
