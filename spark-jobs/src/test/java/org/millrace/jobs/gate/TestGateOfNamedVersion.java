package org.millrace.jobs.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.Digest;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Outcome;
import org.millrace.contracts.Partition;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.contracts.ledger.LedgerObjects;
import org.millrace.contracts.registry.ModelContract;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.jobs.model.ModelContracts;
import org.millrace.jobs.plan.DescribeModel;
import org.millrace.jobs.plan.LakeReading;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.testing.GateHouse;
import org.millrace.planning.ModelOverview;
import org.millrace.planning.ModelOverview.Verdict;
import org.millrace.planning.ModelOverview.Version;
import org.millrace.registry.testing.InMemoryRegistry;

/** A version that the platform did not make is judged as its own candidates are. */
@Tag("slow")
class TestGateOfNamedVersion {
  @TempDir Path home;

  private GateHouse house;

  @BeforeEach
  void build() {
    house = new GateHouse(home);
  }

  @Test
  void theVersionThatIsNamedIsTheVersionThatIsJudged() {
    house.candidate(1, 0.8);
    house.decide();
    String named = house.foreign(1, 0);

    assertThat(house.decideOn(named).values())
        .containsEntry("verdict", "PASS")
        .containsEntry("champion", "1")
        .containsKeys("baseline_auc", "auc_over_baseline");

    assertThat(house.champion()).isEqualTo(named);
    assertThat(home.resolve("lake/models/" + version(named).sha256() + ".profile.json"))
        .as("drift is measured against the training set")
        .content()
        .contains("noise");
    assertThat(house.verdicts()).containsExactly("1 1 - BOOTSTRAP", "2 2 1 PASS");
    assertThat(house.tag(named, "verdict")).isEqualTo("PASS");
    assertThat(house.ledger()).as("of the pipeline's own candidate").isEqualTo("BOOTSTRAP 1");
    assertThat(entry(named).verdict()).isEqualTo("PASS");
    assertThat(house.decideOn(named).outcome()).isEqualTo(Outcome.NOTHING_TO_DO);
    assertThat(house.decide().message())
        .as("a night does not take the alias back")
        .isEqualTo(
            "Candidate 1 was decided on before: BOOTSTRAP; champion was moved since, to version 2");
    assertThat(house.champion()).isEqualTo(named);

    house.candidate(1, 0.1);
    house.decide();
    assertThat(house.verdicts()).last().isEqualTo("3 3 2 PASS");
    assertThat(house.decideOn(named).outcome())
        .as("it was decided on before")
        .isEqualTo(Outcome.NOTHING_TO_DO);
    house.rules(0.61);
    assertThat(house.decideOn(named).values())
        .as("by other rules it is judged anew")
        .containsEntry("verdict", "PASS");
    assertThat(house.verdicts()).last().isEqualTo("4 2 3 PASS");
  }

  @Test
  void itIsUsedAsItWasJudgedWhateverBecomesOfTheDefinitionsAndOfItsFile() throws Exception {
    String named = house.foreign(1, 0);
    house.decideOn(named);
    ModelVersion version = version(named);
    assertThat(version.sha256()).isEqualTo(Digest.sha256(home.resolve(named + ".onnx")));
    assertThat(house.said)
        .contains(
            "late_flight/1 came without a contract.json, so that its contract is derived from its"
                + " ONNX file",
            "its score is score");
    ModelContract contract = contract(version);
    assertThat(contract.columns()).containsExactly("x", "noise");

    Path spine = home.resolve("conf/spines/s.yaml");
    Files.writeString(spine, Files.readString(spine).replace("spine: s", "spine: other"));
    Path training = home.resolve("conf/training/late_flight.yaml");
    Files.writeString(training, Files.readString(training).replace("spine: s", "spine: other"));
    assertThat(contract(version)).isEqualTo(contract);

    house.rules(0.61); // else nothing is to be done
    house.store.files.put("late_flight/1/model.onnx", "another".getBytes(StandardCharsets.UTF_8));
    try (var files = Files.list(home.resolve("lake/models"))) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }

    assertThatThrownBy(() -> house.decideOn(named))
        .isInstanceOf(MillraceException.class)
        .hasFieldOrPropertyWithValue("category", ErrorCategory.DATA_CONTRACT)
        .hasMessageContaining("someone changed the file");
  }

  @Test
  void oneThatIsWorseIsRejectedAndLeavesTheChampion() {
    house.candidate(1, 0);
    house.decide();
    String named = house.foreign(0.2, 1);

    for (int call = 0; call < 2; call++) {
      assertThatThrownBy(() -> house.decideOn(named))
          .hasFieldOrPropertyWithValue("category", ErrorCategory.GATE_REJECTED)
          .hasMessageContaining("Cannot promote late_flight/2 to champion: verdict FAIL");
    }

    assertThat(house.verdicts()).containsExactly("1 1 - BOOTSTRAP", "2 2 1 FAIL");
    assertThat(house.champion()).isEqualTo("1");
    assertThat(entry(named).verdict()).isEqualTo("FAIL");
  }

  @Test
  void theNewestCandidateByItsNumberIsTheCandidate() {
    house.candidate(1, 0);

    assertThat(house.decideOn("1").values()).containsEntry("verdict", "BOOTSTRAP");

    assertThat(house.ledger()).isEqualTo("BOOTSTRAP 1");
    assertThat(house.decide().outcome()).isEqualTo(Outcome.NOTHING_TO_DO);
  }

  @Test
  void aNumberThatIsNotThereIsRefusedWithThoseThatAre() {
    house.candidate(1, 0);
    house.foreign(1, 0);

    assertThatThrownBy(() -> house.decideOn("7"))
        .isInstanceOf(MillraceException.class)
        .hasFieldOrPropertyWithValue("category", ErrorCategory.INPUT_MISSING)
        .hasMessage(
            "Cannot find late_flight/7 in memory: it has versions 2, 1; name one of them, or the"
                + " registry that has it");
    assertThat(house.verdicts()).isEmpty();
  }

  @Test
  void theOverviewHasVersionsVerdictsAndMoves() {
    house.candidate(1, 0.8);
    house.decide();
    house.decideOn(house.foreign(1, 0));
    house.foreign(0, 1);

    ModelOverview overview = overview();

    assertThat(overview.champion()).contains("2");
    assertThat(overview.versions()).extracting(Version::version).containsExactly("3", "2", "1");
    assertThat(overview.versions())
        .extracting(Version::origin)
        .containsExactly("from outside", "from outside", "from outside");
    assertThat(overview.versions())
        .extracting(version -> version.verdicts().stream().map(Verdict::word).toList().toString())
        .containsExactly("[]", "[PASS]", "[BOOTSTRAP]");
    assertThat(overview.moves()).hasSize(4);
    assertThat(overview.notes()).isEmpty();

    house.store.up = false;
    ModelOverview down = overview();
    assertThat(down.champion()).as("as far as the lake has it").contains("2");
    assertThat(down.versions()).extracting(Version::version).containsExactly("2", "1");
    assertThat(down.notes()).singleElement().asString().startsWith("the registry was not asked: ");
  }

  private ModelOverview overview() {
    JobContext context = house.context();
    LakeReading lake =
        LakeReading.open(home.resolve("lake").toString(), context.lake().dayZone(), Map.of());
    return new DescribeModel(lake, () -> new InMemoryRegistry(house.store)).of(context.pipeline());
  }

  private ModelVersion version(String number) {
    return new InMemoryRegistry(house.store).byVersion(GateHouse.MODEL, number).orElseThrow();
  }

  private ModelContract contract(ModelVersion version) {
    return ModelContracts.of(house.context()).of(new InMemoryRegistry(house.store), version);
  }

  private LedgerEntry entry(String version) {
    JobContext context = house.context();
    return context
        .ledger()
        .entry(LedgerObjects.verdict(GateHouse.MODEL, version), Partition.whole())
        .orElseThrow();
  }
}
