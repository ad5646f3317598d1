package org.millrace.features.staging;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.millrace.features.lake.Lake;

/**
 * A directory of staged rows, whole or not, for whoever examines the lake. Rooms use {@link
 * StagingArea}.
 *
 * <p>Placement: driver only.
 */
public final class StagedDirectory {
  private final Lake lake;
  private final String object;
  private final Path path;

  private StagedDirectory(Lake lake, String object, Path path) {
    this.lake = requireNonNull(lake, "lake is null");
    this.object = requireNonNull(object, "object is null");
    this.path = requireNonNull(path, "path is null");
  }

  /** All directories of staged rows in a lake, by object and name. */
  public static List<StagedDirectory> all(Lake lake) {
    StagingFiles files = new StagingFiles(lake);
    List<StagedDirectory> all = new ArrayList<>();
    for (Path object : files.directories(new Path(lake.root(), "staging"))) {
      for (Path path : files.directories(object)) {
        all.add(new StagedDirectory(lake, object.getName(), path));
      }
    }

    all.sort(Comparator.comparing(StagedDirectory::path));
    return all;
  }

  /** What the rows will become. */
  public String object() {
    return object;
  }

  /** Days and attempt, as the writer named it. */
  public String name() {
    return path.getName();
  }

  /** Where it lies. */
  public String path() {
    return path.toString();
  }

  /** What is known of its rows; empty if they were never sealed. */
  public Optional<StagedManifest> manifest() {
    return new StagingFiles(lake).manifest(path);
  }

  /** Bytes of all its files. */
  public long sizeBytes() {
    try {
      return path.getFileSystem(lake.spark().sessionState().newHadoopConf())
          .getContentSummary(path)
          .getLength();
    } catch (IOException e) {
      throw StagedRows.failed("measure", path, e);
    }
  }
}
