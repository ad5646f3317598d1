package org.millrace.jobs.score.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.ScoringDefinition;
import org.millrace.features.testing.TestSpark;

class TestOnnxScoring {
  private static final int ROWS = 1_003;
  private static final Map<String, String> INPUTS =
      Map.of("temp", "weather temp", "delay", "delay_minutes", "carrier", "carrier");
  private static final byte[] NAMED = TestModels.named();

  private final SparkSession spark = TestSpark.session();
  private final OnnxModel model = OnnxModel.of("late_flight", "1", NAMED);

  @AfterEach
  void nothingIsLeftOpen() {
    OpenHandles.requireNone();
  }

  @ParameterizedTest
  @CsvSource({"1,3", "7,1", "64,4", "500,2", "1003,1", "1004,1", "4096,50", "32,50"})
  void equalsOnnxRuntimeUsedDirectly(int batchRows, int partitions) throws Exception {
    List<Row> rows = rows();
    OnnxScoring scoring = scoring().batchRows(batchRows);

    List<Row> scored =
        scoring.apply(features(rows).repartition(partitions)).orderBy("id").collectAsList();

    assertThat(scored).hasSize(ROWS);
    float[] expected = DirectOrt.score(NAMED, tensors(rows));
    for (int i = 0; i < ROWS; i++) {
      assertThat(scored.get(i).getLong(0)).isEqualTo(i);
      assertThat(scored.get(i).getDouble(1)).as("row " + i).isEqualTo(expected[i]);
    }

    ScoringCounts counts = scoring.counts();
    assertThat(counts.rows()).isEqualTo(ROWS);
    assertThat(counts.nullInputs())
        .isEqualTo(Map.of("weather temp", 101L, "delay_minutes", 91L, "carrier", 78L));
  }

  @Test
  void readsNumbersOfEveryTypeAndAMatrixInTheGivenOrder() throws Exception {
    Dataset<Row> features =
        spark.sql(
            "SELECT id AS l, cast(id AS tinyint) b, cast(id / 3 AS decimal(9, 3)) d, id % 2 = 0 AS flag,"
                + " cast(id AS double) / 7 AS x FROM range(0, 50, 1, 3)");
    float[] weights = {0.01f, -0.02f, 0.3f, 0.4f, -0.5f};
    List<Row> rows = features.collectAsList();
    float[][] matrix = new float[rows.size()][];
    for (int i = 0; i < rows.size(); i++) {
      Row row = rows.get(i);
      matrix[i] =
          new float[] {
            (float) row.getDouble(4),
            row.getBoolean(3) ? 1 : 0,
            row.getDecimal(2).floatValue(),
            row.getByte(1),
            row.getLong(0)
          };
    }

    for (boolean flat : new boolean[] {true, false}) {
      byte[] bytes = TestModels.matrix(flat, weights);
      List<Row> scored =
          OnnxScoring.of(OnnxModel.of("matrix", "1", bytes))
              .input("features", List.of("x", "flag", "d", "b", "l"))
              .keep("l")
              .output("p")
              .batchRows(16)
              .apply(features)
              .orderBy("l")
              .collectAsList();
      float[] expected = DirectOrt.score(bytes, Map.of("features", matrix));
      assertThat(scored).extracting(row -> (float) row.getDouble(1)).containsExactly(box(expected));
    }
  }

  @Test
  void keepsTheColumnsWithTheirTypesAndSaysThatTheScoreIsNeverNull() {
    Dataset<Row> scored =
        scoring().keep("id", "as_of").output("probability").apply(features(rows()));

    assertThat(scored.schema())
        .isEqualTo(
            new StructType()
                .add("id", DataTypes.LongType, false)
                .add("as_of", DataTypes.DateType)
                .add("probability", DataTypes.DoubleType, false));
  }

  @Test
  void opensOneSessionForFiftyPartitionsAndConcurrentTasks() {
    byte[] bytes = TestModels.matrix(false, 0.123f);
    int before = SharedSessions.ofThisJvm().opened();
    OnnxScoring scoring =
        OnnxScoring.of(OnnxModel.of("fresh", "1", bytes))
            .input("features", List.of("id"))
            .batchRows(10);

    assertThat(scoring.apply(spark.range(0, 5_000, 1, 50).toDF()).count()).isEqualTo(5_000);

    ScoringCounts counts = scoring.counts();
    assertThat(counts.sessions()).hasSize(1);
    assertThat(counts.executors()).hasSize(1).first().asString().startsWith("driver@");
    assertThat(counts.rows()).isEqualTo(5_000);
    assertThat(counts.batches()).isEqualTo(500);
    assertThat(SharedSessions.ofThisJvm().opened()).isEqualTo(before + 1);
  }

  @Test
  void countsOneReadingWhereSparkReadsTwice() {
    OnnxScoring scoring = scoring();
    Dataset<Row> scored = scoring.apply(features(rows()).repartition(5));

    assertThat(scored.count()).isEqualTo(ROWS);
    assertThat(scored.orderBy("score").collectAsList()).hasSize(ROWS);

    assertThat(scoring.counts().rows()).isEqualTo(ROWS);
    assertThat(scoring.counts().asMap())
        .containsEntry("rows", (long) ROWS)
        .containsEntry("null_inputs", 270L)
        .containsEntry("sessions", 1L)
        .containsEntry("executors", 1L);
  }

  @Test
  void closesWhatItOpenedWhenOnlyOneRowIsRead() {
    OnnxScoring scoring = scoring().batchRows(8);

    assertThat(scoring.apply(features(rows()).repartition(2)).limit(1).collectAsList()).hasSize(1);

    assertThat(scoring.counts().rows()).isBetween(8L, 16L); // one batch of one or both tasks
  }

  @Test
  void closesWhatItOpenedWhenARowFailsInTheMiddle() {
    MapFunction<Row, Row> fail = new FailAt(600);
    Dataset<Row> scored =
        scoring().batchRows(8).apply(features(rows())).map(fail, Encoders.row(kept()));

    assertThatThrownBy(scored::collectAsList)
        .isInstanceOf(SparkException.class)
        .hasMessageContaining("row 600 fails");
  }

  @Test
  void closesWhatItOpenedWhenTheJobIsCancelledInTheMiddle() throws Exception {
    BlockAt.reached = new CountDownLatch(1);
    MapFunction<Row, Row> block = new BlockAt(600);
    Dataset<Row> scored =
        scoring().batchRows(8).apply(features(rows())).map(block, Encoders.row(kept()));
    AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
    Thread job =
        new Thread(
            () -> {
              spark.sparkContext().setJobGroup("to-cancel", "blocks", true);
              thrown.set(catchThrowable(scored::collectAsList));
            });
    job.start();
    assertThat(BlockAt.reached.await(60, TimeUnit.SECONDS)).isTrue();

    spark.sparkContext().cancelJobGroup("to-cancel");
    job.join(60_000);

    assertThat(thrown.get()).isInstanceOf(SparkException.class).hasMessageContaining("cancelled");
  }

  @Test
  void rejectsAMissingNumberNamingItsColumnAndItsRow() {
    Throwable thrown =
        catchThrowable(
            () ->
                scoring()
                    .nulls(ScoringDefinition.Nulls.REJECT)
                    .apply(features(rows().subList(7, 14)).coalesce(1))
                    .collectAsList());

    assertThat(thrown.getCause())
        .isInstanceOf(MillraceException.class)
        .hasMessage(
            "Cannot score: column weather temp is null or NaN in the row {id=10}, and no value is"
                + " defined that the model gets in its place; fill it before, or define one (score-file: --null"
                + " weather temp=VALUE; a pipeline: nulls: impute in conf/scoring, for numbers)")
        .extracting(cause -> ((MillraceException) cause).category())
        .isEqualTo(ErrorCategory.DATA_CONTRACT);
  }

  @Test
  void refusesBatchesOfNoRowAndCountsBeforeTheFirstScoring() {
    assertThatThrownBy(() -> scoring().batchRows(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot score in batches of 0 rows: the minimum is 1");
    assertThatThrownBy(() -> scoring().counts())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("Cannot count: nothing has been scored yet; call apply first");
  }

  private OnnxScoring scoring() {
    return OnnxScoring.of(model)
        .inputs(INPUTS)
        .nulls("carrier", NullPolicy.value(""))
        .keep("id")
        .output("score")
        .batchRows(64);
  }

  private Dataset<Row> features(List<Row> rows) {
    StructType schema =
        new StructType()
            .add("id", DataTypes.LongType, false)
            .add("as_of", DataTypes.DateType)
            .add("weather temp", DataTypes.DoubleType)
            .add("delay_minutes", DataTypes.IntegerType)
            .add("carrier", DataTypes.StringType);
    return spark.createDataFrame(rows, schema);
  }

  /** Every 10th row has no temp (NaN or null), every 11th no delay, every 13th no carrier. */
  private static List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      rows.add(RowFactory.create((long) i, null, temp(i), delay(i), carrier(i)));
    }

    return rows;
  }

  private static @Nullable Double temp(int i) {
    return i % 10 != 0 ? Double.valueOf(i * 0.37 - 100) : i % 20 == 0 ? null : Double.NaN;
  }

  private static @Nullable Integer delay(int i) {
    return i % 11 == 5 ? null : Integer.valueOf(i % 90 - 30);
  }

  private static @Nullable String carrier(int i) {
    return i % 13 == 1 ? null : List.of("UA", "AA", "B6", "ß").get(i % 4);
  }

  private static Map<String, Object> tensors(List<Row> rows) {
    float[][] temp = new float[rows.size()][1];
    float[][] delay = new float[rows.size()][1];
    String[][] carrier = new String[rows.size()][1];
    for (int i = 0; i < rows.size(); i++) {
      Row row = rows.get(i);
      temp[i][0] = row.isNullAt(2) ? Float.NaN : (float) row.getDouble(2);
      delay[i][0] = row.isNullAt(3) ? Float.NaN : row.getInt(3);
      carrier[i][0] = row.isNullAt(4) ? "" : row.getString(4);
    }

    return Map.of("temp", temp, "delay", delay, "carrier", carrier);
  }

  private static StructType kept() {
    return new StructType()
        .add("id", DataTypes.LongType, false)
        .add("score", DataTypes.DoubleType, false);
  }

  private static Float[] box(float[] values) {
    Float[] boxed = new Float[values.length];
    for (int i = 0; i < values.length; i++) {
      boxed[i] = values[i];
    }

    return boxed;
  }

  /** Fails in the middle of a reading. */
  private record FailAt(long id) implements MapFunction<Row, Row> {
    @Override
    public Row call(Row row) {
      if (row.getLong(0) == id) {
        throw new IllegalStateException("row " + id + " fails");
      }

      return row;
    }
  }

  /** Waits in the middle of a reading until it is interrupted. */
  private record BlockAt(long id) implements MapFunction<Row, Row> {
    private static CountDownLatch reached = new CountDownLatch(1);

    @Override
    public Row call(Row row) throws InterruptedException {
      if (row.getLong(0) == id) {
        reached.countDown();
        new CountDownLatch(1).await();
      }

      return row;
    }
  }
}
