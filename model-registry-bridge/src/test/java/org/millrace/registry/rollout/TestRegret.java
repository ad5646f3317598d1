package org.millrace.registry.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TestRegret {
  private static final List<String> ARMS = List.of("a", "b", "c");

  private static LossSums row(double loss) {
    return new LossSums(1, loss, loss * loss);
  }

  @Test
  void regretIsThatOfAllRowsOneByOne() {
    SplittableRandom random = new SplittableRandom(161);
    for (int run = 0; run < 200; run++) {
      List<Map<String, LossSums>> served = new ArrayList<>();
      Map<String, LossSums> everyArm = new TreeMap<>();
      double[] totals = new double[ARMS.size()];
      double paid = 0;
      for (int day = 0; day < 5; day++) {
        Map<String, LossSums> today = new TreeMap<>();
        for (int i = random.nextInt(10); i >= 0; i--) {
          int chosen = random.nextInt(ARMS.size());
          for (int arm = 0; arm < ARMS.size(); arm++) {
            double loss = random.nextDouble();
            totals[arm] += loss;
            everyArm.merge(ARMS.get(arm), row(loss), LossSums::plus);
            if (arm == chosen) {
              paid += loss;
              today.merge(ARMS.get(arm), row(loss), LossSums::plus);
            }
          }
        }

        served.add(today);
      }

      Regret regret = Regret.of(served, everyArm);

      double worst = Double.NEGATIVE_INFINITY;
      String best = "";
      for (int arm = 0; arm < ARMS.size(); arm++) {
        if (paid - totals[arm] > worst) {
          worst = paid - totals[arm];
          best = ARMS.get(arm);
        }
      }

      assertThat(regret.regret()).isCloseTo(worst, within(1e-9));
      assertThat(regret.bestArm()).isEqualTo(best);
    }
  }

  @Test
  void ofEqualArmsTheFirstByNameIsTheBest() {
    assertThat(Regret.of(List.of(Map.of("b", row(3))), Map.of("b", row(2), "a", row(2))))
        .isEqualTo(new Regret(1, "a"));
  }

  @Test
  void aMixtureCanBeBetterThanAnyArm() {
    Map<String, LossSums> everyArm = Map.of("a", row(0).plus(row(2)), "b", row(2).plus(row(1)));

    assertThat(Regret.of(List.of(Map.of("a", row(0)), Map.of("b", row(1))), everyArm))
        .isEqualTo(new Regret(-1, "a"));
  }

  @Test
  void otherRowsAndNoArmsAreRefused() {
    assertThatThrownBy(() -> Regret.of(List.of(Map.of("a", row(1))), Map.of("a", LossSums.NONE)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Cannot compare arm a over 0 rows with 1 rows that were served: expected the same rows");
    assertThatThrownBy(() -> Regret.of(List.of(), Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot find the best arm: expected one arm or more");
    assertThatThrownBy(
            () ->
                Regret.of(List.of(Map.of("a", row(1))), Map.of("a", row(Double.POSITIVE_INFINITY))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("Cannot compare losses that are not finite: arm a has");
  }
}
