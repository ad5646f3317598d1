package org.millrace.features.lake;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.Json;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.TableVersion;

/**
 * Output that waits for its audit: a Parquet directory, and a manifest that is written last and
 * makes it whole. What has no manifest was left by a killed run, and is replaced.
 *
 * <p>Placement: driver only.
 */
public final class StagedRows {
  private static final String MANIFEST = ".manifest.json";

  private final Lake lake;
  private final Path directory;
  private final Manifest manifest;

  private StagedRows(Lake lake, Path directory, Manifest manifest) {
    this.lake = lake;
    this.directory = directory;
    this.manifest = manifest;
  }

  /**
   * What is known of staged rows.
   *
   * @param object what they will become
   * @param days the days that they cover
   * @param runKey intent that made them
   * @param fingerprints by day
   * @param rows accepted rows by day; every day has an entry
   * @param inputs pinned tables that were read
   * @param facts further facts that the next room needs
   */
  public record Manifest(
      @JsonProperty("object") String object,
      @JsonProperty("days") DayRange days,
      @JsonProperty("run_key") String runKey,
      @JsonProperty("fingerprints") NavigableMap<LocalDate, String> fingerprints,
      @JsonProperty("rows") NavigableMap<LocalDate, Long> rows,
      @JsonProperty("inputs") List<TableVersion> inputs,
      @JsonProperty("facts") Map<String, String> facts) {

    /**
     * What the ledger says of these rows once they passed their audit and are visible, an entry for
     * each day.
     *
     * @param publishedBy intent that made them visible
     */
    public List<LedgerEntry> published(
        RunKey publishedBy, TableVersion output, Instant finishedAt) {
      String inputVersions = CommitNote.versionsJson(inputs);
      List<LedgerEntry> entries = new ArrayList<>();
      fingerprints.forEach(
          (day, fingerprint) -> {
            long accepted = rows.getOrDefault(day, 0L);
            entries.add(
                new LedgerEntry(
                    output.table(),
                    day,
                    fingerprint,
                    publishedBy.toString(),
                    inputVersions,
                    Long.toString(output.version()),
                    accepted,
                    accepted,
                    0,
                    "PASS",
                    finishedAt));
          });
      return entries;
    }

    /** Rows of all days. */
    public long totalRows() {
      return rows.values().stream().mapToLong(Long::longValue).sum();
    }
  }

  /** Writes rows and nothing else: call {@link #seal} when the manifest is known. */
  public static void write(Lake lake, String directory, Dataset<Row> rows) {
    rows.write().mode("overwrite").parquet(directory);
  }

  /** Makes written rows whole. */
  public static StagedRows seal(Lake lake, String directory, Manifest manifest) {
    Path path = new Path(directory);
    Path target = manifestOf(path);
    Path unfinished = new Path(target.getParent(), target.getName() + ".unfinished");
    try {
      FileSystem files = fileSystem(lake, path);
      try (OutputStream out = files.create(unfinished, true)) {
        out.write(Json.MAPPER.writeValueAsBytes(manifest));
      }

      files.delete(target, false);
      if (!files.rename(unfinished, target)) {
        throw new IOException("rename of " + unfinished + " refused");
      }
    } catch (IOException e) {
      throw failed("seal", path, e);
    }

    return new StagedRows(lake, path, manifest);
  }

  /** Whole staged rows of a directory; empty where there are none. */
  public static Optional<StagedRows> find(Lake lake, String directory) {
    Path path = new Path(directory);
    Path target = manifestOf(path);
    try {
      FileSystem files = fileSystem(lake, path);
      if (!files.exists(target)) {
        return Optional.empty();
      }

      try (InputStream in = files.open(target)) {
        return Optional.of(new StagedRows(lake, path, Json.MAPPER.readValue(in, Manifest.class)));
      }
    } catch (IOException e) {
      throw failed("read", path, e);
    }
  }

  /** All whole staged rows of an object whose days lie within a range, oldest days first. */
  public static List<StagedRows> within(Lake lake, String object, DayRange days) {
    Path parent = new Path(lake.stagingPath(object, "any")).getParent();
    List<StagedRows> found = new ArrayList<>();
    try {
      FileSystem files = fileSystem(lake, parent);
      FileStatus[] manifests = files.globStatus(new Path(parent, "*" + MANIFEST));
      for (FileStatus file : manifests == null ? new FileStatus[0] : manifests) {
        String manifest = file.getPath().toString();
        find(lake, manifest.substring(0, manifest.length() - MANIFEST.length()))
            .filter(
                staged ->
                    days.contains(staged.manifest().days().from())
                        && days.contains(staged.manifest().days().to()))
            .ifPresent(found::add);
      }
    } catch (IOException e) {
      throw failed("list", parent, e);
    }

    found.sort(Comparator.comparing(staged -> staged.manifest().days().from()));
    return List.copyOf(found);
  }

  /** What is known of them. */
  public Manifest manifest() {
    return manifest;
  }

  /** The rows. */
  public Dataset<Row> rows() {
    return lake.spark().read().parquet(directory.toString());
  }

  /** Removes them: manifest first, so that what is left by a kill in between is not whole. */
  public void discard() {
    try {
      FileSystem files = fileSystem(lake, directory);
      files.delete(manifestOf(directory), false);
      files.delete(directory, true);
    } catch (IOException e) {
      throw failed("remove", directory, e);
    }
  }

  private static Path manifestOf(Path directory) {
    return new Path(directory.getParent(), directory.getName() + MANIFEST);
  }

  private static FileSystem fileSystem(Lake lake, Path path) throws IOException {
    return path.getFileSystem(lake.spark().sessionState().newHadoopConf());
  }

  private static MillraceException failed(String verb, Path path, IOException cause) {
    return new MillraceException(
        ErrorCategory.EXTERNAL, "Cannot " + verb + " staged rows in " + path + ": " + cause, cause);
  }
}
