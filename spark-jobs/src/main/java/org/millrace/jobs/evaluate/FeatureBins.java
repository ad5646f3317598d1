package org.millrace.jobs.evaluate;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How one feature's values are spread: a number's over ranges between edges, a text's over its most
 * frequent values and the others. Null and NaN are a bin of their own. A plain class: Kryo cannot
 * read records.
 */
public final class FeatureBins implements Serializable {
  private static final long serialVersionUID = 1L;

  private final List<Double> edges;
  private final Map<String, Long> counts;
  private final long other;
  private final long nulls;

  /**
   * For JSON, and for numbers and texts alike.
   *
   * @param edges ascending upper bounds, included, of a number's bins but the last, which is open;
   *     empty for a text
   * @param counts rows by bin: a number's bin is its position from 0, a text's its value
   * @param other rows of a text's values that have no bin; 0 for a number
   * @param nulls rows without a value
   */
  @JsonCreator
  FeatureBins(
      @JsonProperty("edges") List<Double> edges,
      @JsonProperty("counts") Map<String, Long> counts,
      @JsonProperty("other") long other,
      @JsonProperty("nulls") long nulls) {
    this.edges = new ArrayList<>(edges);
    this.counts = new LinkedHashMap<>(counts);
    this.other = other;
    this.nulls = nulls;
  }

  /**
   * Counts in the bins of a reference.
   *
   * @param counts rows by bin of the reference
   */
  public static FeatureBins like(
      FeatureBins reference, Map<String, Long> counts, long other, long nulls) {
    return new FeatureBins(reference.edges, counts, other, nulls);
  }

  /** The rows of both, which have the same bins. */
  FeatureBins plus(FeatureBins more) {
    Map<String, Long> sums = new LinkedHashMap<>(counts);
    more.counts.forEach((bin, rows) -> sums.merge(bin, rows, Long::sum));
    return new FeatureBins(edges, sums, other + more.other, nulls + more.nulls);
  }

  /** Upper bounds of a number's bins; empty for a text. */
  @JsonProperty("edges")
  public List<Double> edges() {
    return List.copyOf(edges);
  }

  /** Rows by bin, in order. */
  @JsonProperty("counts")
  public Map<String, Long> counts() {
    return new LinkedHashMap<>(counts);
  }

  /** Rows of values that have no bin of their own. */
  @JsonProperty("other")
  public long other() {
    return other;
  }

  /** Rows without a value: null, or NaN. */
  @JsonProperty("nulls")
  public long nulls() {
    return nulls;
  }

  /** All rows. */
  public long rows() {
    return counts.values().stream().mapToLong(Long::longValue).sum() + other + nulls;
  }

  /** Share of rows without a value; NaN where there is no row. */
  public double nullRate() {
    return (double) nulls / rows();
  }

  /** Share of all rows by bin, in order; the rest is {@code other} and {@code nulls}. */
  public Map<String, Double> shares() {
    double rows = rows();
    Map<String, Double> shares = new LinkedHashMap<>();
    counts.forEach((bin, count) -> shares.put(bin, count / rows));
    return shares;
  }
}
