package org.millrace.contracts.registry;

import static java.util.Objects.requireNonNull;

import org.millrace.contracts.Digest;
import org.millrace.contracts.TableVersion;

/**
 * A table that a run read or wrote, as lineage shows it.
 *
 * @param table pinned table
 * @param schemaJson the columns as a JSON list of {@code {"name","type"}}
 * @param rows rows used
 * @param context what for: {@code training}, {@code evaluation}, {@code scoring}, {@code
 *     predictions}, ...
 */
public record DatasetInput(TableVersion table, String schemaJson, long rows, String context) {
  /** Checks that all is present. */
  public DatasetInput {
    requireNonNull(table, "table is null");
    requireNonNull(schemaJson, "schemaJson is null");
    requireNonNull(context, "context is null");
  }

  /**
   * {@code features.origin_weather@v14}: MLflow does not show a Delta version, so the name carries
   * it.
   */
  public String name() {
    return table.toString();
  }

  /**
   * 36 hex characters over name, path, version, schema and rows: MLflow takes two datasets of one
   * name and digest for the same, and shows the first one's columns and rows for both.
   */
  public String digest() {
    return Digest.sha256(
            table.table(),
            table.path(),
            Long.toString(table.version()),
            schemaJson,
            Long.toString(rows))
        .substring(0, 36);
  }
}
