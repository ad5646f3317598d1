package org.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.millrace.contracts.MillraceException;

final class TestAsOfCommand {
  @Test
  void theBigWorkloadIsMeasuredOnlyWhereItIsNamed() {
    assertThat(AsOfCommand.chosen(List.of()))
        .extracting(AsOfWorkload::word)
        .contains("one", "three", "skew")
        .doesNotContain("big");
    assertThat(AsOfCommand.chosen(List.of("big", "one")))
        .containsExactly(JoinWorkload.ONE, JoinWorkload.BIG);
  }

  @Test
  void unknownWorkloadsAreRefusedWithTheKnownOnes() {
    assertThatThrownBy(() -> AsOfCommand.chosen(List.of("two")))
        .isInstanceOf(MillraceException.class)
        .hasMessageStartingWith("Cannot measure two: no such workload vs one, three, eight");
  }
}
