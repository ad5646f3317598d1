package org.millrace.features.window;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TestWide {
  private final long seed = Long.getLong("millrace.test.seed", new Random().nextLong());
  private final SplittableRandom random = new SplittableRandom(seed);

  @Test
  void roundsNumbersOf128BitsToTheNearestDouble() {
    for (int i = 0; i < 200_000; i++) {
      BigInteger number = number(2);
      double rounded = Wide.toDouble(number.shiftRight(64).longValue(), number.longValue());
      assertThat(rounded).as("seed %d, %s", seed, number).isEqualTo(number.doubleValue());
    }
  }

  @Test
  void roundsNumbersOf256BitsToTheNearestDouble() {
    for (int i = 0; i < 200_000; i++) {
      BigInteger number = number(4).abs();
      assertThat(Wide.toDouble(words(number)))
          .as("seed %d, %s", seed, number)
          .isEqualTo(number.doubleValue());
    }
  }

  @Test
  void squaresAddsSubtractsAndMultiplies() {
    for (int i = 0; i < 100_000; i++) {
      BigInteger a = number(2).shiftRight(2);
      BigInteger b = number(2).shiftRight(2);
      long[] square = new long[4];
      long[] sum = new long[4];
      Wide.square(a.shiftRight(64).longValue(), a.longValue(), sum);
      assertThat(number(sum)).as("seed %d, %s", seed, a).isEqualTo(a.multiply(a));
      Wide.square(b.shiftRight(64).longValue(), b.longValue(), square);
      Wide.add(sum, square);
      BigInteger both = a.multiply(a).add(b.multiply(b));
      assertThat(number(sum)).as("seed %d", seed).isEqualTo(both);
      Wide.subtract(sum, square);
      assertThat(number(sum)).as("seed %d", seed).isEqualTo(a.multiply(a));
      BigInteger less = both.shiftRight(40);
      long[] product = new long[4];
      long by = random.nextLong(1L << 31);
      Wide.multiply(words(less), by, product);
      assertThat(number(product))
          .as("seed %d", seed)
          .isEqualTo(less.multiply(BigInteger.valueOf(by)));
    }
  }

  /** Of any length up to some words, often with long runs of equal bits. */
  private BigInteger number(int words) {
    BigInteger number = BigInteger.ZERO;
    for (int word = 0; word < words; word++) {
      long bits =
          switch (random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> -1;
            case 2 -> 1L << random.nextInt(64);
            default -> random.nextLong();
          };
      number = number.shiftLeft(64).or(new BigInteger(Long.toUnsignedString(bits)));
    }

    number = number.shiftRight(1 + random.nextInt(64 * words - 1));
    return random.nextBoolean() ? number : number.negate();
  }

  private static long[] words(BigInteger number) {
    long[] words = new long[4];
    for (int i = 0; i < 4; i++) {
      words[i] = number.shiftRight(64 * i).longValue();
    }

    return words;
  }

  private static BigInteger number(long[] words) {
    BigInteger number = BigInteger.valueOf(words[3]);
    for (int i = 2; i >= 0; i--) {
      number = number.shiftLeft(64).or(new BigInteger(Long.toUnsignedString(words[i])));
    }

    return number;
  }
}
