package org.millrace.jobs.init;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/** Whether a definition that is there says what a draft says. */
final class SameText {
  private SameText() {}

  /**
   * Compares, without comments and without what only tells how full days are.
   *
   * @param file in the directory of the definitions
   */
  static boolean isThere(Path conf, String file, String draft) {
    Path there = conf.resolve(file);
    try {
      return Files.isRegularFile(there) && meant(Files.readString(there)).equals(meant(draft));
    } catch (IOException e) {
      throw new MillraceException(ErrorCategory.EXTERNAL, "Cannot read " + there + ": " + e, e);
    }
  }

  private static String meant(String text) {
    return text.lines()
        .map(line -> line.replaceFirst("(^| {3})#.*", ""))
        .filter(line -> !line.isBlank())
        .filter(line -> !line.matches("(empty-days|unanswered-days|volume):.*"))
        .collect(Collectors.joining("\n"));
  }
}
