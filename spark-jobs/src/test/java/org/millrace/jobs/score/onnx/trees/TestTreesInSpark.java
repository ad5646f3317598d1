package org.millrace.jobs.score.onnx.trees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.ScoringDefinition;
import org.millrace.features.testing.TestSpark;
import org.millrace.jobs.score.onnx.Device;
import org.millrace.jobs.score.onnx.EngineChoice;
import org.millrace.jobs.score.onnx.NullPolicy;
import org.millrace.jobs.score.onnx.OnnxModel;
import org.millrace.jobs.score.onnx.OnnxScoring;
import org.millrace.registry.onnx.FeatureEncoding;
import org.millrace.registry.onnx.OnnxExport;
import org.millrace.registry.onnx.TreeEnsemble;

/** Trees as Spark's operator scores them: the same bits as ONNX Runtime, by whichever way. */
final class TestTreesInSpark {
  private static final int ROWS = 3000;

  private final SparkSession spark = TestSpark.session();

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 8);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void allOutputsOfRandomEnsemblesAreTheSame(long seed) {
    Random random = new Random(seed);
    RandomTrees.Kind kind = RandomTrees.kind(random);
    while (kind.texts() && kind.targets() == 1) { // refused, see below
      kind = RandomTrees.kind(random);
    }

    RandomTrees trees = new RandomTrees(kind, random);
    byte[] model =
        TreeProtos.model(
            trees.mlVersion(),
            kind.doubles() ? TreeProtos.DOUBLE : TreeProtos.FLOAT,
            kind.features(),
            trees.outputs(),
            trees.node());

    OnnxScoring scoring = scoring(model, kind.features()).outputs();
    Dataset<Row> features = features(kind.features());
    assertSameRows(scoring, features);
    assertSameRows(scoring, features.repartition(3, features.col("id"))); // rows, not columns
  }

  @Test
  void treesAloneNeedNoSession() {
    OnnxScoring scoring = scoring(boosted(8), 8);

    Dataset<Row> scored = scoring.apply(features(8));

    assertThat(scored.collectAsList()).hasSize(ROWS);
    assertThat(scored.queryExecution().executedPlan().toString())
        .containsPattern("OnnxScoring model trees version 1, engine trees:(bits|vector|walk), ");
    assertThat(scoring.counts().sessions()).isEmpty();
    assertThat(scoring.counts().engines())
        .singleElement()
        .asString()
        .matches("trees:(bits|vector|walk)");
    assertThat(scoring.counts().asMap()).containsEntry("rows", (long) ROWS);
  }

  @Test
  void theWordOfTheDefinitionDecides() {
    OnnxScoring scoring = scoring(boosted(8), 8).engine(EngineChoice.ONNXRUNTIME);

    Dataset<Row> scored = scoring.apply(features(8));

    assertThat(scored.collectAsList()).hasSize(ROWS);
    assertThat(scored.queryExecution().executedPlan().toString())
        .contains("engine onnxruntime (as asked), ");
    assertThat(scoring.counts().sessions()).hasSize(1);
    assertThat(scoring.counts().engines()).containsExactly("onnxruntime on CPU");
  }

  @Test
  void anArrayFeedsTheTreesToo() {
    String all = "array(" + String.join(", ", columns(8)) + ") AS a";
    OnnxScoring scoring =
        OnnxScoring.of(OnnxModel.of("trees", "1", boosted(8))).inputs(Map.of("X", "a")).keep("id");

    assertSameRows(scoring, features(8).selectExpr("id", all));
  }

  @Test
  void manyColumnsWithoutNullsAreReadAlike() {
    List<String> made = new ArrayList<>(List.of("id"));
    for (int i = 0; i < 19; i++) {
      made.add(
          "CAST(CASE (id + %d) %% 97 WHEN 1 THEN 'NaN' WHEN 2 THEN '-Infinity' ELSE randn(%d) END AS FLOAT) AS f%d"
              .formatted(i, i, i));
    }

    Dataset<Row> features = spark.range(0, ROWS, 1, 2).selectExpr(made.toArray(String[]::new));
    OnnxScoring scoring = scoring(boosted(19), 19);

    assertSameRows(scoring, features.cache());
    Map<String, Long> byColumns = scoring.counts().nullInputs();
    assertSameRows(scoring.nulls("f3", NullPolicy.value(0.5)), features);
    scoring.engine(EngineChoice.ONNXRUNTIME).apply(features).collectAsList();
    assertThat(byColumns).hasSize(19).isEqualTo(scoring.counts().nullInputs());
  }

  @Test
  void missingValuesAreCountedAndReplacedAlike() {
    OnnxScoring scoring = scoring(boosted(8), 8).engine(EngineChoice.TREES);
    assertThat(scoring.apply(features(8)).collectAsList()).hasSize(ROWS);
    Map<String, Long> counted = scoring.counts().nullInputs();
    scoring.engine(EngineChoice.ONNXRUNTIME);
    assertThat(scoring.apply(features(8)).collectAsList()).hasSize(ROWS);

    assertThat(counted).isNotEmpty().isEqualTo(scoring.counts().nullInputs());
    scoring.engine(EngineChoice.TREES).nulls(ScoringDefinition.Nulls.REJECT);
    assertThatThrownBy(() -> scoring.apply(features(8)).collectAsList())
        .rootCause()
        .isInstanceOf(MillraceException.class)
        .hasMessageStartingWith("Cannot score: column f")
        .hasMessageContaining("is null or NaN in the row {id=");
  }

  @Test
  void whatComesBeforeTheTreesStaysWithOnnxRuntime() {
    Dataset<Row> features =
        spark
            .range(0, ROWS, 1, 3)
            .selectExpr(
                "id",
                "CASE WHEN id % 9 = 0 THEN NULL ELSE CAST(randn(1) AS FLOAT) END AS temp",
                "randn(2) AS wind",
                "CASE id % 4 WHEN 0 THEN 'AA' WHEN 1 THEN 'UA' WHEN 2 THEN 'ZZ' END AS carrier");
    OnnxScoring scoring =
        OnnxScoring.of(OnnxModel.of("export", "1", export()))
            .inputs(Map.of("temp", "temp", "wind", "wind", "carrier", "carrier"))
            .nulls("carrier", NullPolicy.value(""))
            .keep("id");

    assertSameRows(scoring, features);
    assertThat(scoring.counts().engines())
        .singleElement()
        .asString()
        .startsWith("onnxruntime on CPU then trees:");
    assertThat(scoring.counts().sessions()).hasSize(1);
  }

  @Test
  void mapsByClassAreTheSame() {
    RandomTrees trees = new RandomTrees(classifier(), new Random(4));
    NodeProto map =
        TreeProtos.node(
            "ai.onnx.ml",
            "ZipMap",
            "scores",
            List.of("by_class"),
            TreeProtos.texts("classlabels_strings", List.of("no", "perhaps", "yes")));
    byte[] model =
        TreeProtos.model(3, TreeProtos.FLOAT, 5, List.of("label", "by_class"), trees.node(), map);

    assertSameRows(scoring(model, 5).outputs(), features(5));
    assertSameRows(scoring(model, 5).modelOutput("by_class", "perhaps"), features(5));
    assertThat(
            scoring(model, 5)
                .outputs()
                .apply(features(5))
                .selectExpr("map_keys(by_class)")
                .first()
                .getList(0))
        .isEqualTo(List.of("no", "perhaps", "yes"));
  }

  @Test
  void aGpuHasNoTrees() {
    assertThatThrownBy(
            () ->
                scoring(boosted(8), 8)
                    .engine(EngineChoice.TREES)
                    .device(Device.CUDA)
                    .apply(features(8)))
        .isInstanceOf(MillraceException.class)
        .hasMessage(
            "Cannot score with model trees version 1 by the tree evaluator on the device CUDA vs CPU:"
                + " its trees are for the CPU; set engine AUTO, or device CPU")
        .extracting(thrown -> ((MillraceException) thrown).category())
        .isEqualTo(ErrorCategory.DEFINITION);
  }

  @Test
  void aClassifierOfOneTextIsRefusedBeforeItEndsTheProcess() {
    NodeProto node =
        TreeProtos.node(
            "ai.onnx.ml",
            EnsembleReader.CLASSIFIER,
            "X",
            List.of("label", "scores"),
            TreeProtos.texts("classlabels_strings", List.of("only")));
    byte[] model = TreeProtos.model(3, TreeProtos.FLOAT, 2, List.of("label", "scores"), node);

    for (EngineChoice engine : EngineChoice.values()) {
      assertThatThrownBy(() -> scoring(model, 2).engine(engine).apply(features(2)))
          .isInstanceOf(MillraceException.class)
          .hasMessage(
              "Cannot use the trees of TreeEnsembleClassifier: its classlabels_strings has 1 text vs"
                  + " 2 or more, and ONNX Runtime ends the process on it; export it with two"
                  + " classes");
    }
  }

  private void assertSameRows(OnnxScoring scoring, Dataset<Row> features) {
    List<Row> wanted = rows(scoring.engine(EngineChoice.ONNXRUNTIME), features);
    List<Row> given = rows(scoring.engine(EngineChoice.AUTO), features);

    assertThat(given).isEqualTo(wanted);
    assertThat(wanted).hasSize(ROWS);
  }

  /** Texts tell every bit, but that of NaN's sign; a row with NaN would not equal itself. */
  private static List<Row> rows(OnnxScoring scoring, Dataset<Row> features) {
    Dataset<Row> scored = scoring.batchRows(700).apply(features);
    return scored.selectExpr("id", "to_json(struct(*)) AS all").orderBy("id").collectAsList();
  }

  private static OnnxScoring scoring(byte[] model, int features) {
    return OnnxScoring.of(OnnxModel.of("trees", "1", model))
        .input("X", columns(features))
        .keep("id");
  }

  private static List<String> columns(int features) {
    return IntStream.range(0, features).mapToObj(i -> "f" + i).toList();
  }

  /** In Spark's cache, which offers columns. */
  private Dataset<Row> features(int features) {
    String[] made = new String[features + 1];
    made[0] = "id";
    for (int i = 0; i < features; i++) {
      made[i + 1] =
          "CAST(CASE (id + %d) %% 23 WHEN 0 THEN NULL WHEN 1 THEN 'NaN' WHEN 2 THEN '-0.0' WHEN 3 THEN 'Infinity' ELSE randn(%d) END AS FLOAT) AS f%d"
              .formatted(i, i, i);
    }

    Dataset<Row> rows = spark.range(0, ROWS, 1, 2).selectExpr(made);
    return rows.cache();
  }

  private static byte[] boosted(int features) {
    RandomTrees trees =
        new RandomTrees(
            new RandomTrees.Kind(
                EnsembleReader.REGRESSOR,
                false,
                features,
                1,
                25,
                5,
                0,
                true,
                List.of("BRANCH_LEQ"),
                false,
                0,
                true,
                "SUM",
                "NONE",
                0,
                true,
                false,
                false),
            new Random(5));
    return TreeProtos.model(3, TreeProtos.FLOAT, features, trees.outputs(), trees.node());
  }

  private static RandomTrees.Kind classifier() {
    return new RandomTrees.Kind(
        EnsembleReader.CLASSIFIER,
        false,
        5,
        3,
        12,
        4,
        0,
        true,
        List.of("BRANCH_LEQ"),
        false,
        0,
        false,
        "SUM",
        "SOFTMAX",
        0,
        false,
        true,
        true);
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
        random.ints(30).mapToObj(unused -> new TreeEnsemble.Tree(0.3, node(random, 5))).toList();
    return OnnxExport.trees(
        encoding, new TreeEnsemble(trees), OnnxExport.Link.LOGIT, 2.0, Map.of());
  }

  private static TreeEnsemble.Node node(Random random, int depth) {
    return depth == 0
        ? new TreeEnsemble.Leaf(random.nextGaussian())
        : new TreeEnsemble.Split(
            random.nextInt(3),
            random.nextGaussian(),
            node(random, depth - 1),
            node(random, depth - 1));
  }
}
