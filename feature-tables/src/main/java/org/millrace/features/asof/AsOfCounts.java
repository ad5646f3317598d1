package org.millrace.features.asof;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * What an as-of join did.
 *
 * @param spineRows rows that went in
 * @param rows rows that came out
 * @param matched rows that found a fact, by view
 */
public record AsOfCounts(long spineRows, long rows, Map<String, Long> matched) {
  /** Copies the map, in its order. */
  public AsOfCounts {
    matched = Collections.unmodifiableMap(new LinkedHashMap<>(matched));
  }

  /**
   * Passes these counts on if every spine row came out exactly once; throws DATA_CONTRACT if not.
   * To be called after the action that wrote the rows and before they are made visible; without any
   * action both counts are zero, and agree.
   */
  public AsOfCounts requireConserved() {
    if (rows != spineRows) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot accept the as-of join: "
              + spineRows
              + " spine rows went in and "
              + rows
              + " came out; nothing may be published from it: check that its inputs are pinned to"
              + " versions and that one action read all of it once");
    }

    return this;
  }
}
