package org.millrace.contracts.files;

import static java.util.Objects.requireNonNull;

/**
 * Where rows go.
 *
 * @param path absolute path or URI; a directory is made there
 * @param format of the files
 * @param overwrite whether what is there is replaced; else it is refused
 */
public record OutputRequest(String path, Format format, boolean overwrite) {
  /** Checks that all is present. */
  public OutputRequest {
    requireNonNull(path, "path is null");
    requireNonNull(format, "format is null");
  }

  /** How rows are stored. */
  public enum Format {
    PARQUET,
    DELTA;

    /** Spark's name of the data source. */
    public String source() {
      return this == PARQUET ? "parquet" : "delta";
    }
  }
}
