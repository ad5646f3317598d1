package org.millrace.jobs.explain.shap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.features.testing.TestSpark;
import org.millrace.jobs.score.onnx.NullPolicy;
import org.millrace.jobs.score.onnx.OnnxModel;
import org.millrace.jobs.score.onnx.OnnxScoring;
import org.millrace.registry.onnx.FeatureEncoding;
import org.millrace.registry.onnx.OnnxExport;
import org.millrace.registry.onnx.TreeEnsemble;

/** Covers and contributions on Spark, of models with and without a part before their trees. */
final class TestShapInSpark {
  private static final int ROWS = 3000;
  private static final double TOLERANCE = 1e-5;

  private final SparkSession spark = TestSpark.session();

  static List<String> names() {
    return ShapFixture.names();
  }

  @ParameterizedTest
  @MethodSource("names")
  void rowsAreCountedAndExplainedAsByThePeers(String name) {
    ShapFixture fixture = ShapFixture.read(name);
    Dataset<Row> rows = table(fixture);

    NodeCovers covers = CountCovers.of(fixture.scoring(), rows.repartition(5));
    ShapColumns columns = ShapColumns.of(fixture.scoring(), covers);
    List<Row> explained = columns.apply(rows).orderBy("id").collectAsList();

    assertThat(covers).isEqualTo(fixture.covers());
    assertThat(columns.featureColumns()).isEqualTo(ShapFixture.columns());
    JsonNode wanted =
        fixture.expected().get(name.startsWith("lgbm") ? "lightgbm" : "shap").get("contributions");
    for (int row = 0; row < wanted.size(); row++) {
      List<Double> found = explained.get(row).getList(1);
      for (int column = 0; column < ShapFixture.FEATURES; column++) {
        assertThat(found.get(column))
            .as("row %d, column %d", row, column)
            .isCloseTo(wanted.get(row).get(column).asDouble(), within(TOLERANCE));
      }
    }
  }

  @Test
  void countsDoNotDependOnPartitions() {
    Dataset<Row> rows = flights(ROWS);

    NodeCovers ofOne = CountCovers.of(scoring(), rows.coalesce(1));

    assertThat(ofOne.rows()).isEqualTo(ROWS);
    assertThat(CountCovers.of(scoring(), rows)).isEqualTo(ofOne);
    assertThat(CountCovers.of(scoring(), rows.repartition(7))).isEqualTo(ofOne);
    assertThat(CountCovers.of(scoring(), rows.repartition(3).filter("id = 5")).rows())
        .isEqualTo(1); // partitions without rows
    assertThat(CountCovers.of(scoring(), rows.filter("id < 0")).rows()).isZero();
  }

  @Test
  void contributionsOfAnExportedModelSumToItsScore() {
    Dataset<Row> rows = flights(ROWS);
    NodeCovers covers = CountCovers.of(scoring(), flights(500));
    ShapColumns columns = ShapColumns.of(scoring(), covers);

    Dataset<Row> explained = columns.apply(rows);
    List<Row> found = explained.orderBy("id").collectAsList();

    assertThat(columns.featureColumns()).containsExactly("temp", "wind", "airline");
    assertThat(explained.columns())
        .containsExactly("id", "day", "contributions", "base", "raw_score");
    List<Row> scores = scoring().apply(rows).orderBy("id").collectAsList();
    assertThat(found).hasSize(ROWS);
    for (int at = 0; at < ROWS; at++) {
      Row row = found.get(at);
      assertThat(row.getLong(0)).isEqualTo(scores.get(at).getLong(0));
      assertThat(row.get(1)).isEqualTo(scores.get(at).get(1));
      double raw = row.getDouble(4);
      List<Double> contributions = row.getList(2);
      double sum = row.getDouble(3) + contributions.stream().mapToDouble(one -> one).sum();
      assertThat(sum).isCloseTo(raw, within(1e-9 * (1 + Math.abs(raw))));
      assertThat(row.getDouble(3)).isEqualTo(columns.base());
      double score = scores.get(at).getDouble(2);
      assertThat(1 / (1 + Math.exp(-raw))).isCloseTo(score, within(TOLERANCE));
    }

    assertThat(found.stream().map(row -> row.getDouble(4)).distinct().count()).isGreaterThan(100);
  }

  @Test
  void aLimitReadsNoMoreThanItNeeds() {
    ShapColumns columns = ShapColumns.of(scoring(), CountCovers.of(scoring(), flights(50)));

    assertThat(columns.apply(flights(ROWS)).limit(3).collectAsList()).hasSize(3);
    assertThat(columns.apply(flights(ROWS).filter("id < 0")).collectAsList()).isEmpty();
  }

  @Test
  void treesOfOneColumnAndOfDoublesAreExplained() throws IOException {
    OnnxScoring one = OnnxScoring.of(lone()).input("temp", List.of("temp")).keep("id");
    Dataset<Row> rows = flights(200);
    ShapColumns columns = ShapColumns.of(one, CountCovers.of(one, rows));
    columns
        .apply(rows)
        .collectAsList()
        .forEach(
            row ->
                assertThat(row.<Double>getList(1))
                    .singleElement()
                    .satisfies(
                        found ->
                            assertThat(found)
                                .isCloseTo(row.getDouble(3) - row.getDouble(2), within(1e-9))));

    OnnxScoring doubles =
        OnnxScoring.of(OnnxModel.of("doubles", "1", corpus("skl-forest-double.onnx")))
            .input("X", IntStream.range(0, 8).mapToObj(i -> "f" + i).toList())
            .keep("id");
    Dataset<Row> corpus = spark.read().parquet(corpusRows());
    List<Row> explained =
        ShapColumns.of(doubles, CountCovers.of(doubles, corpus))
            .apply(corpus)
            .orderBy("id")
            .collectAsList();
    List<Row> scores =
        doubles.modelOutput("probabilities", "1").apply(corpus).orderBy("id").collectAsList();
    for (int at = 0; at < explained.size(); at++) {
      Row row = explained.get(at);
      double sum = row.<Double>getList(1).stream().mapToDouble(value -> value).sum();
      assertThat(row.getDouble(2) + sum)
          .isCloseTo(row.getDouble(3), within(1e-9))
          .isCloseTo(scores.get(at).getDouble(1), within(TOLERANCE));
    }
  }

  @Test
  void oneHotColumnsNameTheirText() throws IOException {
    OnnxScoring scoring =
        OnnxScoring.of(OnnxModel.of("pipeline", "1", corpus("skl-pipeline-boosting.onnx")))
            .inputsByName()
            .keep("id");
    Dataset<Row> rows = spark.read().parquet(corpusRows());
    ShapColumns columns = ShapColumns.of(scoring, CountCovers.of(scoring, rows));

    assertThat(columns.featureColumns())
        .containsExactly(
            "f0", "f1", "i0", "i1", "h0", "h2", "city", "city", "city", "city", "city", "kind",
            "kind", "kind");
    List<Row> explained = columns.apply(rows).orderBy("id").collectAsList();
    List<Row> scores = scoring.apply(rows).orderBy("id").collectAsList();
    for (int at = 0; at < explained.size(); at++) {
      assertThat(explained.get(at).getDouble(3))
          .isCloseTo(scores.get(at).getDouble(1), within(TOLERANCE));
    }
  }

  @Test
  void columnsOfAddedNamesAreNotKept() {
    NodeCovers covers = CountCovers.of(scoring(), flights(50));
    Dataset<Row> rows = flights(10).withColumn("base", org.apache.spark.sql.functions.lit(1));

    assertThatThrownBy(() -> ShapColumns.of(scoring().keep("id", "base"), covers).apply(rows))
        .isInstanceOf(MillraceException.class)
        .hasMessage(
            "Cannot explain model export version 1: the kept column base has the name of an added"
                + " one vs [contributions, base, raw_score]; rename it")
        .extracting(thrown -> ((MillraceException) thrown).category())
        .isEqualTo(ErrorCategory.DEFINITION);
  }

  @Test
  void modelsWithoutTreesOrOneRawScoreAreRefused() throws IOException {
    assertRefused(
        "skl-mlp.onnx",
        "Cannot explain the trees: it has 0 tree ensembles; covered are models with one tree"
            + " ensemble behind steps of their own");
    assertRefused(
        "skl-forest-plain.onnx",
        "Cannot explain the trees: it has 3 classes vs one raw score a row; covered are sums and"
            + " averages of regression trees, and classifiers of two classes with a margin");
  }

  private static void assertRefused(String file, String message) throws IOException {
    OnnxScoring scoring = OnnxScoring.of(OnnxModel.of(file, "1", corpus(file)));
    assertThatThrownBy(scoring::treeInput)
        .isInstanceOf(MillraceException.class)
        .hasMessage(message)
        .extracting(thrown -> ((MillraceException) thrown).category())
        .isEqualTo(ErrorCategory.DATA_CONTRACT);
  }

  private Dataset<Row> table(ShapFixture fixture) {
    float[] values = fixture.rows();
    List<Row> rows = new ArrayList<>();
    for (int row = 0; row * ShapFixture.FEATURES < values.length; row++) {
      Object[] cells = new Object[1 + ShapFixture.FEATURES];
      cells[0] = row;
      for (int column = 0; column < ShapFixture.FEATURES; column++) {
        float value = values[row * ShapFixture.FEATURES + column];
        cells[1 + column] = Float.isNaN(value) && row % 2 == 0 ? null : value;
      }

      rows.add(RowFactory.create(cells));
    }

    StructType schema = new StructType().add("id", DataTypes.IntegerType);
    for (String column : ShapFixture.columns()) {
      schema = schema.add(column, DataTypes.FloatType);
    }

    return spark.createDataFrame(rows, schema);
  }

  private Dataset<Row> flights(int rows) {
    return spark
        .range(0, rows, 1, 3)
        .selectExpr(
            "id",
            "date_add(DATE '2013-01-01', CAST(id % 31 AS INT)) AS day",
            "CASE WHEN id % 9 = 0 THEN NULL ELSE CAST(sin(id) AS FLOAT) END AS temp",
            "2 * cos(id * 7) AS wind",
            "CASE id % 4 WHEN 0 THEN 'AA' WHEN 1 THEN 'UA' WHEN 2 THEN 'ZZ' END AS airline");
  }

  private static OnnxScoring scoring() {
    return OnnxScoring.of(OnnxModel.of("export", "1", export()))
        .inputs(Map.of("temp", "temp", "wind", "wind", "carrier", "airline"))
        .nulls("airline", NullPolicy.value(""))
        .keep("id", "day");
  }

  private static byte[] export() {
    Random random = new Random(9);
    FeatureEncoding encoding =
        new FeatureEncoding(
            List.of(
                new FeatureEncoding.Numeric("temp", 0.25f),
                new FeatureEncoding.Numeric("wind", -1f)),
            List.of(
                new FeatureEncoding.Categorical(
                    "carrier", new TreeMap<>(Map.of("AA", 0.5f, "UA", -0.5f)), 0f)));
    List<TreeEnsemble.Tree> trees =
        random.ints(30).mapToObj(unused -> new TreeEnsemble.Tree(0.3, node(random, 3, 5))).toList();
    return OnnxExport.trees(
        encoding, new TreeEnsemble(trees), OnnxExport.Link.LOGIT, 2.0, Map.of());
  }

  private static OnnxModel lone() {
    Random random = new Random(10);
    FeatureEncoding encoding =
        new FeatureEncoding(List.of(new FeatureEncoding.Numeric("temp", 0.25f)), List.of());
    List<TreeEnsemble.Tree> trees =
        List.of(
            new TreeEnsemble.Tree(1, node(random, 1, 3)),
            new TreeEnsemble.Tree(1, node(random, 1, 2)));
    return OnnxModel.of(
        "lone",
        "1",
        OnnxExport.trees(encoding, new TreeEnsemble(trees), OnnxExport.Link.LOGIT, 1.0, Map.of()));
  }

  private static TreeEnsemble.Node node(Random random, int columns, int depth) {
    return depth == 0
        ? new TreeEnsemble.Leaf(random.nextGaussian())
        : new TreeEnsemble.Split(
            random.nextInt(columns),
            random.nextGaussian() / 2,
            node(random, columns, depth - 1),
            node(random, columns, depth - 1));
  }

  private static byte[] corpus(String file) throws IOException {
    try (InputStream in = TestShapInSpark.class.getResourceAsStream("/onnx-corpus/" + file)) {
      return Objects.requireNonNull(in, file).readAllBytes();
    }
  }

  private static String corpusRows() {
    return Objects.requireNonNull(
            TestShapInSpark.class.getResource("/onnx-corpus/rows.parquet"), "no corpus")
        .getPath();
  }
}
