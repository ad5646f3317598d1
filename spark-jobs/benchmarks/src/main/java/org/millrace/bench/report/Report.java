package org.millrace.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What came of one workload.
 *
 * @param subject such as {@code scoring.mlp}
 * @param title one line above the table
 * @param figures of each contender, ours first
 * @param ratios of ours to each peer
 * @param absent why contenders are missing, by name
 */
public record Report(
    String subject,
    String title,
    List<Figures> figures,
    List<Ratio> ratios,
    Map<String, String> absent) {

  /** The ratio of that pair, such as {@code millrace/ort}. */
  public Optional<Ratio> ratio(String pair) {
    return ratios.stream().filter(ratio -> ratio.pair().equals(pair)).findFirst();
  }

  /** A Markdown table with a title above and what is missing below. */
  public String markdown() {
    List<String> lines = new ArrayList<>();
    lines.add("### " + title);
    lines.add("");
    lines.add(
        "| contender | rows | Mrows/s: median | worst to best | CPU-s/Mrow: median | least to most | outputs equal | millrace over it | its CPU | notes |");
    lines.add("|---|---|---|---|---|---|---|---|---|---|");
    figures.forEach(line -> lines.add(row(line)));
    if (!absent.isEmpty()) {
      lines.add("");
      absent.forEach((name, reason) -> lines.add("- without " + name + ": " + reason));
    }

    return String.join("\n", lines) + "\n";
  }

  private String row(Figures of) {
    return String.format(
        Locale.ROOT,
        "| %s | %,d | %s | %s to %s | %s | %s to %s | %s | %s | %s | %s |",
        of.contender(),
        of.rows(),
        significant(of.throughput().median()),
        significant(of.throughput().least()),
        significant(of.throughput().greatest()),
        significant(of.cpu().median()),
        significant(of.cpu().least()),
        significant(of.cpu().greatest()),
        of.agreement().word(),
        ratio("millrace/" + of.contender()).map(r -> significant(r.value()) + "x").orElse(""),
        ratio("millrace-cpu/" + of.contender()).map(r -> significant(r.value()) + "x").orElse(""),
        notes(of));
  }

  private static String notes(Figures of) {
    return String.join(
        ", ",
        of.notes().entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(note -> note.getKey() + " " + note.getValue())
            .toList());
  }

  /** Three digits that mean something. */
  static String significant(double value) {
    int digits = value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3;
    return String.format(Locale.ROOT, "%." + digits + "f", value);
  }
}
