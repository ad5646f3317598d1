package org.millrace.features.asof;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.apache.spark.util.Utils;
import org.junit.jupiter.api.Test;

class TestPackedLongs {
  @Test
  void numbersOfAnyRangeComeBackAsTheyWere() {
    Random random = new Random(5);
    for (int bits = 0; bits <= Long.SIZE; bits++) {
      long mask = bits == Long.SIZE ? -1 : (1L << bits) - 1;
      long least = random.nextLong() >> random.nextInt(60);
      long[] numbers = random.longs(100).map(number -> least + (number & mask)).toArray();

      assertThat(travelled(PackedLongs.of(numbers, 100)).unpacked())
          .as("%s bits", bits)
          .containsExactly(numbers);
      assertThat(PackedLongs.of(numbers, 1).unpacked()).containsExactly(numbers[0]);
    }
  }

  @Test
  void theSmallestAndTheLargestNumberFitTogether() {
    long[] longs = {Long.MAX_VALUE, Long.MIN_VALUE, 0};
    int[] ints = {Integer.MAX_VALUE, Integer.MIN_VALUE, -1};

    assertThat(travelled(PackedLongs.of(longs, 3)).unpacked()).containsExactly(longs);
    assertThat(travelled(PackedLongs.of(ints)).unpackedInts()).containsExactly(ints);
  }

  @Test
  void noNumbersTakeNoRoom() {
    assertThat(travelled(PackedLongs.of(new long[9], 0)).unpacked()).isEmpty();
    assertThat(travelled(PackedLongs.of(new int[0])).unpackedInts()).isEmpty();
  }

  @Test
  void equalNumbersTakeNoRoomButTheirCount() {
    long[] numbers = {7, 7, 7};

    assertThat(travelled(PackedLongs.of(numbers, 3)).unpacked()).containsExactly(numbers);
    assertThat(Utils.serialize(PackedLongs.of(new long[1 << 20], 1 << 20))).hasSizeLessThan(500);
  }

  private static PackedLongs travelled(PackedLongs packed) {
    return Utils.deserialize(Utils.serialize(packed));
  }
}
