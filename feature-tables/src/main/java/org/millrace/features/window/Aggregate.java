package org.millrace.features.window;

import static java.util.Objects.requireNonNull;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.Optional;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.AggregateFunction;
import org.millrace.contracts.definition.AggregateText;

/**
 * One aggregate of a window, over the events of the window that pass its filter and whose value is
 * not null; NaN is a value. Where there are none, a count is 0 and all else is null. Immutable.
 *
 * <table>
 *   <caption>Functions</caption>
 *   <tr><td>{@link #count}</td><td>BIGINT</td></tr>
 *   <tr><td>{@link #sum}</td><td>BIGINT of whole numbers, an error where it does not fit; DOUBLE of
 *   FLOAT and DOUBLE: the exact sum, rounded once</td></tr>
 *   <tr><td>{@link #avg}</td><td>DOUBLE: the exact sum, rounded, divided by the count</td></tr>
 *   <tr><td>{@link #stddev}</td><td>DOUBLE: of a sample, so null of one value; from exact sums of
 *   values and squares</td></tr>
 *   <tr><td>{@link #min}, {@link #max}</td><td>the column's type; NaN is the greatest</td></tr>
 *   <tr><td>{@link #last}</td><td>ARRAY, the newest first</td></tr>
 *   <tr><td>{@link #countDistinct}</td><td>BIGINT, exact; NaN equals NaN, -0.0 equals 0.0</td></tr>
 *   <tr><td>{@link #quantile}</td><td>the column's type: the exact quantile by nearest rank</td></tr>
 * </table>
 *
 * <p>None depends on the order, partitions or files in which events come, nor on events outside the
 * window: two sets of events that agree inside it give the same bits.
 */
public final class Aggregate {
  /** Quantiles are given in millionths inside. */
  static final long MILLION = 1_000_000;

  private final AggregateFunction function;
  private final Optional<String> column;
  private final long parameter;
  private final Optional<String> filter;
  private final Optional<Name> name;

  /** A given name, and whether the window is added to it. */
  private record Name(String given, boolean isWhole) {}

  private Aggregate(
      AggregateFunction function,
      Optional<String> column,
      long parameter,
      Optional<String> filter,
      Optional<Name> name) {
    this.function = function;
    this.column = column;
    this.parameter = parameter;
    this.filter = filter;
    this.name = name;
  }

  private static Aggregate of(AggregateFunction function, String column, long parameter) {
    requireNonNull(column, "column is null");
    return new Aggregate(
        function, Optional.of(column), parameter, Optional.empty(), Optional.empty());
  }

  /** How many events there are. */
  public static Aggregate count() {
    return new Aggregate(
        AggregateFunction.COUNT, Optional.empty(), 0, Optional.empty(), Optional.empty());
  }

  /** How many events have a value. */
  public static Aggregate count(String column) {
    return of(AggregateFunction.COUNT, column, 0);
  }

  /** The sum of a column of numbers. */
  public static Aggregate sum(String column) {
    return of(AggregateFunction.SUM, column, 0);
  }

  /** The average of a column of numbers. */
  public static Aggregate avg(String column) {
    return of(AggregateFunction.AVG, column, 0);
  }

  /** The sample standard deviation of a column of numbers. */
  public static Aggregate stddev(String column) {
    return of(AggregateFunction.STDDEV, column, 0);
  }

  /** The least value. */
  public static Aggregate min(String column) {
    return of(AggregateFunction.MIN, column, 0);
  }

  /** The greatest value. */
  public static Aggregate max(String column) {
    return of(AggregateFunction.MAX, column, 0);
  }

  /** How many different values there are. */
  public static Aggregate countDistinct(String column) {
    return of(AggregateFunction.COUNT_DISTINCT, column, 0);
  }

  /**
   * The last values by event time, then known time, then value.
   *
   * @param most how many at most, 1 to 10,000
   */
  public static Aggregate last(String column, int most) {
    if (most < 1 || most > AggregateText.MOST_LAST) {
      throw definition(
          "the last values of '"
              + column
              + "': "
              + most
              + " is not 1 to "
              + AggregateText.MOST_LAST);
    }

    return of(AggregateFunction.LAST, column, most);
  }

  /**
   * A quantile of a column.
   *
   * @param share 0 to 1, with at most six decimals; 0.5 for the median
   */
  public static Aggregate quantile(String column, double share) {
    BigDecimal millionths =
        Double.isFinite(share)
            ? BigDecimal.valueOf(share).movePointRight(6).stripTrailingZeros()
            : BigDecimal.ONE.negate();
    boolean isWhole = millionths.scale() <= 0;
    if (!isWhole || millionths.signum() < 0 || millionths.longValue() > MILLION) {
      throw definition(
          "a quantile of '"
              + column
              + "': "
              + share
              + " is not between 0 and 1 with at most six decimals");
    }

    return of(AggregateFunction.QUANTILE, column, millionths.longValueExact());
  }

  /**
   * The same aggregate over the events for which a condition is true.
   *
   * @param condition Spark SQL over the event's columns; where it is null the event does not count
   */
  public Aggregate where(String condition) {
    return new Aggregate(function, column, parameter, Optional.of(condition), name);
  }

  /** The same aggregate under this name in place of column and function; the window is added. */
  public Aggregate as(String given) {
    return named(new Name(given, false));
  }

  /** The same aggregate under exactly this name, without the window. */
  Aggregate named(String whole) {
    return named(new Name(whole, true));
  }

  private Aggregate named(Name given) {
    return new Aggregate(function, column, parameter, filter, Optional.of(given));
  }

  AggregateFunction function() {
    return function;
  }

  Optional<String> column() {
    return column;
  }

  /** Millionths of a quantile, number of last values, else 0. */
  long parameter() {
    return parameter;
  }

  Optional<String> filter() {
    return filter;
  }

  /** Column and function, or the given name, and the window: {@code dep_delay_avg_3h}. */
  String name(String window) {
    String own = function.name().toLowerCase(Locale.ROOT);
    String what =
        switch (function) {
          case LAST -> own + parameter;
          case QUANTILE ->
              "p" + BigDecimal.valueOf(parameter, 4).stripTrailingZeros().toPlainString();
          default -> own;
        };
    String of = column.map(read -> read + "_").orElse("");
    String full = name.map(Name::given).orElse(of + what.replace('.', '_'));
    return name.map(Name::isWhole).orElse(false) ? full : full + "_" + window;
  }

  static MillraceException definition(String problem) {
    return new MillraceException(ErrorCategory.DEFINITION, "Cannot aggregate " + problem);
  }
}
