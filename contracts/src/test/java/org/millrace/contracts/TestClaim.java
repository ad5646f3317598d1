package org.millrace.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TestClaim {
  private static Claim claim(String text) {
    String[] words = text.split(" ", -1);
    return words.length == 1
        ? Claim.whole(words[0])
        : new Claim(
            words[0],
            new DayRange(
                LocalDate.of(2013, 1, Integer.parseInt(words[1])),
                LocalDate.of(2013, 1, Integer.parseInt(words[2]))));
  }

  @ParameterizedTest
  @CsvSource({
    // one, other, overlap, one covers other, other covers one
    "t 3 5, t 3 5, true, true, true",
    "t 3 5, t 5 7, true, false, false",
    "t 3 5, t 1 3, true, false, false",
    "t 3 5, t 6 7, false, false, false",
    "t 3 5, t 1 2, false, false, false",
    "t 3 5, t 4 4, true, true, false",
    "t 3 5, u 3 5, false, false, false",
    "t, t 3 5, true, true, false",
    "t, t, true, true, true",
    "t, u, false, false, false"
  })
  void overlapsAndCovers(
      String one, String other, boolean overlap, boolean covers, boolean isCovered) {
    assertThat(claim(one).overlaps(claim(other))).isEqualTo(overlap);
    assertThat(claim(other).overlaps(claim(one))).isEqualTo(overlap);
    assertThat(claim(one).covers(claim(other))).isEqualTo(covers);
    assertThat(claim(other).covers(claim(one))).isEqualTo(isCovered);
  }

  @Test
  void partitionsAreItsDaysOrTheWhole() {
    assertThat(claim("t 1 2").partitions())
        .extracting(Partition::text)
        .containsExactly("2013-01-01", "2013-01-02");
    assertThat(claim("t").partitions()).containsExactly(Partition.whole());
    assertThat(claim("t 1 1")).hasToString("t of 2013-01-01");
    assertThat(claim("t")).hasToString("t");
  }

  @Test
  void isReadBackFromItsJson() {
    for (String text : new String[] {"t 1 2", "t"}) {
      assertThat(Json.read(Json.write(claim(text)), Claim.class)).isEqualTo(claim(text));
    }
  }
}
