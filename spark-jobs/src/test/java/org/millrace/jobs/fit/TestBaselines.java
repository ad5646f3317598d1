package org.millrace.jobs.fit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.ledger.LedgerObjects;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.score.onnx.OnnxModel;
import org.millrace.jobs.testing.GateHouse;

/** One baseline for one content of a training set. */
class TestBaselines {
  @TempDir Path home;

  private GateHouse house;

  @BeforeEach
  void build() throws IOException {
    house = new GateHouse(home);
    Files.delete(home.resolve("lake/baselines")); // houses share it
  }

  @Test
  void oneIsFittedForAContentAndItsSettings() throws IOException {
    OnnxModel first = baseline("rows");
    OnnxModel again = baseline("rows");
    assertThat(again.sha256()).isEqualTo(first.sha256());
    assertThat(fits()).isEqualTo(1);

    baseline("other rows");
    assertThat(fits()).isEqualTo(2);
    Path training = home.resolve("conf/training/late_flight.yaml");
    Files.writeString(
        training, Files.readString(training).replace("iterations: 5", "iterations: 2"));
    OnnxModel other = baseline("rows");
    assertThat(other.sha256()).isNotEqualTo(first.sha256());
    assertThat(fits()).isEqualTo(3);
    Files.writeString(training, Files.readString(training).replace("count: 2", "count: 3"));
    baseline("rows");
    assertThat(fits()).as("the trees are none of its business").isEqualTo(3);
  }

  @Test
  void aFileThatWasDamagedIsFittedAgainWithTheSameBytes() throws IOException {
    OnnxModel first = baseline("rows");
    Path file = files().get(0);
    Files.write(file, new byte[] {1, 2, 3});

    assertThat(baseline("rows").sha256()).isEqualTo(first.sha256());

    assertThat(fits()).isEqualTo(2);
    assertThat(files()).containsExactly(file);
  }

  @Test
  void aSliceThatDoesNotSuitLeavesNoFile() throws IOException {
    Path training = home.resolve("conf/training/late_flight.yaml");
    Files.writeString(training, Files.readString(training) + "exclude: x >= 0\n");
    assertThatThrownBy(() -> baseline("rows"))
        .isInstanceOf(MillraceException.class)
        .hasFieldOrPropertyWithValue("category", ErrorCategory.DATA_CONTRACT)
        .hasMessageContaining("of 0 rows 0 have 1 and 0 have 0, and both must occur");
    assertThat(home.resolve("lake/baselines")).doesNotExist();
  }

  private OnnxModel baseline(String content) {
    JobContext context = house.context();
    TableVersion set =
        context.lake().require(LedgerObjects.trainingSet(GateHouse.MODEL), "training-set");
    return new Baselines(context.lake(), context.pipeline(), context.progress()).of(set, content);
  }

  private long fits() {
    return house.said.stream().filter(line -> line.startsWith("fitted the baseline of ")).count();
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(home.resolve("lake/baselines"))) {
      return files.toList();
    }
  }
}
