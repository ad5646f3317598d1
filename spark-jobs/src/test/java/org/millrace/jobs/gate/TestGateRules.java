package org.millrace.jobs.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.Outcome;
import org.millrace.jobs.testing.GateHouse;

/** Rules beyond ranges: intervals, slices, groups, stability, approval; and judging alone. */
final class TestGateRules {
  private static final String ALL =
      """
      ranges:
        auc: {min: 0.6}
        demographic_parity_difference: {max: 0.5}
        equalized_odds_difference: {max: 0.5}
        batch_shape_difference: {max: 0.00001}
        engine_difference: {max: 0.00001}
        model_mebibytes: {max: 1}
      not-worse-than-champion:
        auc: {better: higher, by: 0.05, confidence: 0.95}
      slices:
        columns: [k]
        least-rows: 50
        not-worse-than-champion: {auc: {better: higher, by: 0.05}}
      groups: {column: k, positive-from: 0.6}
      bootstrap: {resamples: 200, seed: 3}
      """;

  @TempDir Path home;
  private GateHouse house;

  @BeforeEach
  void build() {
    house = new GateHouse(home);
  }

  @Test
  void everyKindOfRuleIsMeasuredAndWhatIsOffIsSaid() {
    house.rules(ALL);
    house.candidate(1, 0);
    Map<String, String> first = house.decide().values();
    assertThat(first)
        .containsEntry("verdict", "BOOTSTRAP")
        .containsKeys(
            "demographic_parity_difference", "equalized_odds_difference", "model_mebibytes")
        .containsEntry("batch_shape_difference", "0.0000");
    assertThat(first.get("reasons")).endsWith("; off: approval");
    assertThat(house.tag("1", "off")).isEqualTo("approval");

    house.candidate(1, 0.01);
    Map<String, String> second = house.decide().values();
    assertThat(second).containsEntry("verdict", "PASS").containsKey("auc_difference_low");
    assertThat(second.get("reasons"))
        .contains("shown to be no worse than the champion: auc")
        .contains("with 95% confidence between")
        .contains("in none of 3 slices of k with at least 50 rows");

    house.candidate(0.4, 1);
    assertThatThrownBy(house::decide)
        .hasFieldOrPropertyWithValue("category", ErrorCategory.GATE_REJECTED)
        .hasMessageContaining("not shown to be no worse than the champion: auc")
        .hasMessageContaining("worse than the champion in k=k");
    assertThat(house.champion()).isEqualTo("2");
  }

  @Test
  void theSameRowsAndSeedGiveTheSameInterval() {
    house.rules(ALL);
    house.candidate(1, 0);
    house.decide();
    house.candidate(1, 0.01);
    Map<String, String> judged = house.judgeOnly().values();
    assertThat(judged).containsKey("auc_difference_low");
    assertThat(house.judgeOnly().values())
        .containsEntry("auc_difference_low", String.valueOf(judged.get("auc_difference_low")))
        .containsEntry("auc_difference_high", String.valueOf(judged.get("auc_difference_high")));
  }

  @Test
  void aGateOfRangesAloneSaysWhatIsOff() {
    house.candidate(1, 0);

    assertThat(house.decide().values().get("reasons"))
        .endsWith(
            "off: confidence, slices, groups, batch_shape_difference, engine_difference,"
                + " model_mebibytes, approval");
  }

  @Test
  void judgingAloneChangesNothing() {
    house.candidate(1, 0);

    assertThat(house.judgeOnly().message())
        .isEqualTo("Candidate late_flight/1 would get BOOTSTRAP; nothing was changed");
    assertThat(house.verdicts()).isEmpty();
    assertThat(house.champion()).isEqualTo("none");
    assertThat(house.tag("1", "verdict")).isEqualTo("none");

    house.decide();
    house.candidate(0, 1);
    assertThatThrownBy(house::judgeOnly)
        .hasFieldOrPropertyWithValue("category", ErrorCategory.GATE_REJECTED);
    assertThat(house.verdicts()).hasSize(1);
  }

  @Test
  void aVersionThatAwaitsApprovalGetsTheAliasWhenAPersonApproves() {
    String rules = "ranges: {auc: {min: 0.6}}\napproval: required\n";
    house.rules(rules);
    house.candidate(1, 0);
    assertThat(house.decide().values()).containsEntry("verdict", "AWAITS_APPROVAL");
    assertThat(house.champion()).isEqualTo("none");
    assertThat(house.tag("1", "verdict")).isEqualTo("AWAITS_APPROVAL");
    assertThat(house.decide().outcome()).as("a night goes on").isEqualTo(Outcome.NOTHING_TO_DO);

    assertThat(house.approve("looked at its report").message())
        .isEqualTo("late_flight/1 is approved and is champion");
    assertThat(house.champion()).isEqualTo("1");
    assertThat(house.verdicts()).containsExactly("1 1 - AWAITS_APPROVAL", "2 1 - BOOTSTRAP");
    assertThat(house.tag("1", "reasons")).startsWith("approved by ada: looked at its report; auc");
    assertThat(house.ledger()).isEqualTo("BOOTSTRAP 1");
    assertThat(house.moves()).last().isEqualTo("MOVED - 1 ada BOOTSTRAP");
    assertThat(house.decide().outcome()).isEqualTo(Outcome.NOTHING_TO_DO);

    assertThat(house.approve("again").message())
        .isEqualTo("late_flight/1 was approved before and is champion");
    assertThat(house.verdicts()).hasSize(2);
  }

  @Test
  void anApprovalHoldsBesideTheChampionAndByTheRulesOfTheVerdictAlone() {
    house.candidate(1, 0);
    house.decide();
    assertThatThrownBy(() -> house.approve("no verdict asks for it"))
        .hasFieldOrPropertyWithValue("category", ErrorCategory.DEFINITION)
        .hasMessageContaining("no version awaits approval");

    house.rules("ranges: {auc: {min: 0.6}}\napproval: required\n");
    house.candidate(1, 0.01);
    house.decide();
    house.rules("ranges: {auc: {min: 0.61}}\napproval: required\n");
    assertThatThrownBy(() -> house.approve("late"))
        .hasFieldOrPropertyWithValue("category", ErrorCategory.GATE_REJECTED)
        .hasMessageContaining("the gate's rules were changed since it was judged");
    assertThat(house.champion()).isEqualTo("1");

    house.decide();
    house.candidate(1, 0.02);
    house.decide();
    house.moveByHand("2");
    assertThatThrownBy(() -> house.approve("late"))
        .hasFieldOrPropertyWithValue("category", ErrorCategory.GATE_REJECTED)
        .hasMessageContaining("it was judged beside version 1, and version 2 is champion now");
    assertThat(house.decide().message())
        .as("so it is judged again beside that one")
        .endsWith(
            "AWAITS_APPROVAL; `millrace approve late_flight --version 3 --why TEXT` makes it"
                + " champion");
    assertThat(house.approve("in time").message())
        .isEqualTo("late_flight/3 is approved and is champion");
  }

  @Test
  void anApprovalIsUsedUpByTheMove() {
    house.rules("ranges: {auc: {min: 0.6}}\napproval: required\n");
    for (double noise : new double[] {0, 0.01}) {
      house.candidate(1, noise);
      house.decide();
      house.approve("fine");
    }

    assertThat(house.champion()).isEqualTo("2");
    house.moveByHand("1");
    assertThat(house.approve("it was rolled back since").message())
        .as("of the champion, and version 2 does not come back")
        .isEqualTo("late_flight/1 was approved before and is champion");
    assertThat(house.champion()).isEqualTo("1");
    assertThat(house.verdicts()).hasSize(4);
  }

  @Test
  void judgingAVersionFromOutsideAloneDoesNotAdoptIt() {
    house.candidate(1, 0);
    house.decide();
    String named = house.foreign(1, 0);

    assertThat(house.judgeOnly(named).message()).contains("would get PASS; nothing was changed");
    assertThat(house.tag(named, "verdict")).isEqualTo("none");
    assertThat(house.store.versions.getOrDefault("late_flight", List.of()).get(1).tags()).isEmpty();
  }
}
