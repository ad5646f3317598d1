package org.millrace.jobs.score.onnx.trees;

import java.util.List;

/**
 * An output of the model, in its order.
 *
 * @param kind what a value is
 * @param width values a row
 * @param flat whether ONNX Runtime gives it as {@code [rows]}; {@code [rows, width]} otherwise
 * @param labels for LABEL, the texts that its numbers stand for
 * @param keys where the model makes maps of the values, one key a value, as text; else empty
 */
public record TreeOutput(
    String name, Kind kind, int width, boolean flat, List<String> labels, List<String> keys) {
  /** What a value is. */
  public enum Kind {
    /** {@code float}: read with {@link TreeScorer#floats}. */
    FLOAT,
    /** {@code double}: read with {@link TreeScorer#doubles}. */
    DOUBLE,
    /** {@code long}: read with {@link TreeScorer#longs}. */
    INT64,
    /** A text: {@link TreeScorer#longs} gives its position in {@link TreeOutput#labels}. */
    LABEL
  }

  /** Copies the lists. */
  public TreeOutput {
    labels = List.copyOf(labels);
    keys = List.copyOf(keys);
  }
}
