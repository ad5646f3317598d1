package org.millrace.features.window;

import java.io.Serializable;
import org.millrace.contracts.definition.AggregateFunction;

/**
 * One output column of an aggregation.
 *
 * @param column its number
 * @param name for messages
 * @param function what is computed
 * @param parameter of the function
 * @param value number of the value among those of an event, or {@link Series#NO_VALUE}
 * @param filter number of the BOOLEAN value that says which events count, or {@link
 *     Series#NO_FILTER}
 * @param kind of the value
 * @param agedMicros the age at which an event has left the window
 * @param fromDay first day whose events are not taken themselves, as a number since 1970-01-01
 * @param stored what stands for these
 */
record Output(
    int column,
    String name,
    AggregateFunction function,
    long parameter,
    int value,
    int filter,
    ValueKind kind,
    long agedMicros,
    int fromDay,
    Stored stored)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  /**
   * What stands for the events of whole days.
   *
   * @param marker of the rows that do, as {@link Series#MARKER} has it; negative for none
   * @param value number of the value of these rows
   * @param isSums whether it is {@link StoredSums}; else it is as an event's
   */
  record Stored(int marker, int value, boolean isSums) implements Serializable {
    private static final long serialVersionUID = 1L;

    /** Partial aggregates are not used. */
    static final Stored UNMIXED = new Stored(-2, -1, false);

    /** Others are, but none for these events. */
    static final Stored NONE = new Stored(-1, -1, false);

    /** Whether rows say what they are. */
    boolean isMixed() {
      return marker != UNMIXED.marker;
    }
  }
}
