package org.millrace.features.window;

import org.apache.spark.sql.Encoder;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.expressions.Aggregator;
import org.jspecify.annotations.Nullable;

/**
 * Makes {@link StoredSums} of a column; nulls are left out, and where there is nothing else the
 * result is null. Made on the driver, runs in tasks.
 *
 * @param <T> Double or Long: the values
 */
final class StoreSums<T extends Number>
    extends Aggregator<@Nullable T, StoredSums, byte @Nullable []> {
  private static final long serialVersionUID = 1L;

  @Override
  public StoredSums zero() {
    return new StoredSums();
  }

  @Override
  public StoredSums reduce(StoredSums sums, @Nullable T value) {
    if (value instanceof Long whole) {
      sums.add(whole.longValue());
    } else if (value != null) {
      sums.add(value.doubleValue());
    }

    return sums;
  }

  @Override
  public StoredSums merge(StoredSums sums, StoredSums more) {
    sums.add(more);
    return sums;
  }

  @Override
  public byte @Nullable [] finish(StoredSums sums) {
    return sums.count() == 0 ? null : sums.toBytes();
  }

  @Override
  public Encoder<StoredSums> bufferEncoder() {
    return Encoders.javaSerialization(StoredSums.class);
  }

  @Override
  public Encoder<byte @Nullable []> outputEncoder() {
    return Encoders.BINARY();
  }
}
