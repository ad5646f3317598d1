package org.millrace.contracts.definition;

import java.util.Optional;

/**
 * {@code conf/monitoring/*.yaml}: what is watched after publication.
 *
 * @param model registered model's name
 * @param psiWarning population stability index from which a feature counts as drifted
 * @param labelDays days after a spine day until all its labels are known; empty for the label's
 *     horizon, or a day where the spine has a label of its own
 */
public record MonitoringDefinition(String model, double psiWarning, Optional<Integer> labelDays) {
  private static final double DEFAULT_PSI_WARNING = 0.2;

  /** Where neither this definition nor one of a label says more. */
  static final int DEFAULT_LABEL_DAYS = 1;

  /** What it means. */
  public DefinitionContent content() {
    return new ContentBuilder()
        .data("psi-warning", psiWarning, DEFAULT_PSI_WARNING)
        .data("label-days", labelDays, Optional.of(DEFAULT_LABEL_DAYS))
        .build();
  }

  /** SHA-256 of what its judgements come from, but for the rows. */
  public String hash() {
    return content().dataHash();
  }

  static MonitoringDefinition read(DefinitionNode node) {
    MonitoringDefinition monitoring =
        new MonitoringDefinition(
            Names.word(node, "model"),
            node.number("psi-warning", DEFAULT_PSI_WARNING),
            node.optionalInteger("label-days", 0, 3_660));
    node.done();
    return monitoring;
  }
}
