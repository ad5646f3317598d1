package org.millrace.features.lake;

import static java.util.Objects.requireNonNull;

/**
 * The logs of a lake's tables, by their names: all that can be known of a lake without Spark.
 *
 * <p>Thread-safe.
 */
public final class LakeLogs {
  static final String DATABASE_SUFFIX = ".db";

  private final String root;
  private final LogStorage storage;

  /**
   * Names the logs of a lake; nothing is read.
   *
   * @param root directory or URI without a slash at the end
   */
  public LakeLogs(String root, LogStorage storage) {
    this.root = requireNonNull(root, "root is null");
    this.storage = requireNonNull(storage, "storage is null");
  }

  /** The lake's directory or URI. */
  public String root() {
    return root;
  }

  /** Where a table lies: {@code raw.flights} in {@code <root>/warehouse/raw.db/flights}. */
  public String path(String table) {
    int dot = table.indexOf('.');
    return root
        + "/warehouse/"
        + table.substring(0, dot)
        + DATABASE_SUFFIX
        + "/"
        + table.substring(dot + 1);
  }

  /** The log of a table, which need not be there. */
  public TableLog of(String table) {
    return TableLog.of(storage, path(table));
  }
}
