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
 * @param stored what stands for events of whole days
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
    Stored stored)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  /**
   * Which events are not taken themselves.
   *
   * @param part number of the partial aggregates that stand for them, as {@link Series} has it
   * @param fromDay first day that they stand for, as a number since 1970-01-01
   */
  record Stored(int part, int fromDay) implements Serializable {
    private static final long serialVersionUID = 1L;

    /** No partial aggregates are used. */
    static final Stored UNMIXED = new Stored(Series.UNMIXED, Integer.MAX_VALUE);

    /** Some are, but not by this output. */
    static final Stored NONE = new Stored(Series.NO_PART, Integer.MAX_VALUE);
  }
}
