package org.millrace.features.input;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.sql.catalyst.catalog.ExternalCatalogUtils;
import org.millrace.contracts.Causes;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.InputFiles;
import org.millrace.contracts.MillraceException;

/**
 * The files of an input, on any file system. Driver only.
 *
 * @param base the file or directory that was named, or of a pattern the last directory before its
 *     first wildcard
 * @param files in the order of their names, at least one
 */
record FoundFiles(Path base, List<Path> files) {
  /** Spark's own option, by which a path with wildcards in it is taken as it is. */
  static final String GLOBS = "__globPaths__";

  private static final String NO_VALUE = "__HIVE_DEFAULT_PARTITION__";

  /** Copies the list. */
  FoundFiles {
    files = List.copyOf(files);
  }

  /**
   * Lists them now.
   *
   * @throws MillraceException INPUT_MISSING if there is nothing to read; EXTERNAL if the file
   *     system does not answer
   */
  static FoundFiles list(Configuration hadoop, String location) {
    Path path = new Path(location);
    URI uri = path.toUri();
    if (uri.getScheme() == null || uri.getScheme().equals("file")) {
      InputFiles local = InputFiles.list(java.nio.file.Path.of(uri.getPath()));
      List<Path> files = local.files().stream().map(file -> new Path(file.toUri())).toList();
      Path base = new Path(new Path(local.base().toUri()).toString()); // no slash at its end
      return new FoundFiles(base, files);
    }

    try {
      return remote(path.getFileSystem(hadoop), path);
    } catch (FileNotFoundException e) {
      throw missing(location);
    } catch (IOException e) {
      throw Causes.reading(location, e);
    }
  }

  private static FoundFiles remote(FileSystem system, Path path) throws IOException {
    boolean isPattern = InputFiles.isPattern(path.toString()) && !system.exists(path);
    FileStatus[] roots = system.globStatus(path);
    List<Path> files = new ArrayList<>();
    for (FileStatus root : roots == null ? new FileStatus[0] : roots) {
      if (isPattern && InputFiles.isHidden(root.getPath().getName())) {
        continue;
      }

      RemoteIterator<LocatedFileStatus> below = system.listFiles(root.getPath(), true);
      while (below.hasNext()) {
        Path file = below.next().getPath();
        if (isRead(root.getPath(), file)) {
          files.add(file);
        }
      }
    }

    if (files.isEmpty()) {
      throw missing(path.toString());
    }

    Path base = path;
    while (isPattern && base.getParent() != null && InputFiles.isPattern(base.toString())) {
      base = base.getParent();
    }

    return new FoundFiles(base, files.stream().sorted().toList());
  }

  private static boolean isRead(Path root, Path file) {
    for (Path part = file; part != null && !part.equals(root); part = part.getParent()) {
      if (InputFiles.isHidden(part.getName())) {
        return false;
      }
    }

    return true;
  }

  private static MillraceException missing(String location) {
    return new MillraceException(
        ErrorCategory.INPUT_MISSING,
        "Cannot read "
            + location
            + ": no file is there; check the path, or run again when its files have arrived");
  }

  /**
   * What the names of directories between the base and a file say: {@code code=007} names column
   * code and its value. A value is null for {@code __HIVE_DEFAULT_PARTITION__}, in the map an empty
   * text.
   */
  Map<String, String> partition(Path file) {
    List<String> names = new ArrayList<>();
    for (Path part = file.getParent();
        part != null && part.depth() > base.depth();
        part = part.getParent()) {
      names.add(0, part.getName());
    }

    Map<String, String> values = new LinkedHashMap<>();
    for (String name : names) {
      int at = name.indexOf('=');
      if (at > 0) {
        String value = ExternalCatalogUtils.unescapePathName(name.substring(at + 1));
        values.put(
            ExternalCatalogUtils.unescapePathName(name.substring(0, at)),
            value.equals(NO_VALUE) ? "" : value);
      }
    }

    return values;
  }

  /** Directories of the files up to the base, and those above it: where a Delta log would lie. */
  Set<Path> directories() {
    Set<Path> directories = new LinkedHashSet<>();
    for (Path file : files) {
      for (Path part = file.getParent();
          part != null && directories.add(part);
          part = part.getParent()) {
        // the set ends the walk where another file's has been
      }
    }

    return directories;
  }

  /** A file of an input, which may be that file itself. */
  static String shown(String what, Path file) {
    String shown = shown(file);
    return what.equals(shown) ? what : "%s of %s".formatted(shown, what);
  }

  /** A path as people write it. */
  static String shown(Path file) {
    return shown(file.toString());
  }

  /** The same of a URI. */
  static String shown(String file) {
    return file.replaceFirst("^file:/+", "/");
  }
}
