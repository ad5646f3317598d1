package org.millrace.jobs.prediction;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;

/**
 * What a person wants to see of published predictions.
 *
 * @param key values of the columns that name a row, by column, as texts; empty for all rows
 * @param sample how many rows at most; empty for all
 * @param topFeatures how many of the inputs that move a score most are kept for each row; empty for
 *     none
 */
public record LookBack(Map<String, String> key, OptionalInt sample, OptionalInt topFeatures) {
  /** All rows. */
  public static final LookBack ALL =
      new LookBack(Map.of(), OptionalInt.empty(), OptionalInt.empty());

  /** Copies the map, in its order. */
  public LookBack {
    key = Collections.unmodifiableMap(new LinkedHashMap<>(key));
  }
}
