package org.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.millrace.bench.input.DataSet;
import org.millrace.contracts.MillraceException;

final class TestWorkload {
  @Test
  void deepStandsForBothOfItsModels() {
    assertThat(Workload.of("deep")).containsExactly(Workload.DEEP, Workload.DEEP_BINNED);
    assertThat(Workload.of("deep-binned")).containsExactly(Workload.DEEP_BINNED);
  }

  @Test
  void unknownNamesAreRefusedWithTheKnownOnes() {
    assertThatThrownBy(() -> Workload.of("mlpp"))
        .isInstanceOf(MillraceException.class)
        .hasMessageStartingWith("Cannot measure mlpp: no such workload vs mlp, gbt, lgbm, deep");
    assertThatThrownBy(() -> Peer.of("spark"))
        .isInstanceOf(MillraceException.class)
        .hasMessageStartingWith("Cannot compare with spark: no such peer vs millrace, ");
  }

  @Test
  void slowPeersGetAPrefixOfTheSameData() {
    assertThat(Workload.GBT.rows(Peer.MILLRACE)).isEqualTo(4_000_000);
    assertThat(Workload.GBT.rows(Peer.SPARK_UDF)).isEqualTo(1_000_000);
    assertThat(Workload.GBT.rows(Peer.SYNAPSEML)).isEqualTo(500_000);
    assertThat(Workload.STARTUP.rows(Peer.ORT)).isEqualTo(200_000);
  }

  @Test
  void filesFollowTheRows() {
    assertThat(Workload.MLP.data(4_000_000))
        .isEqualTo(new DataSet(DataSet.Shape.COLUMNS, 32, 250_000, 1));
    DataSet small = Workload.MLP.data(4_000);
    assertThat(small.fileRows()).isEqualTo(1000);
    assertThat(small.files(4_000)).isEqualTo(4);
    assertThat(small.files(1)).isEqualTo(1);
    assertThat(Workload.ARRAY384.data(1_000_000).columns()).containsExactly("features");
  }
}
