package org.millrace.features.window;

import java.math.BigInteger;
import java.util.List;
import org.apache.spark.sql.execution.vectorized.WritableColumnVector;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.AggregateFunction;

/**
 * Count, sum, average and sample standard deviation. Sums are exact and rounded once; the average
 * is that sum divided by the count; the deviation is the square root of {@code (n*sum(x^2) -
 * sum(x)^2)/(n*(n-1))}, its numerator exact and rounded once.
 */
final class Moments implements Accumulator {
  private static final FixedPoint NONE = new FixedPoint();

  private final Moves moves;
  private final Output[] outputs;
  private final boolean hasSums;
  private final boolean hasSquares;
  private int entered;
  private int left;
  private long count;
  private long high;
  private long low;
  private final long[] squares = new long[4];
  private BigInteger wideSum = BigInteger.ZERO;
  private BigInteger wideSquares = BigInteger.ZERO;
  private final long[] specials = new long[4];
  private final long[] scratch = new long[4];
  private final long[] numerator = new long[4];

  /** Aggregates of one window of one series: COUNT, SUM, AVG and STDDEV. */
  Moments(Moves moves, List<Output> outputs) {
    this.moves = moves;
    this.outputs = outputs.toArray(Output[]::new);
    hasSquares = outputs.stream().anyMatch(out -> out.function() == AggregateFunction.STDDEV);
    hasSums = outputs.stream().anyMatch(out -> out.function() != AggregateFunction.COUNT);
  }

  @Override
  public void start() {
    entered = 0;
    left = 0;
    count = 0;
    high = 0;
    low = 0;
    java.util.Arrays.fill(squares, 0);
    java.util.Arrays.fill(specials, 0);
    wideSum = BigInteger.ZERO;
    wideSquares = BigInteger.ZERO;
    Series series = moves.series();
    for (int i = 0; i < series.sums.size(); i++) {
      if (series.sumDays[i] >= moves.fromDay()) {
        enter(series.sums.get(i));
      }
    }
  }

  /** Stored sums are of events that every row sees: they never leave. */
  private void enter(StoredSums sums) {
    count += sums.count();
    for (int kind = 0; kind < specials.length; kind++) {
      specials[kind] += sums.specials(kind);
    }
    if (!hasSums || sums.least() == StoredSums.NO_BITS) {
      return;
    }

    FixedPoint values = moves.series().fixed();
    int shift = sums.least() - values.scale;
    BigInteger sum = sums.sum().shiftLeft(shift);
    BigInteger squared = hasSquares ? sums.squares().shiftLeft(2 * shift) : BigInteger.ZERO;
    if (values.isWide) {
      wideSum = wideSum.add(sum);
      wideSquares = wideSquares.add(squared);
      return;
    }

    long ofLow = sum.longValue();
    low += ofLow;
    high += sum.shiftRight(Long.SIZE).longValue();
    high += Long.compareUnsigned(low, ofLow) < 0 ? 1 : 0;
    for (int word = 0; word < scratch.length; word++) {
      scratch[word] = squared.shiftRight(word * Long.SIZE).longValue();
    }

    Wide.add(squares, scratch);
  }

  @Override
  public void run(int from, int to, WritableColumnVector[] out, int at) {
    FixedPoint values = hasSums ? moves.series().fixed() : NONE;
    for (int slot = from; slot < to; slot++) {
      while (entered < moves.size && moves.enterAt[entered] <= slot) {
        move(values, moves.entering[entered++], 1);
      }
      while (left < moves.size && moves.leaveAt[left] <= slot) {
        move(values, moves.leaving[left++], -1);
      }
      for (Output output : outputs) {
        put(output, out[output.column()], at + slot - from);
      }
    }
  }

  private void move(FixedPoint values, int event, int sign) {
    count += sign;
    if (!hasSums) {
      return;
    }

    if (values.hasSpecial) {
      specials[values.special[event]] += sign;
    }
    if (values.isWide) {
      moveWide(values.wide[event], sign);
      return;
    }

    long ofLow = values.low[event];
    long ofHigh = values.high[event];
    if (sign > 0) {
      low += ofLow;
      high += ofHigh + (Long.compareUnsigned(low, ofLow) < 0 ? 1 : 0);
    } else {
      high -= ofHigh + (Long.compareUnsigned(low, ofLow) < 0 ? 1 : 0);
      low -= ofLow;
    }
    if (hasSquares) {
      Wide.square(ofHigh, ofLow, scratch);
      if (sign > 0) {
        Wide.add(squares, scratch);
      } else {
        Wide.subtract(squares, scratch);
      }
    }
  }

  private void moveWide(BigInteger value, int sign) {
    wideSum = sign > 0 ? wideSum.add(value) : wideSum.subtract(value);
    if (hasSquares) {
      BigInteger square = value.multiply(value);
      wideSquares = sign > 0 ? wideSquares.add(square) : wideSquares.subtract(square);
    }
  }

  private void put(Output output, WritableColumnVector out, int row) {
    if (output.function() == AggregateFunction.COUNT) {
      out.putLong(row, count);
    } else if (count == 0 || (count == 1 && output.function() == AggregateFunction.STDDEV)) {
      out.putNull(row);
    } else if (output.function() == AggregateFunction.STDDEV) {
      out.putDouble(row, deviation());
    } else if (output.function() == AggregateFunction.AVG) {
      out.putDouble(row, sum() / count);
    } else if (moves.series().kind().isFloating()) {
      out.putDouble(row, sum());
    } else {
      out.putLong(row, wholeSum(output));
    }
  }

  private long wholeSum(Output output) {
    if (high != low >> 63) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot compute "
              + output.name()
              + ": a sum of "
              + count
              + " whole numbers does not fit into a BIGINT; cast the column to DOUBLE");
    }

    return low;
  }

  private boolean isSpecial() {
    return specials[FixedPoint.NAN] + specials[FixedPoint.POSITIVE] + specials[FixedPoint.NEGATIVE]
        > 0;
  }

  private double sum() {
    if (isSpecial()) {
      boolean hasBoth = specials[FixedPoint.POSITIVE] > 0 && specials[FixedPoint.NEGATIVE] > 0;
      if (specials[FixedPoint.NAN] > 0 || hasBoth) {
        return Double.NaN;
      }

      return specials[FixedPoint.POSITIVE] > 0
          ? Double.POSITIVE_INFINITY
          : Double.NEGATIVE_INFINITY;
    }

    FixedPoint values = moves.series().fixed();
    return values.isWide
        ? Wide.toDouble(wideSum, 0, values.scale)
        : Math.scalb(Wide.toDouble(high, low), values.scale);
  }

  private double deviation() {
    if (isSpecial()) {
      return Double.NaN;
    }

    FixedPoint values = moves.series().fixed();
    double pairs = (double) count * (count - 1);
    if (values.isWide) {
      BigInteger exact =
          wideSquares.multiply(BigInteger.valueOf(count)).subtract(wideSum.multiply(wideSum));
      int aside = Wide.bitsAside(exact);
      double variance = Wide.toDouble(exact, aside, 0) / pairs;
      return Math.scalb(Math.sqrt(variance), values.scale + aside / 2);
    }

    Wide.multiply(squares, count, numerator);
    Wide.square(high, low, scratch);
    Wide.subtract(numerator, scratch);
    return Math.scalb(Math.sqrt(Wide.toDouble(numerator) / pairs), values.scale);
  }
}
