package org.millrace.jobs.model;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.millrace.contracts.registry.ModelContract;

/** A contract in sentences, for people who did not write it. Stateless. */
public final class ContractText {
  private ContractText() {}

  /**
   * What a derived contract reads, gives and does with missing values.
   *
   * @param owner whose contract it is
   */
  public static List<String> lines(String owner, ModelContract contract) {
    List<String> lines = new ArrayList<>();
    lines.add(
        owner
            + " came without a contract.json, so that its contract is derived from its ONNX file");
    lines.add(
        "it reads %d inputs from %d columns, of spine %s%s"
            .formatted(
                contract.inputs().size(),
                contract.columns().size(),
                contract.spine().name(),
                contract.views().isEmpty()
                    ? ""
                    : " and views "
                        + contract.views().stream()
                            .map(ModelContract.View::name)
                            .collect(Collectors.joining(", "))));
    contract.inputs().stream()
        .filter(input -> !input.columns().equals(List.of(input.name())))
        .forEach(
            input ->
                lines.add("input " + input.name() + " is " + String.join(", ", input.columns())));
    lines.add(
        contract.classes().isEmpty()
            ? "its score is " + contract.score()
            : "its output %s has the probabilities of %s"
                .formatted(contract.score(), String.join(", ", contract.classes())));
    String strict =
        contract.inputs().stream()
            .filter(input -> input.nulls() == ModelContract.Nulls.REJECT)
            .map(ModelContract.Input::name)
            .collect(Collectors.joining(", "));
    if (!strict.isEmpty()) {
      lines.add("a missing value fails the run for " + strict);
    }

    return lines;
  }
}
