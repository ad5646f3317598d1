package org.millrace.jobs.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.millrace.contracts.MillraceException;
import org.millrace.jobs.report.LineageLayout.Slot;
import org.millrace.jobs.report.ReportData.Lineage;
import org.millrace.jobs.report.ReportData.Lineage.Edge;
import org.millrace.jobs.report.ReportData.Lineage.Kind;
import org.millrace.jobs.report.ReportData.Lineage.Node;

class TestLineageLayout {
  @Test
  void putsANodeRightOfAllItsInputsAndGivesPassingLinesALane() {
    LineageLayout layout =
        LineageLayout.of(graph("raw>view", "view>set", "set>model", "raw>model"));
    assertThat(ids(layout))
        .containsExactly(
            List.of("raw"),
            List.of("view", "lane/1/model"),
            List.of("set", "lane/2/model"),
            List.of("model"));
    assertThat(layout.edges())
        .contains(new Edge("raw", "lane/1/model"), new Edge("lane/1/model", "lane/2/model"))
        .contains(new Edge("lane/2/model", "model"))
        .doesNotContain(new Edge("raw", "model"));
  }

  @Test
  void sharesALaneAmongLinesToTheSameNode() {
    LineageLayout layout = LineageLayout.of(graph("a>m", "b>m", "m>z", "a>z", "b>z"));
    assertThat(ids(layout))
        .containsExactly(List.of("a", "b"), List.of("m", "lane/1/z"), List.of("z"));
  }

  @Test
  void ordersAColumnByItsInputs() {
    LineageLayout layout = LineageLayout.of(graph("a>x", "b>w"));
    assertThat(ids(layout).get(1)).containsExactly("x", "w");
  }

  @Test
  void refusesACycleAndAnUnknownNode() {
    assertThatThrownBy(() -> LineageLayout.of(graph("a>b", "b>a")))
        .isInstanceOf(MillraceException.class)
        .hasMessage("Cannot draw the lineage: its edges form a cycle");
    Lineage broken = new Lineage(graph("a>b").nodes(), List.of(new Edge("a", "gone")));
    assertThatThrownBy(() -> LineageLayout.of(broken))
        .isInstanceOf(MillraceException.class)
        .hasMessage(
            "Cannot draw the lineage: the edge from a to gone names gone, which is no node");
  }

  private static List<List<String>> ids(LineageLayout layout) {
    return layout.columns().stream().map(column -> column.stream().map(Slot::id).toList()).toList();
  }

  private static Lineage graph(String... edges) {
    List<Edge> all =
        Arrays.stream(edges)
            .map(
                edge ->
                    new Edge(
                        edge.substring(0, edge.indexOf('>')),
                        edge.substring(edge.indexOf('>') + 1)))
            .toList();
    List<Node> nodes =
        all.stream()
            .flatMap(edge -> Stream.of(edge.from(), edge.to()))
            .distinct()
            .map(id -> new Node(id, Kind.TABLE, id, Optional.of("v1")))
            .toList();
    return new Lineage(nodes, all);
  }
}
