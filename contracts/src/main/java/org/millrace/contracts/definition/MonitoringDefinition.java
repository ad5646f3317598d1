package org.millrace.contracts.definition;

/**
 * {@code conf/monitoring/*.yaml}: what is watched after publication.
 *
 * @param model registered model's name
 * @param psiWarning population stability index from which a feature counts as drifted
 * @param labelDays days after a spine day until all its labels are known
 * @param hash SHA-256 of the definition file
 */
public record MonitoringDefinition(String model, double psiWarning, int labelDays, String hash) {
  static MonitoringDefinition read(DefinitionNode node, String hash) {
    MonitoringDefinition monitoring =
        new MonitoringDefinition(
            Names.word(node, "model"),
            node.number("psi-warning", 0.2),
            node.integer("label-days", 1, 0, 3_660),
            hash);
    node.done();
    return monitoring;
  }
}
