package org.millrace.features.window;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What a window holds and what its aggregates are, in the plainest way there is. */
final class BruteForce {
  private BruteForce() {}

  /** A row of the spine. */
  record Question(int id, int grp, @Nullable String name, @Nullable Instant asOf) {}

  /** An event; values by column. */
  record Event(
      int grp,
      @Nullable String name,
      @Nullable Instant time,
      @Nullable Instant known,
      @Nullable Double amount,
      @Nullable Float small,
      @Nullable Long whole,
      @Nullable Integer count,
      @Nullable String text,
      @Nullable Boolean flag) {

    @Nullable Object value(String column) {
      return switch (column) {
        case "amount" -> amount;
        case "small" -> small;
        case "whole" -> whole;
        case "count" -> count;
        case "text" -> text;
        case "flag" -> flag;
        default -> throw new IllegalArgumentException(column);
      };
    }
  }

  /** The events of a window, oldest first. */
  static List<Event> window(
      Question question, List<Event> events, Duration length, boolean inclusive, boolean oneTime) {
    List<Event> inside = new ArrayList<>();
    for (Event event : events) {
      Instant known = oneTime ? event.time() : event.known();
      if (question.asOf() == null
          || question.name() == null
          || event.time() == null
          || known == null
          || question.grp() != event.grp()
          || !question.name().equals(event.name())) {
        continue;
      }

      Instant start = question.asOf().minus(length);
      boolean isIn =
          inclusive
              ? event.time().isAfter(start)
                  && !event.time().isAfter(question.asOf())
                  && !known.isAfter(question.asOf())
              : !event.time().isBefore(start)
                  && event.time().isBefore(question.asOf())
                  && known.isBefore(question.asOf());
      if (isIn) {
        inside.add(event);
      }
    }

    return inside;
  }

  /** The aggregate of values that are not null, each with its event. */
  static @Nullable Object aggregate(
      String function, long parameter, String column, List<Event> window, boolean oneTime) {
    List<Event> counted = window.stream().filter(event -> event.value(column) != null).toList();
    List<Object> values = counted.stream().map(event -> required(event.value(column))).toList();
    return switch (function) {
      case "count" -> (long) values.size();
      case "countDistinct" -> (long) distinct(values);
      case "sum" -> values.isEmpty() ? null : sum(values);
      case "avg" ->
          values.isEmpty() ? null : ((Number) sumAsDouble(values)).doubleValue() / values.size();
      case "stddev" -> values.size() < 2 ? null : deviation(values);
      case "min" -> values.stream().min(BruteForce::compare).orElse(null);
      case "max" -> values.stream().max(BruteForce::compare).orElse(null);
      case "quantile" -> values.isEmpty() ? null : quantile(values, parameter);
      case "last" -> values.isEmpty() ? null : last(counted, column, parameter, oneTime);
      default -> throw new IllegalArgumentException(function);
    };
  }

  private static <T> T required(@Nullable T value) {
    return java.util.Objects.requireNonNull(value);
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // values of one column
  static int compare(Object a, Object b) {
    return ((Comparable) a).compareTo(b);
  }

  private static int distinct(List<Object> values) {
    TreeSet<Object> different = new TreeSet<>(BruteForce::compare);
    for (Object value : values) {
      boolean isZero = value instanceof Number number && number.doubleValue() == 0;
      different.add(
          isZero && value instanceof Double
              ? (Object) 0.0
              : isZero && value instanceof Float ? (Object) 0f : value);
    }

    return different.size();
  }

  private static Object sum(List<Object> values) {
    boolean isWhole = values.get(0) instanceof Long || values.get(0) instanceof Integer;
    return isWhole
        ? (Object) values.stream().mapToLong(value -> ((Number) value).longValue()).sum()
        : (Object) sumAsDouble(values);
  }

  private static double sumAsDouble(List<Object> values) {
    double special = special(values);
    BigInteger sum = BigInteger.ZERO;
    for (Object value : Double.isNaN(special) || special != 0 ? List.of() : values) {
      sum = sum.add(units(value));
    }

    int cut = Math.max(0, sum.bitLength() - 1000);
    double rounded = Math.scalb(cut(sum, cut).doubleValue(), cut - 1074);
    return Double.isNaN(special) || special != 0 ? special : rounded;
  }

  /** What is not finite among the values, added up; 0 where all are finite. */
  private static double special(List<Object> values) {
    double special = 0;
    for (Object value : values) {
      double number = ((Number) value).doubleValue();
      special += Double.isFinite(number) ? 0 : number;
    }

    return special;
  }

  /** How many times the smallest double a number is. */
  private static BigInteger units(Object value) {
    if (value instanceof Long || value instanceof Integer) {
      return BigInteger.valueOf(((Number) value).longValue()).shiftLeft(1074);
    }

    double number = ((Number) value).doubleValue();
    int exponent = Math.max(Math.getExponent(number), Double.MIN_EXPONENT);
    long mantissa = (long) Math.scalb(number, 52 - exponent);
    return BigInteger.valueOf(mantissa).shiftLeft(exponent - 52 + 1074);
  }

  private static double deviation(List<Object> values) {
    if (special(values) != 0 || Double.isNaN(special(values))) {
      return Double.NaN;
    }

    BigInteger count = BigInteger.valueOf(values.size());
    BigInteger sum = BigInteger.ZERO;
    BigInteger squares = BigInteger.ZERO;
    for (Object value : values) {
      BigInteger units = units(value);
      sum = sum.add(units);
      squares = squares.add(units.multiply(units));
    }

    BigInteger numerator = count.multiply(squares).subtract(sum.multiply(sum));
    int cut = Math.max(0, numerator.bitLength() - 1000) / 2 * 2; // even, for the root
    double rounded = cut(numerator, cut).doubleValue();
    double pairs = (double) values.size() * (values.size() - 1);
    return Math.scalb(Math.sqrt(rounded / pairs), cut / 2 - 1074);
  }

  /** Without the last bits, but with a last bit that says whether there was one among them. */
  private static BigInteger cut(BigInteger number, int bits) {
    BigInteger size = number.abs();
    BigInteger rest = size.shiftRight(bits);
    BigInteger marked = rest.shiftLeft(bits).equals(size) ? rest : rest.setBit(0);
    return number.signum() < 0 ? marked.negate() : marked;
  }

  private static Object quantile(List<Object> values, long millionths) {
    List<Object> sorted = values.stream().sorted(BruteForce::compare).toList();
    long rank =
        new BigDecimal(millionths)
            .movePointLeft(6)
            .multiply(new BigDecimal(values.size()))
            .setScale(0, java.math.RoundingMode.CEILING)
            .longValueExact();
    Object value = sorted.get((int) Math.max(0, rank - 1));
    return value.equals(-0.0) ? (Object) 0.0 : value.equals(-0f) ? (Object) 0f : value;
  }

  private static List<Object> last(List<Event> events, String column, long most, boolean oneTime) {
    Comparator<Event> order = Comparator.comparing(event -> required(event.time()));
    if (!oneTime) {
      order = order.thenComparing(event -> required(event.known()));
    }

    return events.stream()
        .sorted(
            order
                .thenComparing(event -> required(event.value(column)), BruteForce::compare)
                .reversed())
        .limit(most)
        .map(event -> required(event.value(column)))
        .toList();
  }
}
