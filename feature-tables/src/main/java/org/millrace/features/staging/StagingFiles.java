package org.millrace.features.staging;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.millrace.contracts.Digest;
import org.millrace.contracts.Json;
import org.millrace.features.lake.Lake;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Files of staged rows, on any file system of Hadoop's. Driver only. */
final class StagingFiles {
  private static final Logger LOG = LoggerFactory.getLogger(StagingFiles.class);

  /** Spark does not read names that begin so. */
  private static final String MANIFEST = "_manifest.json";

  private final Lake lake;

  StagingFiles(Lake lake) {
    this.lake = lake;
  }

  /** The directories below a parent, whole or not; none if there is no parent. */
  List<Path> directories(Path parent) {
    List<Path> found = new ArrayList<>();
    try {
      FileSystem files = fileSystem(parent);
      if (files.exists(parent)) {
        for (FileStatus status : files.listStatus(parent)) {
          if (status.isDirectory()) {
            found.add(status.getPath());
          }
        }
      }
    } catch (IOException e) {
      throw StagedRows.failed("list", parent, e);
    }

    return found;
  }

  /**
   * The manifest; empty if there is none, or none that can be understood: rows without one are not
   * whole.
   */
  Optional<StagedManifest> manifest(Path directory) {
    Path file = new Path(directory, MANIFEST);
    try {
      FileSystem files = fileSystem(directory);
      if (!files.exists(file)) {
        return Optional.empty();
      }

      try (InputStream in = files.open(file)) {
        return parse(file, in.readAllBytes());
      }
    } catch (ChecksumException e) {
      LOG.warn("Cannot read {}, it counts as absent: {}", file, e.toString());
      return Optional.empty();
    } catch (IOException e) {
      throw StagedRows.failed("read", directory, e);
    }
  }

  private static Optional<StagedManifest> parse(Path file, byte[] json) {
    try {
      return Optional.ofNullable(Json.MAPPER.readValue(json, StagedManifest.class));
    } catch (IOException e) { // of bytes in memory: they are no manifest
      LOG.warn("Cannot read {}, it counts as absent: {}", file, e.toString());
      return Optional.empty();
    }
  }

  /** Writes the manifest: whole in one step. */
  void seal(Path directory, StagedManifest manifest) {
    Path unfinished = new Path(directory, MANIFEST + ".unfinished");
    try {
      FileSystem files = fileSystem(directory);
      try (OutputStream out = files.create(unfinished, true)) {
        out.write(Json.MAPPER.writeValueAsBytes(manifest));
      }

      if (!files.rename(unfinished, new Path(directory, MANIFEST))) {
        throw new IOException("rename of " + unfinished + " refused");
      }
    } catch (IOException e) {
      throw StagedRows.failed("seal", directory, e);
    }
  }

  /** The names, lengths and ages of all data files: equal ones were not written meanwhile. */
  String listing(Path directory) {
    List<String> parts = new ArrayList<>();
    dataFiles(directory)
        .forEach(
            (name, file) ->
                parts.add(name + ":" + file.getLen() + ":" + file.getModificationTime()));
    return String.join("\n", parts);
  }

  /** SHA-256 of the names and the bytes of all data files, which are read for it. */
  String digest(Path directory) {
    List<String> parts = new ArrayList<>();
    dataFiles(directory).forEach((name, file) -> parts.add(name + ":" + digest(file)));
    return Digest.sha256(parts.toArray(String[]::new));
  }

  private String digest(FileStatus file) {
    try (InputStream in = fileSystem(file.getPath()).open(file.getPath())) {
      return Digest.sha256(in);
    } catch (ChecksumException e) {
      LOG.warn("Cannot read {}: {}", file.getPath(), e.toString());
      return "damaged"; // equal to no digest
    } catch (IOException e) {
      throw StagedRows.failed("read", file.getPath(), e);
    }
  }

  private SortedMap<String, FileStatus> dataFiles(Path directory) {
    SortedMap<String, FileStatus> found = new TreeMap<>();
    String root = directory.toUri().getPath();
    try {
      RemoteIterator<LocatedFileStatus> all = fileSystem(directory).listFiles(directory, true);
      while (all.hasNext()) {
        LocatedFileStatus file = all.next();
        if (file.getPath().getName().endsWith(".parquet")) {
          found.put(file.getPath().toUri().getPath().substring(root.length()), file);
        }
      }
    } catch (IOException e) {
      throw StagedRows.failed("list", directory, e);
    }

    return found;
  }

  void remove(Path directory) {
    try {
      FileSystem files = fileSystem(directory);
      files.delete(new Path(directory, MANIFEST), false);
      files.delete(directory, true);
    } catch (IOException e) {
      throw StagedRows.failed("remove", directory, e);
    }
  }

  private FileSystem fileSystem(Path path) throws IOException {
    return path.getFileSystem(lake.spark().sessionState().newHadoopConf());
  }
}
