package org.millrace.features.staging;

import static java.util.Objects.requireNonNull;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.DataFrameWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.FaultPoint;
import org.millrace.features.lake.Lake;

/**
 * Where an object's output waits for its audit: {@code staging/<object>/<days>.<attempt>}, one
 * directory for each attempt.
 *
 * <p>Placement: driver only.
 */
public final class StagingArea {
  private final Lake lake;
  private final String object;
  private final StagingFiles files;

  /** The area of an object; nothing is made. */
  public StagingArea(Lake lake, String object) {
    this.lake = requireNonNull(lake, "lake is null");
    this.object = requireNonNull(object, "object is null");
    this.files = new StagingFiles(lake);
  }

  /** Rows that are being staged: written, then counted, then sealed. */
  public final class Draft {
    private final Path directory;

    private Draft(Path directory) {
      this.directory = directory;
    }

    /** Writes the rows, in directories of these columns' values if there are any. */
    public Dataset<Row> write(Dataset<Row> rows, String... partitionColumns) {
      DataFrameWriter<Row> writer = rows.write().mode("overwrite");
      writer.partitionBy(partitionColumns).parquet(directory.toString());
      FaultPoint.AFTER_STAGING_WRITE.reached(object);
      return lake.spark().read().schema(rows.schema()).parquet(directory.toString());
    }

    /** Makes written rows whole. */
    public StagedRows seal(StagedManifest manifest) {
      StagedManifest sealed = manifest.withDigest(files.digest(directory));
      files.seal(directory, sealed);
      FaultPoint.AFTER_SEAL.reached(object);
      return new StagedRows(lake, directory, sealed);
    }
  }

  /**
   * A directory for rows of these days, that of this attempt alone.
   *
   * @param attempt distinct for each start of the program
   */
  public Draft draft(DayRange days, String attempt) {
    return new Draft(new Path(parent(), days + "." + attempt));
  }

  /** Whole staged rows that are as wanted; the newest name if there are several. */
  public Optional<StagedRows> find(Predicate<StagedManifest> wanted) {
    return whole().stream()
        .filter(staged -> wanted.test(staged.manifest()))
        .max(Comparator.comparing(StagedRows::directory));
  }

  /** All whole staged rows, oldest days first. */
  public List<StagedRows> whole() {
    List<StagedRows> found = new ArrayList<>();
    files.directories(parent()).forEach(path -> StagedRows.of(lake, path).ifPresent(found::add));
    found.sort(Comparator.comparing(staged -> staged.manifest().days().from()));
    return found;
  }

  /**
   * Removes what lies within some days and is not to be kept: batches of other definitions,
   * champions or inputs, and what killed attempts left. Only who holds the lease of these days may
   * call this: no other attempt is at work on them then.
   *
   * @return the names of the directories that were removed
   */
  public List<String> sweep(DayRange days, Predicate<StagedManifest> kept) {
    return sweepWhere(of -> days.contains(of.from()) && days.contains(of.to()), kept);
  }

  /**
   * Removes the output of all attempts, whatever their days: for a table that is replaced as a
   * whole. Directories of other names are left alone. Only who holds the lease of the whole object
   * may call this: no other attempt is at work on it then.
   *
   * @return the names of the directories that were removed
   */
  public List<String> sweepAll() {
    return sweepWhere(days -> true, staged -> false);
  }

  private List<String> sweepWhere(Predicate<DayRange> asked, Predicate<StagedManifest> kept) {
    List<String> removed = new ArrayList<>();
    for (Path directory : files.directories(parent())) {
      boolean isAsked = daysOf(directory.getName()).filter(asked).isPresent();
      if (isAsked && files.manifest(directory).filter(kept).isEmpty()) {
        files.remove(directory);
        removed.add(directory.getName());
      }
    }

    return removed;
  }

  private Path parent() {
    return new Path(lake.stagingPath(object, "any")).getParent();
  }

  private static Optional<DayRange> daysOf(String name) {
    int attempt = name.indexOf('.');
    if (attempt < 0) {
      return Optional.empty(); // of an earlier release, whose directories had no attempt
    }

    String days = name.substring(0, attempt);
    String[] ends = days.split("_", -1);
    try {
      return Optional.of(
          new DayRange(LocalDate.parse(ends[0]), LocalDate.parse(ends[ends.length - 1])));
    } catch (DateTimeException e) {
      return Optional.empty(); // not one of ours: left alone
    }
  }
}
