package org.millrace.orchestration.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.millrace.contracts.RowCounts;
import org.millrace.contracts.ledger.PartitionNote;
import org.millrace.planning.PartitionStatus;

/** What is known of a partition, in lines for people. */
public final class PartitionText {
  private static final String LINE = "  %-12s %s";

  private PartitionText() {}

  /** The lines; what is not known has none. */
  public static List<String> lines(PartitionStatus status) {
    List<String> lines = new ArrayList<>();
    String state = status.state().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    lines.add(
        "%s of %s: %s%s"
            .formatted(
                status.object(),
                status.partition(),
                state,
                status.detail().isEmpty() ? "" : ", " + status.detail()));
    add(lines, "version", status.version());
    add(lines, "path", status.path());
    add(lines, "rows", rows(status));
    add(lines, "verdict", status.verdict().equals(PartitionNote.UNJUDGED) ? "" : status.verdict());
    add(lines, "model", status.model());
    add(lines, "made by", status.runKey());
    add(lines, "attempt", status.attempt());
    add(lines, "finished", status.finishedAt().toString());
    add(
        lines,
        "read",
        status.inputs().entrySet().stream()
            .map(input -> input.getKey() + "@v" + input.getValue())
            .collect(Collectors.joining(", ")));
    add(lines, "fingerprint", status.fingerprint());
    for (Map.Entry<String, String> fact : status.run().entrySet()) {
      add(lines, fact.getKey(), fact.getValue());
    }

    return lines;
  }

  private static void add(List<String> lines, String name, String value) {
    if (!value.isEmpty()) {
      lines.add(LINE.formatted(name, value));
    }
  }

  private static String rows(PartitionStatus status) {
    RowCounts rows = status.rows();
    StringBuilder text =
        new StringBuilder("%,d accepted of %,d".formatted(rows.accepted(), rows.in()));
    append(text, rows.quarantined(), "quarantined");
    append(text, rows.refused(), "refused");
    append(text, rows.later(), "later");
    status.rowsInTable().ifPresent(count -> text.append(", %,d in the table".formatted(count)));
    return text.toString();
  }

  private static void append(StringBuilder text, long rows, String what) {
    if (rows > 0) {
      text.append(", %,d %s".formatted(rows, what));
    }
  }
}
