package org.millrace.features.source;

import java.util.Optional;
import org.millrace.contracts.Digest;

/**
 * What one pass over the rows of a day found.
 *
 * @param rows how many there are
 * @param firstSum sum of the rows' hashes, modulo 2 to the 64: independent of the order of rows
 * @param secondSum the same of a second, independent hash
 * @param repeated rows that agree with an earlier one in the source's keys; 0 without keys
 * @param nullKeys rows with a null in the keys
 * @param infinite rows with an infinite number in a column
 * @param infiniteColumn such a column; empty if there is none
 */
public record RowFacts(
    long rows,
    long firstSum,
    long secondSum,
    long repeated,
    long nullKeys,
    long infinite,
    Optional<String> infiniteColumn) {
  /** A day without rows. */
  public static final RowFacts NONE = new RowFacts(0, 0, 0, 0, 0, 0, Optional.empty());

  /** SHA-256 over the count and both sums: equal for equal rows, in whatever order and files. */
  public String contentHash() {
    return Digest.sha256(
        Long.toString(rows), Long.toHexString(firstSum), Long.toHexString(secondSum));
  }
}
