package org.millrace.features.window;

import java.io.Serializable;
import java.math.BigDecimal;
import java.math.MathContext;
import org.apache.spark.sql.Encoder;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.expressions.Aggregator;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.definition.AggregateFunction;

/**
 * Sum, average or deviation in decimal arithmetic, for the oracle: slow, plain, and nothing of the
 * kernels in it. Every finite double is a finite decimal number, so sums are exact; nulls are left
 * out. Made on the driver, runs in tasks.
 *
 * @param <T> Double or Long: the values
 */
final class ExactSums<T extends Number>
    extends Aggregator<@Nullable T, ExactSums.State, @Nullable Double> {
  private static final long serialVersionUID = 1L;
  private static final int SAFE_DIGITS = 250; // of the 308 that a double's exponent has

  private final AggregateFunction function;

  ExactSums(AggregateFunction function) {
    this.function = function;
  }

  /** What was added up so far. */
  public static final class State implements Serializable {
    private static final long serialVersionUID = 1L;

    private long count;
    private double special;
    private BigDecimal sum = BigDecimal.ZERO;
    private BigDecimal squares = BigDecimal.ZERO;
  }

  @Override
  public State zero() {
    return new State();
  }

  @Override
  public State reduce(State state, @Nullable T value) {
    if (value == null) {
      return state;
    }

    state.count++;
    if (!Double.isFinite(value.doubleValue())) {
      state.special += value.doubleValue();
      return state;
    }

    BigDecimal exact =
        value instanceof Long
            ? BigDecimal.valueOf(value.longValue())
            : new BigDecimal(value.doubleValue());
    state.sum = state.sum.add(exact);
    if (function == AggregateFunction.STDDEV) {
      state.squares = state.squares.add(exact.multiply(exact));
    }

    return state;
  }

  @Override
  public State merge(State a, State b) {
    State both = new State();
    both.count = a.count + b.count;
    both.special = a.special + b.special;
    both.sum = a.sum.add(b.sum);
    both.squares = a.squares.add(b.squares);
    return both;
  }

  @Override
  public @Nullable Double finish(State state) {
    if (state.count == 0 || (state.count == 1 && function == AggregateFunction.STDDEV)) {
      return null;
    }
    if (state.special != 0) { // NaN is not 0 either
      return function == AggregateFunction.STDDEV ? Double.NaN : state.special;
    }

    return switch (function) {
      case SUM -> state.sum.doubleValue();
      case AVG -> state.sum.doubleValue() / state.count;
      default -> deviation(state);
    };
  }

  private static double deviation(State state) {
    BigDecimal numerator =
        state
            .squares
            .multiply(BigDecimal.valueOf(state.count))
            .subtract(state.sum.multiply(state.sum));
    if (numerator.signum() == 0) {
      return 0;
    }

    // an even power of two is taken out, so that the rounding to a double neither over- nor
    // underflows; the root has half of it
    int digits = numerator.precision() - numerator.scale();
    int half = Math.abs(digits) > SAFE_DIGITS ? (int) Math.round(digits / 2.0 / Math.log10(2)) : 0;
    BigDecimal power = BigDecimal.valueOf(2).pow(2 * Math.abs(half));
    BigDecimal scaled =
        half < 0
            ? numerator.multiply(power)
            : numerator.multiply(BigDecimal.ONE.divide(power, MathContext.UNLIMITED));
    double pairs = (double) state.count * (state.count - 1);
    return Math.scalb(Math.sqrt(scaled.doubleValue() / pairs), half);
  }

  @Override
  public Encoder<State> bufferEncoder() {
    return Encoders.javaSerialization(State.class);
  }

  @Override
  public Encoder<@Nullable Double> outputEncoder() {
    return Encoders.DOUBLE();
  }
}
