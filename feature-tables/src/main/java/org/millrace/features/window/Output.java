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
 */
record Output(
    int column,
    String name,
    AggregateFunction function,
    long parameter,
    int value,
    int filter,
    ValueKind kind,
    long agedMicros)
    implements Serializable {
  private static final long serialVersionUID = 1L;
}
