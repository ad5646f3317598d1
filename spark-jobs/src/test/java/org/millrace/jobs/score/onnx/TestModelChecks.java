package org.millrace.jobs.score.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.features.testing.TestSpark;

/** What is refused on the driver: in every test, no Spark job may have started. */
class TestModelChecks {
  private final SparkSession spark = TestSpark.session();
  private final JobCount jobs = new JobCount();
  private final long sessionsBefore = NativeHandles.SESSIONS.open();
  private final int heldBefore = SharedSessions.ofThisJvm().held();
  private final OnnxModel named = OnnxModel.of("late_flight", "3", TestModels.named());
  private final Dataset<Row> features =
      spark.range(10).selectExpr("id", "1.5D AS temp", "2 AS delay", "'UA' AS carrier");

  @BeforeEach
  void listen() {
    spark.sparkContext().addSparkListener(jobs);
  }

  @AfterEach
  void noJobStartedAndNoSessionIsLeftOpen() throws Exception {
    spark.sparkContext().listenerBus().waitUntilEmpty(10_000);
    spark.sparkContext().removeSparkListener(jobs);
    assertThat(jobs.started.get()).isZero();
    int kept =
        SharedSessions.ofThisJvm().held() - heldBefore; // for the tasks, as this is local mode
    assertThat(NativeHandles.SESSIONS.open() - sessionsBefore).isEqualTo(kept);
  }

  @Test
  void acceptsAFittingModelWithoutReadingARow() {
    OnnxScoring scoring =
        OnnxScoring.of(named)
            .inputs(Map.of("temp", "temp", "delay", "delay", "carrier", "carrier"))
            .keep("id");

    assertThat(scoring.apply(features).columns()).containsExactly("id", "score");
  }

  @Test
  void refusesACorruptedFile() {
    byte[] bytes = TestModels.named();
    byte[] half = Arrays.copyOf(bytes, bytes.length / 2);

    refused(OnnxScoring.of(OnnxModel.of("late_flight", "3", half)))
        .hasMessageStartingWith(
            "Cannot use the model late_flight version 3: it is no whole ONNX file ("
                + half.length
                + " bytes: ")
        .hasMessageEndingWith("); fetch or export it again");
  }

  @Test
  void refusesAModelThatReadsOtherFiles() {
    refused(OnnxScoring.of(OnnxModel.of("late_flight", "3", TestModels.external("weights.bin"))))
        .hasMessage(
            "Cannot use the model late_flight version 3: its data lies in other files (weights); save"
                + " it as one file");
  }

  @Test
  void refusesAModelThatOnnxRuntimeDoesNotLoad() {
    byte[] bytes = TestModels.unknownOperator();

    refused(OnnxScoring.of(OnnxModel.of("late_flight", "3", bytes)))
        .hasMessageStartingWith(
            "Cannot load model late_flight version 3: ONNX Runtime refuses its "
                + bytes.length
                + " bytes (")
        .hasMessageContaining("NoSuchOperator")
        .hasMessageEndingWith("); register a model that loads");
  }

  @Test
  void refusesAGraphThatFeedsItself() {
    refused(OnnxScoring.of(OnnxModel.of("late_flight", "3", TestModels.cyclic())))
        .hasMessage(
            "Cannot use the model late_flight version 3: nothing makes the values [later]; the file"
                + " is damaged, fetch or export it again");
  }

  @Test
  void refusesAnOperatorSetOfTheFuture() {
    refused(OnnxScoring.of(OnnxModel.of("late_flight", "3", TestModels.opset(9999))))
        .hasMessageStartingWith(
            "Cannot load model late_flight version 3: ONNX Runtime refuses its ")
        .hasMessageContaining("9999")
        .hasMessageEndingWith("); register a model that loads");
  }

  @Test
  void refusesAbsurdShapes() {
    byte[] wide = TestModels.identity(TensorProto.DataType.FLOAT, Long.MAX_VALUE);
    byte[] overflowing = TestModels.identity(TensorProto.DataType.FLOAT, 1L << 32, 1L << 32);

    for (byte[] bytes : List.of(wide, overflowing)) {
      OnnxScoring scoring =
          OnnxScoring.of(OnnxModel.of("late_flight", "3", bytes))
              .input("features", List.of("row"))
              .outputs();
      refused(() -> scoring.apply(features.selectExpr("array(1.5F) AS row")))
          .hasMessageContaining("late_flight version 3")
          .hasMessageContaining("features is FLOAT")
          .hasMessageEndingWith("; no row was read");
    }
  }

  @Test
  void refusesTreesThatLeadInALoopBeforeOnnxRuntimeSeesThem() {
    refused(OnnxScoring.of(OnnxModel.of("late_flight", "3", TestModels.loopingTree())))
        .hasMessage(
            "Cannot use the trees of TreeEnsembleRegressor 'score': its nodes lead in a loop; the"
                + " file is damaged, fetch or export it again");
  }

  @Test
  void refusesBytesThatAreNotTheRegisteredOnes() {
    String sha256 = "0".repeat(64);

    refused(OnnxScoring.of(OnnxModel.of("late_flight", "3", sha256, TestModels.named())))
        .hasMessageStartingWith("Cannot open model late_flight version 3: the SHA-256 of its ")
        .hasMessageEndingWith(
            " bytes is "
                + named.sha256()
                + " vs "
                + sha256
                + " as registered; fetch the model again");
  }

  @Test
  void namesEveryInputThatDoesNotFit() {
    refused(
            OnnxScoring.of(named)
                .inputs(Map.of("temp", "carrier", "carrier", "delay", "humid", "temp"))
                .keep("id", "flight"))
        .hasMessage(
            "Cannot score with model late_flight version 3: column flight is missing from the features"
                + " [id, temp, delay, carrier]; model input temp is FLOAT, its column carrier is STRING;"
                + " model input delay is fed by no column; model input carrier is STRING, its column"
                + " delay is INT; the model has no input humid, it has [temp, delay, carrier];"
                + " no row was read");
  }

  @Test
  void refusesAMissingColumnAndAnOutputNameThatIsTaken() {
    refused(
            OnnxScoring.of(named)
                .inputs(Map.of("temp", "temperature", "delay", "delay", "carrier", "carrier"))
                .keep("id")
                .output("id"))
        .hasMessage(
            "Cannot score with model late_flight version 3: column id is kept and is the output's name"
                + " too; column temperature is missing from the features [id, temp, delay, carrier];"
                + " no row was read");
  }

  @Test
  void refusesAMatrixOfAnotherWidth() {
    OnnxModel matrix = OnnxModel.of("matrix", "1", TestModels.matrix(false, 1f, 2f, 3f));

    refused(OnnxScoring.of(matrix).input("features", List.of("temp", "delay")))
        .hasMessage(
            "Cannot score with model matrix version 1: model input features is FLOAT [-1, 3] vs FLOAT"
                + " [N, 2]; no row was read");
  }

  @Test
  void refusesOutputsThatAreNoProbability() {
    OnnxModel two = OnnxModel.of("two", "1", TestModels.twoOutputs());
    OnnxScoring scoring = OnnxScoring.of(two).input("features", List.of("temp", "delay"));

    refused(scoring)
        .hasMessage(
            "Cannot score with model two version 1: the model has the outputs [same, sum]: name the one that is the score; no row was read");
    refused(scoring.modelOutput("same"))
        .hasMessage(
            "Cannot score with model two version 1: model output same is FLOAT [-1, 2] vs FLOAT [N] or"
                + " [N, 1]; no row was read");
    refused(scoring.modelOutput("mean"))
        .hasMessage(
            "Cannot score with model two version 1: the model has no output mean, it has [same, sum];"
                + " no row was read");
    assertThat(scoring.modelOutput("sum").apply(features).columns()).containsExactly("score");
  }

  @Test
  void saysWhichModelFileIsMissing() {
    assertThatThrownBy(() -> OnnxModel.read("late_flight", "3", "0", Path.of("/no/model.onnx")))
        .isInstanceOf(MillraceException.class)
        .hasMessageStartingWith(
            "Cannot read model late_flight version 3 from /no/model.onnx: /no/model.onnx does not exist")
        .extracting(thrown -> ((MillraceException) thrown).category())
        .isEqualTo(ErrorCategory.INPUT_MISSING);
  }

  private org.assertj.core.api.AbstractThrowableAssert<?, ?> refused(OnnxScoring scoring) {
    return refused(() -> scoring.apply(features));
  }

  private static org.assertj.core.api.AbstractThrowableAssert<?, ?> refused(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable scoring) {
    return assertThatThrownBy(scoring)
        .isInstanceOf(MillraceException.class)
        .satisfies(
            thrown ->
                assertThat(((MillraceException) thrown).category())
                    .isEqualTo(ErrorCategory.DATA_CONTRACT));
  }

  private static final class JobCount extends SparkListener {
    private final AtomicInteger started = new AtomicInteger();

    @Override
    public void onJobStart(SparkListenerJobStart jobStart) {
      started.incrementAndGet();
    }
  }
}
