package org.millrace.features.asof;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import org.apache.spark.sql.catalyst.expressions.And;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.GreaterThanOrEqual;
import org.apache.spark.sql.catalyst.expressions.In;
import org.apache.spark.sql.catalyst.expressions.LessThanOrEqual;
import org.apache.spark.sql.catalyst.expressions.Literal;
import org.apache.spark.sql.types.ByteType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.IntegerType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.types.ShortType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.unsafe.types.UTF8String;
import org.jspecify.annotations.Nullable;

/**
 * The values of one key column of a spine: all of them where they are few, else the least and the
 * greatest. Only whole numbers, dates and text, whose order is the same for all who keep
 * statistics. Driver only.
 */
final class KeyRange {
  /** Values that a condition names one by one at most. */
  static final int FEW = 200;

  private static final int MOST_KEYS = 1 << 20; // more of them are hardly a narrow range

  private final DataType type;
  private final TreeSet<Comparable<?>> few = new TreeSet<>();
  private boolean isMany;

  private KeyRange(DataType type) {
    this.type = type;
  }

  /** One for each key column of the spine, in order; none where the spine has too many keys. */
  static List<KeyRange> of(TimeIndex spine, KeyReader reader) {
    List<KeyRange> ranges = new ArrayList<>();
    if (spine.keys() > MOST_KEYS) {
      return ranges;
    }

    for (DataType type : reader.types()) {
      ranges.add(new KeyRange(type));
    }

    spine.forEachKey(
        (key, encodings, start) -> {
          int at = start;
          for (int column = 0; column < ranges.size(); column++) {
            KeyRange range = ranges.get(column);
            if (range.hasOrder()) {
              range.add(reader.value(column, key, encodings, at));
            }

            at = reader.after(column, encodings, at);
          }
        });
    return ranges;
  }

  private boolean hasOrder() {
    return type instanceof LongType
        || type instanceof IntegerType
        || type instanceof ShortType
        || type instanceof ByteType
        || type instanceof DateType
        || type instanceof StringType;
  }

  private void add(Comparable<?> value) {
    few.add(value);
    if (few.size() > FEW) {
      isMany = true;
      Comparable<?> first = few.first();
      Comparable<?> last = few.last();
      few.retainAll(List.of(first, last));
    }
  }

  /** What holds for every key of the spine in this column; empty where nothing is known. */
  Optional<Function<Attribute, Expression>> condition() {
    if (few.isEmpty()) {
      return Optional.empty();
    }
    if (isMany) {
      Literal first = literal(few.first());
      Literal last = literal(few.last());
      return Optional.of(
          key -> new And(new GreaterThanOrEqual(key, first), new LessThanOrEqual(key, last)));
    }

    List<Expression> values = new ArrayList<>();
    few.forEach(value -> values.add(literal(value)));
    return Optional.of(key -> new In(key, ScalaLists.seq(values)));
  }

  private Literal literal(@Nullable Object value) {
    if (value instanceof UTF8String) {
      return new Literal(value, type);
    }

    long number = (Long) java.util.Objects.requireNonNull(value);
    if (type instanceof IntegerType || type instanceof DateType) {
      return new Literal((int) number, type);
    }
    if (type instanceof ShortType) {
      return new Literal((short) number, type);
    }

    return type instanceof ByteType ? new Literal((byte) number, type) : new Literal(number, type);
  }
}
