package org.millrace.jobs.score.onnx.trees;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds nodes by (tree, node) in the operators' flat lists. Trees mostly number their nodes from 0
 * in order, so that a node is found by its number; only others get a map. Immutable.
 */
final class NodeLists {
  /**
   * A tree's part of the lists.
   *
   * @param positions by node, where nodes are not numbered in order; else null
   */
  private record Span(int begin, int end, @Nullable Map<Long, Integer> positions) {}

  private final Attributes attributes;
  private final long[] trees;
  private final long[] nodes;
  private final Map<Long, Span> spans = new HashMap<>();

  /**
   * @throws NotCovered where a tree's nodes do not stand together
   */
  NodeLists(Attributes attributes, long[] trees, long[] nodes) {
    this.attributes = attributes;
    this.trees = trees;
    this.nodes = nodes;
    for (int begin = 0; begin < trees.length; begin = end(begin)) {
      if (spans.put(trees[begin], span(begin, end(begin))) != null) {
        throw new NotCovered("the nodes of tree " + trees[begin] + " do not stand together");
      }
    }
  }

  /** Where the tree ends that has the node at this position. */
  int end(int position) {
    int end = position;
    while (end < trees.length && trees[end] == trees[position]) {
      end++;
    }

    return end;
  }

  /** A node's position in the lists, or -1 where there is none. */
  int position(long tree, long node) {
    Span span = spans.get(tree);
    if (span == null) {
      return -1;
    }

    if (span.positions() != null) {
      return span.positions().getOrDefault(node, -1);
    }

    return node >= 0 && node < span.end() - span.begin() ? span.begin() + (int) node : -1;
  }

  private Span span(int begin, int end) {
    for (int at = begin; at < end; at++) {
      if (nodes[at] != at - begin) {
        return new Span(begin, end, positions(begin, end));
      }
    }

    return new Span(begin, end, null);
  }

  private Map<Long, Integer> positions(int begin, int end) {
    Map<Long, Integer> positions = new HashMap<>();
    for (int at = begin; at < end; at++) {
      if (positions.put(nodes[at], at) != null) {
        throw attributes.malformed(
            "node " + nodes[at] + " of tree " + trees[at] + " is there twice");
      }
    }

    return positions;
  }
}
