package org.millrace.orchestration;

import java.util.ArrayList;
import java.util.List;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import picocli.CommandLine.Option;

/** How past days are made. */
final class BackfillOptions {
  @Option(
      names = "--restate",
      paramLabel = "EXPR",
      description =
          "Make these objects again although they are done, and all that reads their days, also on"
              + " later days; written as for --select; may be repeated.")
  List<String> restated = List.of();

  @Option(names = "--as-is", description = "Score with the current champion (default).")
  boolean asIs;

  @Option(
      names = "--as-was",
      description = "Score each day with the version that held the alias when the day ended.")
  boolean asWas;

  /** True if it is asked for anything that only a backfill does. */
  boolean isGiven() {
    return !restated.isEmpty() || asWas || asIs;
  }

  List<String> arguments() {
    if (asIs && asWas) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot score both --as-is and --as-was: give one of them, or none for --as-is");
    }

    List<String> words = new ArrayList<>();
    restated.forEach(expression -> words.addAll(List.of("--restate", expression)));
    if (asWas) {
      words.add("--as-was");
    }

    return words;
  }
}
