package org.millrace.jobs.score.onnx.trees;

import static java.util.Objects.requireNonNull;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds nodes by (tree, node) in the operators' flat lists. Trees mostly number their nodes from 0
 * in order, so that a node is found by its number; only others get a map. Immutable once made.
 */
final class NodeLists {
  /**
   * A tree's part of the lists: all between its first and its last node.
   *
   * @param positions by node, where nodes are not numbered in order or not together; else null
   */
  record Span(int begin, int end, @Nullable Map<Long, Integer> positions) {
    /** A node's position in the lists, or -1 where the tree has none of this number. */
    int position(long node) {
      if (positions != null) {
        return positions.getOrDefault(node, -1);
      }

      return node >= 0 && node < end - begin ? begin + (int) node : -1;
    }
  }

  private final Attributes attributes;
  private final long[] trees;
  private final long[] nodes;
  private final Map<Long, Span> spans = new HashMap<>();
  private boolean together = true;

  /**
   * @throws org.millrace.contracts.MillraceException DATA_CONTRACT where a node is there twice
   */
  NodeLists(Attributes attributes, long[] trees, long[] nodes) {
    this.attributes = attributes;
    this.trees = trees;
    this.nodes = nodes;
    for (int begin = 0, end; begin < trees.length; begin = end) {
      end = endOfRun(begin);
      Span part = part(begin, end);
      Span before = spans.put(trees[begin], part);
      if (before != null) {
        together = false;
        spans.put(trees[begin], joined(before, part));
      }
    }
  }

  /** Whether every tree's nodes stand together. */
  boolean together() {
    return together;
  }

  /** The tree that has the node at this position. */
  Span span(int position) {
    return requireNonNull(spans.get(trees[position]), "every node is in a tree");
  }

  /** The tree of this number, or null where there is none. */
  @Nullable Span ofTree(long tree) {
    return spans.get(tree);
  }

  private int endOfRun(int begin) {
    int end = begin;
    while (end < trees.length && trees[end] == trees[begin]) {
      end++;
    }

    return end;
  }

  private Span part(int begin, int end) {
    for (int at = begin; at < end; at++) {
      if (nodes[at] != at - begin) {
        return new Span(begin, end, positions(new HashMap<>(), begin, end));
      }
    }

    return new Span(begin, end, null);
  }

  private Span joined(Span before, Span part) {
    Map<Long, Integer> all =
        before.positions() != null
            ? before.positions()
            : positions(new HashMap<>(), before.begin(), before.end());
    return new Span(before.begin(), part.end(), positions(all, part.begin(), part.end()));
  }

  private Map<Long, Integer> positions(Map<Long, Integer> positions, int begin, int end) {
    for (int at = begin; at < end; at++) {
      if (positions.put(nodes[at], at) != null) {
        throw attributes.malformed(
            "node " + nodes[at] + " of tree " + trees[at] + " is there twice");
      }
    }

    return positions;
  }
}
