package org.millrace.features.asof;

import java.io.Serializable;

/**
 * What a run of spine rows takes from one view.
 *
 * @param values the winners' values
 * @param columns of them
 * @param places by spine row, -1 for no match
 */
@SuppressWarnings("ArrayRecordComponent") // bulk data, never compared
record Enrichment(ValueTable values, ValueColumns columns, int[] places) implements Serializable {
  private static final long serialVersionUID = 1L;
}
