package org.millrace.features.staging;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.millrace.contracts.Digest;
import org.millrace.contracts.Json;
import org.millrace.features.lake.Lake;

/** Files of staged rows, on any file system of Hadoop's. Driver only. */
final class StagingFiles {
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

  /** The manifest; empty if there is none, or it is of an earlier release. */
  Optional<StagedManifest> manifest(Path directory) {
    Path file = new Path(directory, MANIFEST);
    try {
      FileSystem files = fileSystem(directory);
      if (!files.exists(file)) {
        return Optional.empty();
      }

      try (InputStream in = files.open(file)) {
        return Optional.of(Json.MAPPER.readValue(in, StagedManifest.class));
      }
    } catch (IOException e) {
      throw StagedRows.failed("read", directory, e);
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

  /** Of the names and lengths of all data files: writers never use a name twice. */
  String digest(Path directory) {
    List<String> parts = new ArrayList<>();
    String root = directory.toUri().getPath();
    try {
      RemoteIterator<LocatedFileStatus> all = fileSystem(directory).listFiles(directory, true);
      while (all.hasNext()) {
        LocatedFileStatus file = all.next();
        String name = file.getPath().toUri().getPath().substring(root.length());
        if (file.getPath().getName().endsWith(".parquet")) {
          parts.add(name + ":" + file.getLen());
        }
      }
    } catch (IOException e) {
      throw StagedRows.failed("list", directory, e);
    }

    return Digest.sha256(parts.stream().sorted().toArray(String[]::new));
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
