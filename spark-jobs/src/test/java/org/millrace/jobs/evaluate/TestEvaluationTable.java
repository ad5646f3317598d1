package org.millrace.jobs.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.Json;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.ledger.CommitNote;
import org.millrace.features.testing.TestSpark;
import org.millrace.jobs.testing.TestRooms;

class TestEvaluationTable {
  private static final DayRange DAYS =
      new DayRange(LocalDate.of(2013, 12, 1), LocalDate.of(2013, 12, 2));
  private static final CommitNote NOTE = new CommitNote("m.gate.2013-12-02", "a", "", List.of());

  private final SparkSession spark = TestSpark.session();

  @TempDir Path directory;

  @Test
  void keepsTheMetricsOfEachTask() {
    EvaluationTable table =
        new EvaluationTable(TestRooms.context(directory.resolve("lake")).lake());
    List<TaskMetrics> written = List.of(binary(), regression(), multiclass());
    assertThat(table.newest("m", "0", "gate")).isEmpty();
    for (int version = 0; version < written.size(); version++) {
      String name = Integer.toString(version);
      table.append("m", name, "gate", DAYS, written.get(version), Instant.EPOCH, NOTE);
    }

    for (int version = 0; version < written.size(); version++) {
      assertThat(table.newest("m", Integer.toString(version), "gate"))
          .contains(written.get(version));
    }

    assertThat(table.newest("m", "0", "monitor")).isEmpty();
  }

  @Test
  void namesTheTask() {
    assertThat(Json.write(binary())).startsWith("{\"task\":\"binary\",\"summary\":");
    assertThat(Json.write(regression())).startsWith("{\"task\":\"regression\",");
    assertThat(Json.write(multiclass())).startsWith("{\"task\":\"multiclass\",");
  }

  /** As written before there were other tasks, and before the newest metric. */
  @Test
  void readsWhatAnOlderReleaseHasWritten() {
    String older =
        """
        {"summary":{"rows":4,"positives":4,"auc":"NaN","aucReason":"all 4 labels are 1",\
        "logLoss":0.5,"brier":0.25,"calibrationError":0.125,"baseRate":1.0,"meanScore":0.625},\
        "roc":[{"falsePositiveRate":0.0,"truePositiveRate":0.5}],\
        "calibration":[],"histogram":[{"from":0.0,"to":0.05,"rows":1,"positives":1}]}""";

    TaskMetrics metrics = Json.read(older, TaskMetrics.class);

    assertThat(metrics).isEqualTo(Json.read(older, BinaryMetrics.class));
    assertThat(metrics).isInstanceOf(BinaryMetrics.class);
    assertThat(metrics.rows()).isEqualTo(4);
    assertThat(metrics.asMap())
        .containsEntry("calibration_error", 0.125)
        .doesNotContainKeys("auc", "pr_auc");
  }

  @Test
  void refusesTheMetricsOfAnotherTask() {
    String regression = Json.write(regression());

    assertThatThrownBy(() -> Json.read(regression, BinaryMetrics.class))
        .isInstanceOf(MillraceException.class)
        .hasMessageStartingWith("Cannot read a BinaryMetrics: expected its JSON, was given: ");
    String unknown = regression.replace("\"regression\"", "\"ranking\"");
    assertThatThrownBy(() -> Json.read(unknown, TaskMetrics.class))
        .isInstanceOf(MillraceException.class)
        .hasMessageStartingWith("Cannot read a TaskMetrics: expected its JSON, was given: ");
  }

  private BinaryMetrics binary() {
    return new EvaluateBinary()
        .evaluate(spark.sql("SELECT int(id % 2) AS y, id / 10 AS p FROM range(8)"), "y", "p");
  }

  private RegressionMetrics regression() {
    return new EvaluateRegression()
        .evaluate(spark.sql("SELECT id AS y, id * id / 8 AS p FROM range(8)"), "y", "p");
  }

  private MulticlassMetrics multiclass() {
    return EvaluateMulticlass.evaluate(
        spark.sql("SELECT id % 3 AS y, array(0.5D, 0.25D, 0.25D) AS p FROM range(8)"),
        "y",
        "p",
        List.of("0", "1", "2"));
  }
}
