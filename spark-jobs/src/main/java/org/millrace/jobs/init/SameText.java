package org.millrace.jobs.init;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.millrace.contracts.Causes;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/** Whether a definition that is there says what a draft says. */
final class SameText {
  private SameText() {}

  /** What a file may allow beyond what is needed. */
  private static final String ALLOWANCE = "(empty-days|unanswered-days|volume|infinities):.*";

  /**
   * Compares, without comments. What is there may allow more than the draft needs, such as days
   * without rows, but not less.
   *
   * @param file in the directory of the definitions
   */
  static boolean isThere(Path conf, String file, String draft) {
    Path there = conf.resolve(file);
    try {
      if (!Files.isRegularFile(there)) {
        return false;
      }

      String text = Files.readString(there);
      return meant(text).equals(meant(draft)) && allowed(text).containsAll(allowed(draft));
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL, "Cannot read " + there + ": " + Causes.words(e), e);
    }
  }

  private static String meant(String text) {
    return lines(text).filter(line -> !line.matches(ALLOWANCE)).collect(Collectors.joining("\n"));
  }

  private static Set<String> allowed(String text) {
    return lines(text).filter(line -> line.matches(ALLOWANCE)).collect(Collectors.toSet());
  }

  private static Stream<String> lines(String text) {
    return text.lines()
        .map(line -> line.replaceFirst("(^| {3})#.*", ""))
        .filter(line -> !line.isBlank());
  }
}
