package org.millrace.contracts.definition;

import java.util.List;
import java.util.Optional;

/**
 * {@code conf/monitoring/*.yaml}: what is watched after publication.
 *
 * @param model registered model's name
 * @param psiWarning population stability index from which a feature counts as drifted
 * @param driftDays how many days, until the judged one, are compared with the training set together
 * @param driftWithout features whose drift is not measured, such as the day of the week
 * @param labelDays days after a spine day until all its labels are known; empty for the label's
 *     horizon, or a day where the spine has a label of its own
 */
public record MonitoringDefinition(
    String model,
    double psiWarning,
    int driftDays,
    List<String> driftWithout,
    Optional<Integer> labelDays) {
  private static final double DEFAULT_PSI_WARNING = 0.2;

  private static final int DEFAULT_DRIFT_DAYS = 7;

  /** Where neither this definition nor one of a label says more. */
  static final int DEFAULT_LABEL_DAYS = 1;

  /** Copies the list. */
  public MonitoringDefinition {
    driftWithout = List.copyOf(driftWithout);
  }

  /** What it means. */
  public DefinitionContent content() {
    return new ContentBuilder()
        .data("psi-warning", psiWarning, DEFAULT_PSI_WARNING)
        .data("drift-days", driftDays, DEFAULT_DRIFT_DAYS)
        .data("drift-without", driftWithout.stream().sorted().toList(), List.of())
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
            node.integer("drift-days", DEFAULT_DRIFT_DAYS, 1, 366),
            node.strings("drift-without"),
            node.optionalInteger("label-days", 0, 3_660));
    node.done();
    return monitoring;
  }
}
