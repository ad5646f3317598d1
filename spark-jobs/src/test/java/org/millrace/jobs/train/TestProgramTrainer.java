package org.millrace.jobs.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Outcome;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.registry.GoldenRow;
import org.millrace.contracts.registry.ModelContract;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.contracts.registry.RunRecord;
import org.millrace.features.testing.TestSpark;
import org.millrace.jobs.model.ModelContracts;
import org.millrace.jobs.testing.GateHouse;
import org.millrace.jobs.testing.TestRooms;
import org.millrace.registry.testing.InMemoryRegistry;

/** A program of the definitions trains, in a process of its own. */
@Tag("slow")
class TestProgramTrainer {
  private static final RunKey KEY = TestRooms.key("train", "2013-01-01", "2013-01-20");
  private static final String COPY = "cp trainers/model.onnx $MILLRACE_OUTPUT/model.onnx\n";

  @TempDir Path home;

  private GateHouse house;

  @BeforeEach
  void build() throws IOException {
    house = new GateHouse(home);
    Files.createDirectories(home.resolve("conf/trainers"));
    Files.write(home.resolve("conf/trainers/model.onnx"), GateHouse.onnx(1, 0.25, "of a program"));
    Path training = home.resolve("conf/training/late_flight.yaml");
    String yaml =
        Files.readAllLines(training).stream()
            .filter(line -> !line.startsWith("trees:"))
            .reduce("", (text, line) -> text + line + "\n");
    Files.writeString(
        training,
        yaml
            + "trainer: {command: [sh, trainers/train.sh], files: [trainers/model.onnx],"
            + " limit: PT5S, seed: 7, params: {rounds: 3}}\n"
            + "exclude: x > 0.9\n");
  }

  @Test
  void whatItMakesIsCheckedRegisteredAndJudged() throws IOException {
    program(
        """
        echo "seed $MILLRACE_SEED, called with $1"
        test -f $MILLRACE_REQUEST && grep -q '"rounds":"3"' $MILLRACE_REQUEST
        ls $MILLRACE_ROWS/*.parquet > $MILLRACE_OUTPUT/rows.txt
        echo '{"valid.auc": 0.75, "rounds": 3}' > $MILLRACE_OUTPUT/metrics.json
        echo '{"library": "sh"}' > $MILLRACE_OUTPUT/params.json
        """
            + COPY);

    JobResult result = train();

    assertThat(result.message()).isEqualTo("Registered candidate late_flight/1");
    long used = result.counts().getOrDefault("rows_out", 0L);
    assertThat(used).isBetween(200L, 299L);
    assertThat(result.counts())
        .containsEntry("rows_in", 300L)
        .containsEntry("rows_refused", 300 - used)
        .containsEntry("export_rows_checked", 50L);
    assertThat(house.said).contains("seed 7, called with --request");
    ModelVersion version = new InMemoryRegistry(house.store).byVersion(GateHouse.MODEL, "1").get();
    assertThat(version.tags())
        .containsEntry("millrace.algorithm", "by sh trainers/train.sh")
        .containsKey("sha256.rows.txt");
    ModelContract contract =
        ModelContracts.of(house.context()).of(new InMemoryRegistry(house.store), version);
    assertThat(contract.columns()).containsExactly("x", "noise");
    assertThat(contract.trainingSet()).contains("training.late_flight@v1");
    assertThat(contract.golden()).hasSize(50);
    RunRecord run = house.store.runs.values().iterator().next();
    assertThat(run.params())
        .containsAllEntriesOf(Map.of("library", "sh", "trainer.rounds", "3", "seed", "7"));
    assertThat(run.metrics()).containsEntry("valid.auc", 0.75).containsKey("seconds.trainer");
    assertThat(house.decide().values()).containsEntry("verdict", "BOOTSTRAP");
    assertThat(train().outcome()).isEqualTo(Outcome.NOTHING_TO_DO);

    program("# another program\n" + COPY);
    assertThat(train().message()).isEqualTo("Registered candidate late_flight/2");
    Files.write(home.resolve("conf/trainers/model.onnx"), GateHouse.onnx(1, 0.5, "other"));
    assertThat(train().message()).isEqualTo("Registered candidate late_flight/3");
  }

  @Test
  void oneThatFailsRegistersNothingAndItsLastLinesAreShown() throws IOException {
    program(COPY + "echo learning; echo 'no memory left' >&2; exit 3\n");

    assertRefused(ErrorCategory.DEFINITION)
        .hasMessageContaining(
            "its trainer `sh trainers/train.sh` ended with exit code 3; nothing is registered; its"
                + " last lines are: learning | no memory left");
  }

  @Test
  void oneThatHangsIsEndedWithAllThatItStarted() throws IOException {
    program(COPY + "echo $$ > trainers/pid; echo waiting; sleep 600 & wait\n");

    assertRefused(ErrorCategory.EXTERNAL)
        .hasMessageContaining("it was ended after PT5S, the limit of the definition; its last line")
        .hasMessageEndingWith("is: waiting");

    long pid = Long.parseLong(Files.readString(home.resolve("conf/trainers/pid")).strip());
    assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
    try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
      assertThat(all.filter(one -> one.info().commandLine().orElse("").endsWith("sleep 600")))
          .isEmpty();
    }
  }

  @Test
  void whatItLeavesRunningIsEndedToo() throws IOException {
    program(COPY + "sleep 601 & sleep 1\n");

    assertThat(train().message()).isEqualTo("Registered candidate late_flight/1");

    try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
      assertThat(all.filter(one -> one.info().commandLine().orElse("").endsWith("sleep 601")))
          .isEmpty();
    }

    assertThat(home.resolve("lake/trainings/late_flight")).isEmptyDirectory();
  }

  @Test
  void scoresOfItsOwnMustBeThoseOfItsFile() throws IOException {
    golden(0.25, 1 / (1 + Math.exp(0.375)));
    program(COPY + "cp trainers/golden.parquet $MILLRACE_OUTPUT/\n");
    assertThat(train().counts()).containsEntry("export_rows_checked", 1L);
    ModelVersion version = new InMemoryRegistry(house.store).byVersion(GateHouse.MODEL, "1").get();
    List<GoldenRow> kept =
        ModelContracts.of(house.context()).of(new InMemoryRegistry(house.store), version).golden();
    assertThat(kept).hasSize(1);

    golden(0.25, 0.5);
    program("# again\n" + COPY + "cp trainers/golden.parquet $MILLRACE_OUTPUT/\n");
    assertThatThrownBy(this::train)
        .isInstanceOf(MillraceException.class)
        .hasFieldOrPropertyWithValue("category", ErrorCategory.DEFINITION)
        .hasMessageContaining(
            "Cannot use what the trainer made: its model.onnx scores 1 of 1 golden rows differently"
                + " from the trainer, row 0 0.4073")
        .hasMessageContaining(" vs 0.5, allowed is a difference of 1.0E-5");
  }

  @Test
  void whatIsMissingOrOfThePlatformIsNamed() throws IOException {
    program("true\n");
    assertRefused(ErrorCategory.DEFINITION)
        .hasMessage(
            "Cannot use what the trainer made: it wrote no model.onnx; docs/trainers.md has its"
                + " files");
    program(COPY + "echo 1 > $MILLRACE_OUTPUT/contract.json\n");
    assertRefused(ErrorCategory.DEFINITION)
        .hasMessageContaining("contract.json is a file that the platform writes");
    program(COPY + "echo '{\"auc\": \"high\"}' > $MILLRACE_OUTPUT/metrics.json\n");
    assertRefused(ErrorCategory.DEFINITION)
        .hasMessageContaining("'auc' in metrics.json is \"high\" vs a finite number");
    Files.delete(home.resolve("conf/trainers/train.sh"));
    assertThatThrownBy(this::train).hasMessageContaining("ended with exit code");
  }

  /** One row of the parquet file of golden rows. */
  private void golden(double x, double score) throws IOException {
    Row row = RowFactory.create(x, 0.0, score);
    Path directory = home.resolve("golden");
    TestSpark.session()
        .createDataFrame(List.of(row), StructType.fromDDL("x DOUBLE, noise DOUBLE, score DOUBLE"))
        .coalesce(1)
        .write()
        .mode("overwrite")
        .parquet(directory.toString());
    try (Stream<Path> files = Files.list(directory)) {
      Path part = files.filter(file -> file.toString().endsWith(".parquet")).findFirst().get();
      Files.write(home.resolve("conf/trainers/golden.parquet"), Files.readAllBytes(part));
    }
  }

  private void program(String script) throws IOException {
    Files.writeString(home.resolve("conf/trainers/train.sh"), "set -e\n" + script);
  }

  private JobResult train() {
    return TestRooms.line(house.context(), KEY, TrainCandidate::new);
  }

  private AbstractThrowableAssert<?, ? extends Throwable> assertRefused(ErrorCategory category) {
    var thrown =
        assertThatThrownBy(this::train)
            .isInstanceOf(MillraceException.class)
            .hasFieldOrPropertyWithValue("category", category);
    assertThat(house.store.versions.getOrDefault(GateHouse.MODEL, List.of())).isEmpty();
    assertThat(house.store.runs).isEmpty();
    return thrown;
  }
}
