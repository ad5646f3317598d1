package org.millrace.contracts;

import static java.util.Objects.requireNonNull;

/**
 * A Delta table pinned to one version.
 *
 * @param table qualified name, such as {@code raw.flights}
 * @param path where the table lies
 * @param version Delta version number, at least 0
 */
public record TableVersion(String table, String path, long version) {
  /** Checks that all is present. */
  public TableVersion {
    requireNonNull(table, "table is null");
    requireNonNull(path, "path is null");
    if (version < 0) {
      throw new IllegalArgumentException(
          "Cannot pin " + table + " to version " + version + ": the lowest is 0");
    }
  }

  /** {@code raw.flights@v12}: how people and MLflow see it. */
  @Override
  public String toString() {
    return table + "@v" + version;
  }
}
