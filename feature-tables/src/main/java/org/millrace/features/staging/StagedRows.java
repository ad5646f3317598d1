package org.millrace.features.staging;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.features.lake.Lake;

/**
 * Output of one attempt that waits for its audit: a directory of its own, of Parquet files and a
 * manifest that is written last and makes it whole. No other attempt ever writes there.
 *
 * <p>Placement: driver only. Not thread-safe.
 */
public final class StagedRows {
  private final Lake lake;
  private final StagingFiles files;
  private final Path directory;
  private final StagedManifest manifest;

  /** What was listed when the bytes were read and found to be those that were sealed. */
  private String verified = "";

  /** Schema of the verified files; null before. Reading it is a Spark job. */
  private @Nullable StructType schema;

  StagedRows(Lake lake, Path directory, StagedManifest manifest) {
    this.lake = requireNonNull(lake, "lake is null");
    this.files = new StagingFiles(lake);
    this.directory = requireNonNull(directory, "directory is null");
    this.manifest = requireNonNull(manifest, "manifest is null");
  }

  /** What is known of them. */
  public StagedManifest manifest() {
    return manifest;
  }

  /** Where they lie. */
  public String directory() {
    return directory.toString();
  }

  /**
   * The rows. The bytes of all files are read first, once while their names, lengths and ages stay.
   *
   * @throws MillraceException of category DATA_CONTRACT if the files are not those that were sealed
   */
  public Dataset<Row> rows() {
    String listing = files.listing(directory);
    if (schema == null || !listing.equals(verified)) {
      requireSealed();
      schema = lake.spark().read().parquet(directory.toString()).schema();
      verified = listing;
    }

    return lake.spark().read().schema(schema).parquet(directory.toString());
  }

  private void requireSealed() {
    if (!files.digest(directory).equals(manifest.digest())) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot use the staged rows in "
              + directory
              + ": their files changed since they were sealed; delete the directory and stage the"
              + " days again");
    }
  }

  /** Removes them: manifest first, so that what is left by a kill in between is not whole. */
  public void discard() {
    files.remove(directory);
  }

  /** The whole staged rows of a directory; empty if they were never sealed. */
  static Optional<StagedRows> of(Lake lake, Path directory) {
    return new StagingFiles(lake)
        .manifest(directory)
        .map(manifest -> new StagedRows(lake, directory, manifest));
  }

  static MillraceException failed(String verb, Path path, IOException cause) {
    return new MillraceException(
        ErrorCategory.EXTERNAL, "Cannot " + verb + " staged rows in " + path + ": " + cause, cause);
  }
}
