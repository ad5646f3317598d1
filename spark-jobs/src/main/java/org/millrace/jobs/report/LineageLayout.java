package org.millrace.jobs.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.jobs.report.ReportData.Lineage;
import org.millrace.jobs.report.ReportData.Lineage.Edge;
import org.millrace.jobs.report.ReportData.Lineage.Node;

/**
 * Places a lineage graph from left to right: a node stands one column right of its last input and
 * near its inputs' height. Lines that pass a column get a lane there, one for all that lead to the
 * same node. A column shows at most {@value #ROWS} nodes; the last one then stands for the rest.
 *
 * @param columns slots by column, top to bottom
 * @param edges between ids of slots in neighbouring columns
 */
record LineageLayout(List<List<Slot>> columns, List<Edge> edges) {
  static final int ROWS = 8;

  /** A place in a column: a node, or an empty lane. */
  record Slot(String id, Optional<Node> node) {}

  /**
   * @throws MillraceException where an edge names an unknown node, or edges form a cycle
   */
  static LineageLayout of(Lineage lineage) {
    Map<String, Integer> columnOf = columnOf(lineage);
    List<List<Slot>> columns = new ArrayList<>();
    Map<String, String> standIns = new HashMap<>();
    int count = columnOf.values().stream().mapToInt(column -> column + 1).max().orElse(0);
    for (int i = 0; i < count; i++) {
      int column = i;
      List<Node> nodes =
          lineage.nodes().stream()
              .filter(node -> columnOf.getOrDefault(node.id(), 0) == column)
              .toList();
      columns.add(shortened(nodes, column, standIns));
      columns.get(i).forEach(slot -> columnOf.put(slot.id(), column));
    }

    List<Edge> edges = withLanes(lineage.edges(), standIns, columnOf, columns);
    return new LineageLayout(sorted(columns, edges), edges);
  }

  private static Map<String, Integer> columnOf(Lineage lineage) {
    Map<String, Integer> column = new LinkedHashMap<>();
    lineage.nodes().forEach(node -> column.put(node.id(), 0));
    boolean moved = true;
    for (int round = 0; moved; round++) {
      if (round > column.size()) {
        throw new MillraceException(
            ErrorCategory.INTERNAL, "Cannot draw the lineage: its edges form a cycle");
      }
      moved = false;
      for (Edge edge : lineage.edges()) {
        int right = at(column, edge.from(), edge) + 1;
        if (at(column, edge.to(), edge) < right) {
          column.put(edge.to(), right);
          moved = true;
        }
      }
    }
    return column;
  }

  private static int at(Map<String, Integer> column, String id, Edge edge) {
    Integer found = column.get(id);
    if (found == null) {
      throw new MillraceException(
          ErrorCategory.INTERNAL,
          "Cannot draw the lineage: the edge from %s to %s names %s, which is no node"
              .formatted(edge.from(), edge.to(), id));
    }
    return found;
  }

  private static List<Slot> shortened(List<Node> nodes, int column, Map<String, String> standIns) {
    boolean fits = nodes.size() <= ROWS;
    List<Slot> slots = new ArrayList<>();
    for (Node node : fits ? nodes : nodes.subList(0, ROWS - 1)) {
      slots.add(new Slot(node.id(), Optional.of(node)));
    }
    if (!fits) {
      List<Node> rest = nodes.subList(ROWS - 1, nodes.size());
      String id = "more/" + column;
      Node standIn = new Node(id, rest.get(0).kind(), rest.size() + " more", Optional.empty());
      slots.add(new Slot(id, Optional.of(standIn)));
      rest.forEach(node -> standIns.put(node.id(), id));
    }
    return slots;
  }

  private static List<Edge> withLanes(
      List<Edge> edges,
      Map<String, String> standIns,
      Map<String, Integer> columnOf,
      List<List<Slot>> columns) {
    Set<Edge> pieces = new LinkedHashSet<>();
    for (Edge edge : edges) {
      String from = standIns.getOrDefault(edge.from(), edge.from());
      String to = standIns.getOrDefault(edge.to(), edge.to());
      int last = at(columnOf, to, edge);
      for (int column = at(columnOf, from, edge) + 1; column < last; column++) {
        Slot lane = new Slot("lane/" + column + "/" + to, Optional.empty());
        if (!columns.get(column).contains(lane)) {
          columns.get(column).add(lane);
        }
        pieces.add(new Edge(from, lane.id()));
        from = lane.id();
      }
      pieces.add(new Edge(from, to));
    }
    return List.copyOf(pieces);
  }

  /** Each column by the mean height of what leads to its slots: few lines cross. */
  private static List<List<Slot>> sorted(List<List<Slot>> columns, List<Edge> edges) {
    Map<String, List<String>> inputs = new HashMap<>();
    edges.forEach(
        edge -> inputs.computeIfAbsent(edge.to(), id -> new ArrayList<>()).add(edge.from()));
    Map<String, Double> height = new HashMap<>();
    List<List<Slot>> sorted = new ArrayList<>();
    for (List<Slot> column : columns) {
      Map<String, Double> wish = new HashMap<>();
      for (Slot slot : column) {
        List<String> from = inputs.getOrDefault(slot.id(), List.of());
        wish.put(
            slot.id(),
            from.stream().mapToDouble(id -> height.getOrDefault(id, 0.5)).average().orElse(0.5));
      }
      List<Slot> slots =
          column.stream()
              .sorted(Comparator.comparingDouble((Slot slot) -> wish.getOrDefault(slot.id(), 0.5)))
              .toList();
      for (int i = 0; i < slots.size(); i++) {
        height.put(slots.get(i).id(), (i + 0.5) / slots.size());
      }
      sorted.add(slots);
    }
    return List.copyOf(sorted);
  }
}
