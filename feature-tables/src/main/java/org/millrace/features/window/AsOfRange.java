package org.millrace.features.window;

import java.io.Serializable;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * The as-of times for which a plan was made.
 *
 * @param fromMicros microseconds since 1970
 * @param toMicros behind the last
 */
record AsOfRange(long fromMicros, long toMicros) implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Whatever times there are. */
  static final AsOfRange ALL = new AsOfRange(Long.MIN_VALUE, Long.MAX_VALUE);

  static AsOfRange of(Instant from, Instant to) {
    return new AsOfRange(
        ChronoUnit.MICROS.between(Instant.EPOCH, from),
        ChronoUnit.MICROS.between(Instant.EPOCH, to));
  }

  /** Refuses rows for which the plan would give wrong answers: throws DATA_CONTRACT. */
  void require(long firstMicros, long lastMicros) {
    boolean isAll = equals(ALL);
    if (!isAll && (firstMicros < fromMicros || lastMicros >= toMicros)) {
      long astray = firstMicros < fromMicros ? firstMicros : lastMicros;
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot use daily partial aggregates: a spine row asks as of "
              + instant(astray)
              + ", outside the range that was given, "
              + instant(fromMicros)
              + " to "
              + instant(toMicros)
              + " (excluded); give the range of the whole spine, or aggregate without them");
    }
  }

  private static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }
}
