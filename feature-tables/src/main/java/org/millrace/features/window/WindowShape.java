package org.millrace.features.window;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.millrace.features.asof.SpineNode;

/**
 * What a windowed aggregation is, apart from its inputs and columns, and how the flat list of
 * columns of a plan node is read: the as-of time, the keys in the spine, the keys in the events,
 * event time, known time where it is another column, values. Driver only.
 *
 * @param name for EXPLAIN
 * @param keys how many key columns
 * @param inclusive whether an event known exactly at the as-of time counts
 * @param partials which days are taken from daily partial aggregates, for EXPLAIN
 * @param asOf the as-of times for which that is right
 * @param outputs in order
 * @param counters filled by the tasks
 */
record WindowShape(
    String name,
    int keys,
    boolean inclusive,
    Optional<String> partials,
    AsOfRange asOf,
    List<Output> outputs,
    WindowCounters counters)
    implements SpineNode.Shape {

  /**
   * The columns of a node.
   *
   * @param known can be the same as {@code event}
   */
  record Columns(
      Attribute asOf,
      List<Attribute> spineKeys,
      List<Attribute> eventKeys,
      Attribute event,
      Attribute known,
      List<Attribute> values) {}

  Columns columns(List<Expression> flat) {
    List<Attribute> all = flat.stream().map(Attribute.class::cast).toList();
    int values =
        1
            + IntStream.concat(
                    outputs.stream()
                        .flatMapToInt(
                            out -> IntStream.of(out.value(), out.filter(), out.stored().value())),
                    IntStream.of(partials.isPresent() ? Series.PART_VALUES - 1 : -1))
                .max()
                .orElse(-1);
    int event = 1 + 2 * keys;
    int firstValue = all.size() - values;
    return new Columns(
        all.get(0),
        all.subList(1, 1 + keys),
        all.subList(1 + keys, event),
        all.get(event),
        all.get(firstValue - 1),
        all.subList(firstValue, all.size()));
  }

  /** The age that no event reaches in any window. */
  long longestMicros() {
    return outputs.stream().mapToLong(Output::agedMicros).max().orElse(0);
  }
}
