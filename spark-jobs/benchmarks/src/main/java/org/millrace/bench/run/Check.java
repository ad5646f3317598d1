package org.millrace.bench.run;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What a contender's scores of the check rows come to. Two contenders that scored the same rows
 * with the same model agree; the weights tie each score to its row.
 *
 * @param rows scored
 * @param sum of the scores
 * @param weighted sum of {@code score * (id mod 1009)}
 * @param absolute sum of {@code |score|}, the scale of the tolerance
 */
public record Check(long rows, double sum, double weighted, double absolute) {
  /** The largest weight; prime, so that no power of two hides a swap. */
  public static final int WEIGHTS = 1009;

  /** Of a contender's reply. */
  static Check of(JsonNode reply) {
    return new Check(
        reply.path("rows").asLong(-1),
        reply.path("sum").asDouble(Double.NaN),
        reply.path("weighted").asDouble(Double.NaN),
        reply.path("absolute").asDouble(Double.NaN));
  }

  /**
   * Whether both scored the same rows alike.
   *
   * @param tolerance relative, such as 1e-6
   */
  public boolean agrees(Check other, double tolerance) {
    double allowed = tolerance * Math.max(absolute, other.absolute);
    return rows == other.rows
        && Math.abs(sum - other.sum) <= allowed
        && Math.abs(weighted - other.weighted) <= allowed * WEIGHTS;
  }
}
