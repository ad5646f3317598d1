package org.millrace.jobs.files;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Objects;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Paths as they are once every symbolic link and every {@code ..} is followed, so that two names of
 * one place are equal. Other file systems than that of this machine have no links. Driver only.
 */
final class RealPaths {
  private RealPaths() {}

  /** The real path; of what is not there yet, that of its nearest directory and the rest. */
  static Path real(Configuration settings, Path path) throws IOException {
    FileSystem files = path.getFileSystem(settings);
    Path qualified = files.makeQualified(path);
    if (!isLocal(files)) {
      return qualified;
    }

    java.nio.file.Path local = local(qualified);
    java.nio.file.Path existing = local;
    while (existing.getParent() != null && !Files.exists(existing)) {
      existing = existing.getParent();
    }

    return files.makeQualified(
        new Path(existing.toRealPath().resolve(existing.relativize(local)).normalize().toString()));
  }

  /** True for the file system of this machine. */
  static boolean isLocal(FileSystem files) {
    return "file".equals(files.getUri().getScheme());
  }

  /** A path of this machine's file system, as Java knows it. */
  static java.nio.file.Path local(Path path) {
    return java.nio.file.Path.of(path.toUri().getPath());
  }

  /** True if {@code inner} is {@code outer} or lies below it; both are real paths. */
  static boolean holds(Path outer, Path inner) {
    String above = outer.toUri().getPath();
    String below = inner.toUri().getPath();
    return Objects.equals(outer.toUri().getScheme(), inner.toUri().getScheme())
        && Objects.equals(outer.toUri().getAuthority(), inner.toUri().getAuthority())
        && (below.equals(above) || below.startsWith(above.endsWith("/") ? above : above + "/"));
  }
}
