package org.millrace.features.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.millrace.contracts.MillraceException;

class TestStoredSums {
  @Test
  void sumsOfPartsAreTheSumOfTheWhole() {
    List<Double> values =
        List.of(
            1e300, -1e300, 0.1, 0.2, Double.MIN_VALUE, -0.0, 3.0, Double.NaN, -Double.MIN_VALUE);
    StoredSums whole = sums(values);
    StoredSums parts = sums(values.subList(5, 9));
    parts.add(sums(values.subList(0, 5)));
    assertThat(parts.toBytes()).isEqualTo(whole.toBytes());
    assertThat(whole.count()).isEqualTo(9);
    assertThat(whole.specials(FixedPoint.NAN)).isEqualTo(1);
    assertThat(whole.least()).isEqualTo(-1074);
    BigDecimal exact =
        values.stream()
            .filter(Double::isFinite)
            .map(value -> new BigDecimal(value.doubleValue()))
            .reduce(BigDecimal.ZERO, BigDecimal::add);
    BigDecimal unit = new BigDecimal(Double.MIN_VALUE);
    assertThat(new BigDecimal(whole.sum()).multiply(unit)).isEqualByComparingTo(exact);
  }

  @Test
  void wholeNumbersAreSummedBeyondTheirRange() {
    StoredSums sums = new StoredSums();
    sums.add(Long.MIN_VALUE);
    sums.add(Long.MIN_VALUE);
    StoredSums read = StoredSums.of(sums.toBytes());
    assertThat(read.sum()).isEqualTo(BigInteger.TWO.pow(64).negate());
    assertThat(read.squares()).isEqualTo(BigInteger.TWO.pow(127));
    assertThat(read.least()).isZero();
    assertThat(read.most()).isEqualTo(64);
  }

  @Test
  void bytesOfOtherFormatsAreRefused() {
    byte[] bytes = sums(List.of(1.5)).toBytes();
    assertThatThrownBy(() -> StoredSums.of(Arrays.copyOf(bytes, 20)))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("Cannot read stored sums: 20 bytes, which end too early");
    bytes[0] = 9;
    assertThatThrownBy(() -> StoredSums.of(bytes))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("format 9, this version reads 1")
        .hasMessageContaining("compute the daily partial aggregates");
  }

  private static StoredSums sums(List<Double> values) {
    StoredSums sums = new StoredSums();
    values.forEach(sums::add);
    return sums;
  }
}
