package org.millrace.jobs.score.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.Trigger;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.features.testing.TestSpark;

/** The operator among others: what it reads, what it hands on, and where it may stand. */
@Tag("slow")
class TestScoringPlans {
  private static final int ROWS = 10_000;
  private static final float[] WEIGHTS = {0.01f, -0.02f, 0.3f};
  private static final List<String> COLUMNS = List.of("b", "c", "a");

  private final SparkSession spark = TestSpark.session();
  private final OnnxModel model = OnnxModel.of("matrix", "1", TestModels.matrix(false, WEIGHTS));
  @TempDir private Path directory;
  private String table = "";
  private Map<Long, Double> expected = Map.of();

  @BeforeEach
  void writeATableAndScoreItPlainly() throws Exception {
    table = directory.resolve("table").toString();
    spark
        .range(0, ROWS, 1, 3)
        .selectExpr(
            "id",
            "if(id % 7 = 0, null, cast(id * 0.5 AS float)) AS a",
            "id % 13 AS b",
            "'unused' AS unused",
            "if(id % 5 = 0, null, id / 3D) AS c",
            "cast(id % 4 AS int) AS part")
        .write()
        .partitionBy("part")
        .parquet(table);
    expected = plainly(spark.read().parquet(table).orderBy("id").collectAsList());
  }

  @AfterEach
  void nothingIsLeftOpen() {
    OpenHandles.requireNone();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 1000, 4096, 20_000})
  void readsColumnsOfAVectorisedScanInBatchesOfAnySize(int batchRows) {
    OnnxScoring scoring = scoring().batchRows(batchRows);

    Dataset<Row> scored = scoring.apply(table());

    assertThat(scores(scored)).isEqualTo(expected);
    assertThat(scoring.counts().rows()).isEqualTo(ROWS);
    assertThat(scoring.counts().nullInputs()).isEqualTo(Map.of("a", 1429L, "c", 2000L));
    assertThat(operator(scored).supportsColumnar()).isTrue();
  }

  @Test
  void readsRowsWhereTheChildOffersRows() {
    Dataset<Row> scored = scoring().apply(table().where("id >= 0").repartition(3));

    assertThat(scores(scored)).isEqualTo(expected);
    assertThat(operator(scored).supportsColumnar()).isFalse();
  }

  @Test
  void readsOnlyTheColumnsItNeedsAndNamesItselfInThePlan() {
    Dataset<Row> scored = scoring().batchRows(512).apply(table());

    String plan = scored.queryExecution().executedPlan().toString();
    assertThat(plan)
        .contains(
            "OnnxScoring model matrix version 1, engine onnxruntime (it has 0 tree ensembles),"
                + " device CPU, batches of 512 rows")
        .doesNotContain("unused");
  }

  @Test
  void keepsAPartitionColumnWithoutLeavingColumns() {
    OnnxScoring scoring = scoring().keep("part", "id");

    Dataset<Row> scored = scoring.apply(table());

    assertThat(operator(scored).supportsColumnar()).isTrue();
    assertThat(scored.where("part <> id % 4").count()).isZero();
    assertThat(scores(scored)).isEqualTo(expected);
  }

  @Test
  void makesRowsItselfSoThatNothingStandsBetweenTheScanAndTheSink() {
    Dataset<Row> scored = scoring().apply(table());

    List<String> nodes =
        scored
            .queryExecution()
            .executedPlan()
            .toString()
            .lines()
            .map(line -> line.replaceAll("^[^A-Za-z]*|[ (].*$", ""))
            .toList();

    assertThat(nodes.get(0)).isEqualTo("OnnxScoring");
    assertThat(nodes.get(1)).isEqualTo("FileScan");
  }

  @Test
  void keepsNumbersOfEveryTypeWithTheirNulls(@TempDir Path directory) {
    String file = directory.resolve("types").toString();
    List<String> types = new ArrayList<>(List.of("id", "cast(id AS float) AS a", "id AS b"));
    for (String type :
        List.of(
            "bigint",
            "double",
            "float",
            "int",
            "smallint",
            "tinyint",
            "boolean",
            "date",
            "timestamp",
            "timestamp_ntz")) {
      String value =
          switch (type) {
            case "date" -> "date_add(date'2013-01-01', cast(id AS int))";
            case "timestamp", "timestamp_ntz" ->
                "cast(timestamp_seconds(id * 1000) AS " + type + ")";
            default -> "cast(id % 100 - 50 AS " + type + ")";
          };
      types.add("if(id %% 3 = 0, null, %s) AS %s".formatted(value, type));
      types.add("%s AS whole_%s".formatted(value, type));
    }

    spark
        .range(0, 2000, 1, 1)
        .selectExpr(types.toArray(String[]::new))
        .selectExpr("*", "id / 3D AS c")
        .write()
        .parquet(file);
    Dataset<Row> rows = spark.read().parquet(file);
    Dataset<Row> scored = scoring().keep(rows.columns()).apply(rows);

    assertThat(scored.drop("score").orderBy("id").collectAsList())
        .isEqualTo(rows.orderBy("id").collectAsList());
    // rows are equal by their bytes, those of nulls and short types among them
    assertThat(scored.drop("score").unionAll(rows).distinct().count()).isEqualTo(2000);
  }

  @Test
  void tellsItsWorkInMetrics() {
    Dataset<Row> scored = scoring().batchRows(1024).apply(table());
    scored.collectAsList();

    SparkPlan operator = operator(scored);
    assertThat(operator.longMetric("numOutputRows").value()).isEqualTo(ROWS);
    assertThat(operator.longMetric("nullInputs").value()).isEqualTo(3429);
    assertThat(operator.longMetric("batches").value()).isBetween(10L, 40L);
    assertThat(operator.longMetric("modelTime").value()).isPositive();
    assertThat(operator.longMetric("fillTime").value()).isPositive();
    assertThat(operator.longMetric("sessions").value()).isLessThanOrEqualTo(1);
  }

  @Test
  void standsBelowAndAboveJoinsAggregatesAndOtherModels() {
    Dataset<Row> first = scoring().keep("id", "a", "b", "c").apply(table());
    Dataset<Row> second = scoring().output("again").keep("id", "score").apply(first);
    Dataset<Row> joined =
        second
            .join(table().select("id", "part").where("part = 1"), "id")
            .groupBy("part")
            .agg(
                functions.count("*").as("n"),
                functions.sum(functions.expr("if(score = again, 0, 1)")).as("different"));

    assertThat(joined.collectAsList())
        .singleElement()
        .satisfies(
            row -> {
              assertThat(row.getInt(0)).isEqualTo(1);
              assertThat(row.getLong(1)).isEqualTo(ROWS / 4);
              assertThat(row.getLong(2)).isZero();
            });
    assertThat(scores(scoring().apply(table().join(table().select("id"), "id"))))
        .isEqualTo(expected);
  }

  @Test
  void mayBeJoinedWithItself() {
    Dataset<Row> scored = scoring().apply(table());

    Dataset<Row> joined =
        scored
            .as("one")
            .join(scored.as("two"), functions.expr("one.id = two.id"))
            .where("one.score = two.score");

    assertThat(joined.count()).isEqualTo(ROWS);
  }

  @Test
  void readsACacheAndMayBeCached() {
    Dataset<Row> cached = table().select("id", "a", "b", "c").cache();
    Dataset<Row> scored = scoring().apply(cached).cache();
    try {
      assertThat(scores(scored)).isEqualTo(expected);
      assertThat(scores(scored)).isEqualTo(expected);
      assertThat(scored.limit(3).collectAsList()).hasSize(3);
    } finally {
      scored.unpersist(true);
      cached.unpersist(true);
    }
  }

  @Test
  void countsEveryPartitionOfACoalescedTask() {
    OnnxScoring scoring = scoring();

    assertThat(scores(scoring.apply(table()).coalesce(1))).isEqualTo(expected);

    assertThat(scoring.counts().rows()).isEqualTo(ROWS);
  }

  @Test
  void isPlannedInNewSessionsToo() {
    SparkSession other = spark.newSession();
    OnnxScoring scoring = scoring();

    assertThat(scores(scoring.apply(other.read().parquet(table)))).isEqualTo(expected);
    assertThat(scores(scoring.apply(other.read().parquet(table)))).isEqualTo(expected);
    assertThat(ScalaSeqs.list(other.experimental().extraStrategies())).hasSize(1);
  }

  @Test
  void scoresAStream() throws Exception {
    StructType schema = table().schema();
    Dataset<Row> stream = spark.readStream().schema(schema).parquet(table);
    Dataset<Row> scored = scoring().apply(stream);
    assertThat(scored.isStreaming()).isTrue();

    String out = directory.resolve("out").toString();
    StreamingQuery query =
        scored
            .writeStream()
            .outputMode("append")
            .option("checkpointLocation", directory.resolve("checkpoint").toString())
            .option("path", out)
            .format("parquet")
            .trigger(Trigger.AvailableNow())
            .start();
    assertThat(query.awaitTermination(60_000)).isTrue();

    assertThat(scores(spark.read().parquet(out))).isEqualTo(expected);
  }

  private OnnxScoring scoring() {
    return OnnxScoring.of(model).input("features", COLUMNS).keep("id").output("score");
  }

  private Dataset<Row> table() {
    return spark.read().parquet(table);
  }

  /** The last plan's, also below an adaptive plan. */
  private static SparkPlan operator(Dataset<Row> scored) {
    List<SparkPlan> found = new ArrayList<>();
    find(scored.queryExecution().executedPlan(), found);
    assertThat(found).hasSize(1);
    return found.get(0);
  }

  private static void find(SparkPlan plan, List<SparkPlan> found) {
    if (plan instanceof ScoringExec) {
      found.add(plan);
    } else if (plan instanceof org.apache.spark.sql.execution.adaptive.AdaptiveSparkPlanExec a) {
      find(a.executedPlan(), found);
    } else {
      ScalaSeqs.list(plan.children()).forEach(child -> find(child, found));
    }
  }

  private static Map<Long, Double> scores(Dataset<Row> scored) {
    Map<Long, Double> scores = new TreeMap<>();
    for (Row row : scored.select("id", "score").collectAsList()) {
      scores.put(row.getLong(0), row.getDouble(1));
    }

    return scores;
  }

  private static Map<Long, Double> plainly(List<Row> rows) throws Exception {
    float[][] matrix = new float[rows.size()][];
    for (int i = 0; i < matrix.length; i++) {
      Row row = rows.get(i);
      matrix[i] =
          new float[] {
            row.<Long>getAs("b"),
            row.getAs("c") == null ? Float.NaN : (float) (double) row.<Double>getAs("c"),
            row.getAs("a") == null ? Float.NaN : row.<Float>getAs("a")
          };
    }

    float[] scores = DirectOrt.score(TestModels.matrix(false, WEIGHTS), Map.of("features", matrix));
    Map<Long, Double> expected = new TreeMap<>();
    for (int i = 0; i < scores.length; i++) {
      expected.put(rows.get(i).getAs("id"), (double) scores[i]);
    }

    return expected;
  }
}
