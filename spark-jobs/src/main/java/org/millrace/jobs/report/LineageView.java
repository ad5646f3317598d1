package org.millrace.jobs.report;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.millrace.jobs.report.LineageLayout.Slot;
import org.millrace.jobs.report.ReportData.Lineage;
import org.millrace.jobs.report.ReportData.Lineage.Edge;
import org.millrace.jobs.report.ReportData.Lineage.Kind;
import org.millrace.jobs.report.ReportData.Lineage.Node;

/** The lineage graph as the template draws it: cards and lines with coordinates, in pixels. */
final class LineageView {
  private static final int CARD_WIDTH = 150;
  private static final int CARD_HEIGHT = 42;
  private static final int COLUMN_GAP = 40;
  private static final int ROW_GAP = 14;
  private static final int LETTERS = 21;

  private final LineageLayout layout;
  private final int height;
  private final Map<String, int[]> corners = new HashMap<>();
  private final List<Map<String, Object>> cards = new ArrayList<>();
  private final List<String> lines = new ArrayList<>();

  private LineageView(LineageLayout layout) {
    this.layout = layout;
    this.height = heightOf(layout.columns().stream().mapToInt(List::size).max().orElse(0));
  }

  static Map<String, Object> of(Lineage lineage) {
    LineageView view = new LineageView(LineageLayout.of(lineage));
    view.place();
    view.layout.edges().forEach(edge -> view.lines.add(view.line(edge)));
    return Map.of(
        "width",
        Math.max(0, view.layout.columns().size() * (CARD_WIDTH + COLUMN_GAP) - COLUMN_GAP),
        "height",
        view.height,
        "cardWidth",
        CARD_WIDTH,
        "cardHeight",
        CARD_HEIGHT,
        "cards",
        view.cards,
        "lines",
        view.lines);
  }

  private static int heightOf(int rows) {
    return Math.max(0, rows * (CARD_HEIGHT + ROW_GAP) - ROW_GAP);
  }

  private void place() {
    for (int column = 0; column < layout.columns().size(); column++) {
      List<Slot> slots = layout.columns().get(column);
      for (int row = 0; row < slots.size(); row++) {
        int x = column * (CARD_WIDTH + COLUMN_GAP);
        int y = (height - heightOf(slots.size())) / 2 + row * (CARD_HEIGHT + ROW_GAP);
        corners.put(slots.get(row).id(), new int[] {x, y});
        slots
            .get(row)
            .node()
            .ifPresentOrElse(
                node -> cards.add(card(node, x, y)),
                () ->
                    lines.add(
                        String.format(
                            Locale.ROOT, "M%d %dh%d", x, y + CARD_HEIGHT / 2, CARD_WIDTH)));
      }
    }
  }

  /** {@code features.origin_weather} reads as its last word; a run as its room. */
  private static Map<String, Object> card(Node node, int x, int y) {
    String kind = node.kind().name().toLowerCase(Locale.ROOT);
    String version = node.version().orElse("");
    int dot = node.name().indexOf('.');
    int lastDot = node.name().lastIndexOf('.');
    String name = node.name().substring(lastDot + 1);
    String second =
        dot < 0 ? kind + " " + version : node.name().substring(0, lastDot) + " " + version;
    if (node.kind() == Kind.RUN && dot < lastDot) {
      second = name;
      name = node.name().substring(dot + 1, lastDot);
    }
    return Map.of(
        "x",
        x,
        "y",
        y,
        "kind",
        kind,
        "name",
        Numbers.shortened(name, LETTERS),
        "second",
        Numbers.shortened(second.strip(), LETTERS + 2),
        "title",
        (kind + " " + node.name() + " " + version).strip());
  }

  /** A smooth line from the right edge of one slot to the left edge of the next column's. */
  private String line(Edge edge) {
    int[] from = corners.getOrDefault(edge.from(), new int[2]);
    int[] to = corners.getOrDefault(edge.to(), new int[2]);
    int x = from[0] + CARD_WIDTH;
    int bend = x + COLUMN_GAP / 2;
    int y1 = from[1] + CARD_HEIGHT / 2;
    int y2 = to[1] + CARD_HEIGHT / 2;
    return String.format(
        Locale.ROOT, "M%d %dC%d %d %d %d %d %d", x, y1, bend, y1, bend, y2, to[0], y2);
  }
}
