package org.millrace.contracts.definition;

import static java.util.Objects.requireNonNull;

/**
 * The columns of a label.
 *
 * @param label 0 or 1, or for a regression a number
 * @param knownAt TIMESTAMP: when it could be known
 */
public record LabelColumns(String label, String knownAt) {
  /** Checks that both are present. */
  public LabelColumns {
    requireNonNull(label, "label is null");
    requireNonNull(knownAt, "knownAt is null");
  }
}
