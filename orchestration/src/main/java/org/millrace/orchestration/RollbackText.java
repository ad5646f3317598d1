package org.millrace.orchestration;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.Json;
import org.millrace.contracts.Outcome;
import org.millrace.contracts.Verb;
import org.millrace.planning.ShownDays;

/** What a rollback moved, or would, as lines for people: a sentence, and a table of days. */
final class RollbackText {
  private static final String COLUMNS = "%-25s %5s  %-10s  %-10s  %s";

  private RollbackText() {}

  /** The lines; none for another result, and for one that failed. */
  static List<String> lines(JobResult result) {
    if (!Verb.ROLLBACK.word().equals(result.verb()) || result.outcome() == Outcome.FAILED) {
      return List.of();
    }

    List<String> lines = new ArrayList<>(List.of(result.message().split("; ")));
    List<ShownDays> days =
        Optional.ofNullable(result.values().get("days"))
            .map(text -> List.of(Json.read(text, ShownDays[].class)))
            .orElse(List.of());
    if (!days.isEmpty()) {
      lines.add("");
      lines.add(COLUMNS.formatted("days", "count", "shown", "then", "rows then"));
      days.forEach(range -> lines.add(line(range)));
    }

    return lines;
  }

  private static String line(ShownDays range) {
    return COLUMNS
        .formatted(
            range.from().equals(range.to()) ? range.from() : range.from() + " to " + range.to(),
            range.size(),
            version(range.before()),
            version(range.after()),
            String.format(Locale.ROOT, "%,d", range.rowsAfter())
                + (range.isKept() ? ", kept: no other version published it" : ""))
        .stripTrailing();
  }

  private static String version(Optional<String> number) {
    return number.map(text -> "version " + text).orElse("none");
  }
}
