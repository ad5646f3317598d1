package org.millrace.contracts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The files of an input on this machine: one file, all files in a directory and below, or those
 * that a pattern names. Files that Spark does not read are left out: hidden ones and those with an
 * underscore in front, unless it is the name of a partition directory.
 *
 * @param base the file or directory itself; of a pattern, the last directory before its first
 *     wildcard
 * @param files at least one, in the order of their names
 */
public record InputFiles(Path base, List<Path> files) {
  private static final Pattern WILDCARD = Pattern.compile("[*?\\[{]");

  /** Copies the list. */
  public InputFiles {
    files = List.copyOf(files);
  }

  /**
   * Lists them now.
   *
   * @param path a file, a directory or a pattern
   * @throws MillraceException INPUT_MISSING if there is nothing to read
   */
  public static InputFiles list(Path path) {
    boolean isPattern = isPattern(path.toString()) && !Files.exists(path);
    Path base = isPattern ? base(path) : path;
    PathMatcher matcher =
        isPattern
            ? FileSystems.getDefault().getPathMatcher("glob:" + path)
            : file -> true; // all below
    if (!Files.exists(base)) {
      throw new MillraceException(
          ErrorCategory.INPUT_MISSING,
          "Cannot read %s: nothing is there; check the path, or wait for its producer"
              .formatted(path));
    }

    if (Files.isRegularFile(base) && isHidden(String.valueOf(base.getFileName()))) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot read %s: files whose names begin with . or _ are left out by Spark; give it another name"
              .formatted(path));
    }

    List<Path> files;
    try (Stream<Path> below = Files.walk(base, FileVisitOption.FOLLOW_LINKS)) {
      files =
          below
              .filter(Files::isRegularFile)
              .filter(file -> isRead(base.relativize(file)) && isNamed(matcher, base, file))
              .sorted()
              .toList();
    } catch (IOException | UncheckedIOException e) {
      throw new MillraceException(
          ErrorCategory.INPUT_MISSING, "Cannot read " + path + ": " + Causes.words(e), e);
    }

    if (files.isEmpty()) {
      throw new MillraceException(
          ErrorCategory.INPUT_MISSING,
          isPattern
              ? "Cannot read %s: no file in %s and below has such a name; check the pattern, or run again when its files have arrived"
                  .formatted(path, base)
              : "Cannot read "
                  + path
                  + ": no file is in it; run again when its files have arrived");
    }

    return new InputFiles(base, files);
  }

  /** Whether a path has wildcards. */
  public static boolean isPattern(String path) {
    return WILDCARD.matcher(path).find();
  }

  /** A pattern may name directories too: all files below these are meant. */
  private static boolean isNamed(PathMatcher matcher, Path base, Path file) {
    for (Path part = file; part != null && part.startsWith(base); part = part.getParent()) {
      if (matcher.matches(part)) {
        return true;
      }
    }

    return false;
  }

  private static Path base(Path pattern) {
    Path base = pattern;
    while (base.getParent() != null && isPattern(base.toString())) {
      base = base.getParent();
    }

    return base;
  }

  private static boolean isRead(Path name) {
    for (Path part : name) {
      if (isHidden(part.toString())) {
        return false;
      }
    }

    return true;
  }

  /** Whether Spark leaves out a file or directory of this name. */
  public static boolean isHidden(String name) {
    return name.startsWith(".")
        || (name.startsWith("_") && !name.contains("="))
        || name.endsWith("._COPYING_");
  }
}
