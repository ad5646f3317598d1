package org.millrace.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TestRowCounts {
  private static final RowCounts SOME = new RowCounts(10, 4, 3, 2, 1);

  @Test
  void sumsAreOfEachPart() {
    assertThat(RowCounts.sum(List.of(SOME, SOME, RowCounts.accepted(5))))
        .isEqualTo(new RowCounts(25, 13, 6, 4, 2));
    assertThat(RowCounts.sum(List.of())).isEqualTo(RowCounts.NONE);
  }

  @Test
  void balancedCountsAreLeftAsTheyAre() {
    assertThat(SOME.requireBalanced("t")).isSameAs(SOME);
    assertThat(SOME).hasToString("10 in = 4 accepted + 3 quarantined + 2 refused + 1 later");
  }

  @ParameterizedTest
  @CsvSource({"11,4,3,2,1", "10,5,3,2,1", "10,4,2,2,1", "10,4,3,3,1", "10,4,3,2,0"})
  void aRowThatIsUnaccountedForIsOurDefect(
      long in, long accepted, long quarantined, long refused, long later) {
    RowCounts counts = new RowCounts(in, accepted, quarantined, refused, later);

    assertThatThrownBy(() -> counts.requireBalanced("raw.t of 2013-12-01"))
        .isInstanceOfSatisfying(
            MillraceException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.INTERNAL))
        .hasMessage(
            "Cannot account for the rows of raw.t of 2013-12-01: the parts of "
                + counts
                + " do not add up");
  }
}
