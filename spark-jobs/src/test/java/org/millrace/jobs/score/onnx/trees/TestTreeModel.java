package org.millrace.jobs.score.onnx.trees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every engine against ONNX Runtime with one thread, bit for bit, on random ensembles. */
final class TestTreeModel {
  private static final int[] BATCHES = {1, 7, 1023, 1024, 1025, 5000};

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 120);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void everyEngineEqualsOnnxRuntimeOnRandomEnsembles(long seed) throws OrtException {
    Random random = new Random(seed);
    RandomTrees.Kind kind = RandomTrees.kind(random);
    byte[] model = model(kind, random);
    for (String engine : Engines.all()) {
      TreeReading reading = new TreeLoader(Set.of(engine), PlainSessions.INSTANCE).read(model);
      if (reading instanceof TreeReading.Trees trees) {
        assertThat(trees.model().engine()).isEqualTo("trees:" + engine);
        assertEqual(trees.model(), model, BATCHES[(int) seed % BATCHES.length], "seed " + seed);
      } else {
        assertThat(((TreeReading.NotTrees) reading).reason())
            .as("seed %d, engine %s, %s", seed, engine, kind)
            .containsAnyOf(
                "no evaluator takes trees of this shape",
                "whose scores ONNX Runtime does not define");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 1023, 1024, 1025, 4095, 4096, 4097, 5000})
  void everyBatchSizeGivesTheSameScores(int rows) throws OrtException {
    byte[] model = model(boosted(6, 0), new Random(5));
    for (String engine : engines()) {
      assertEqual(trees(model, Set.of(engine)), model, rows, engine);
    }
  }

  @Test
  void treesOfManyLeavesAndManyThresholdsAreExact() throws OrtException {
    for (RandomTrees.Kind kind :
        List.of(boosted(10, 0), boosted(0, 63), boosted(0, 700), boosted(0, 2000))) {
      byte[] model = model(kind, new Random(kind.leaves()));
      for (String engine : engines()) {
        assertEqual(trees(model, Set.of(engine)), model, 1500, engine + " " + kind);
      }
    }
  }

  @Test
  void theEngineIsChosenAmongThoseThatThisJvmHas() {
    String engine =
        TreeModel.read(model(boosted(6, 0), new Random(5)), PlainSessions.INSTANCE)
                instanceof TreeReading.Trees trees
            ? trees.model().engine()
            : "none";

    assertThat(Engines.hasVectorModule()).isEqualTo(Boolean.getBoolean("millrace.vectors"));
    assertThat(engine).isIn("trees:bits", "trees:walk", "trees:vector");
  }

  @Test
  void sigmoidAndMapsAfterTheTreesAreOurs() throws OrtException {
    RandomTrees trees = new RandomTrees(boosted(4, 0), new Random(3));
    NodeProto sigmoid =
        NodeProto.newBuilder()
            .setOpType("Sigmoid")
            .addInput("scores")
            .addOutput("probability")
            .build();
    byte[] model =
        TreeProtos.model(3, TreeProtos.FLOAT, 8, List.of("probability"), trees.node(), sigmoid);

    TreeModel read = trees(model, Engines.all());

    assertThat(read.outputs())
        .containsExactly(
            new TreeOutput("probability", TreeOutput.Kind.FLOAT, 1, false, List.of(), List.of()));
    assertEqual(read, model, 3000, "sigmoid");
  }

  @Test
  void scorerRefusesWhatDoesNotFit() {
    TreeScorer scorer = trees(model(boosted(3, 0), new Random(1)), Engines.all()).scorer(10);

    assertThatThrownBy(() -> scorer.score(new float[8][11], 0, 11))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot score 11 rows of 8 columns vs at most 10 of 8");
    assertThatThrownBy(() -> scorer.score(new float[7][10], 0, 10))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot score 10 rows of 7 columns vs at most 10 of 8");
    assertThatThrownBy(() -> scorer.score(new double[8][10], 0, 10))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("Cannot score doubles: the model takes the other");
    assertThatThrownBy(() -> scorer.longs(0))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("Cannot read output 0 in this way: it is of FLOAT");
  }

  private static RandomTrees.Kind boosted(int depth, int leaves) {
    return new RandomTrees.Kind(
        EnsembleReader.REGRESSOR,
        false,
        8,
        1,
        25,
        depth,
        leaves,
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
        false);
  }

  private static List<String> engines() {
    return Engines.hasVectorModule()
        ? List.of(Engines.BITS, Engines.VECTOR, Engines.WALK)
        : List.of(Engines.BITS, Engines.WALK);
  }

  private static byte[] model(RandomTrees.Kind kind, Random random) {
    RandomTrees trees = new RandomTrees(kind, random);
    return TreeProtos.model(
        trees.mlVersion(),
        kind.doubles() ? TreeProtos.DOUBLE : TreeProtos.FLOAT,
        kind.features(),
        trees.outputs(),
        trees.node());
  }

  private static TreeModel trees(byte[] model, Set<String> engines) {
    TreeReading reading = new TreeLoader(engines, PlainSessions.INSTANCE).read(model);
    assertThat(reading).isInstanceOf(TreeReading.Trees.class);
    return ((TreeReading.Trees) reading).model();
  }

  /** Columns with an offset, then rows in a buffer, both against the whole model in the runtime. */
  private static void assertEqual(TreeModel trees, byte[] model, int rows, String what)
      throws OrtException {
    TreeScorer scorer = trees.scorer(5000);
    Samples samples = new Samples(trees.ensemble(), trees.features());
    try (Reference reference = new Reference(PlainSessions.INSTANCE, model)) {
      if (trees.takesDoubles()) {
        double[][] columns = samples.doubles(rows);
        DoubleBuffer matrix = DoubleBuffer.allocate(rows * trees.features());
        for (int row = 0; row < rows; row++) {
          for (double[] column : columns) {
            matrix.put(column[row]);
          }
        }

        try (OrtSession.Result wanted = reference.run(columns)) {
          scorer.score(
              Arrays.stream(columns).map(TestTreeModel::shifted).toArray(double[][]::new), 3, rows);
          assertEqual(trees, scorer, wanted, rows, what);
          scorer.score(matrix.rewind(), rows);
          assertEqual(trees, scorer, wanted, rows, what);
        }
      } else {
        float[][] columns = samples.floats(rows);
        FloatBuffer matrix = FloatBuffer.allocate(rows * trees.features());
        for (int row = 0; row < rows; row++) {
          for (float[] column : columns) {
            matrix.put(column[row]);
          }
        }

        try (OrtSession.Result wanted = reference.run(columns)) {
          scorer.score(
              Arrays.stream(columns).map(TestTreeModel::shifted).toArray(float[][]::new), 3, rows);
          assertEqual(trees, scorer, wanted, rows, what);
          scorer.score(matrix.rewind(), rows);
          assertEqual(trees, scorer, wanted, rows, what);
        }
      }
    }
  }

  private static float[] shifted(float[] column) {
    float[] shifted = new float[column.length + 3];
    System.arraycopy(column, 0, shifted, 3, column.length);
    return shifted;
  }

  private static double[] shifted(double[] column) {
    double[] shifted = new double[column.length + 3];
    System.arraycopy(column, 0, shifted, 3, column.length);
    return shifted;
  }

  private static void assertEqual(
      TreeModel trees, TreeScorer scorer, OrtSession.Result result, int rows, String what)
      throws OrtException {
    for (int output = 0; output < trees.outputs().size(); output++) {
      TreeOutput one = trees.outputs().get(output);
      OnnxTensor tensor = Reference.tensor(result, one.name());
      int count = rows * one.width();
      List<Object> given = new ArrayList<>();
      List<Object> wanted = new ArrayList<>();
      switch (one.kind()) {
        case FLOAT -> {
          FloatBuffer values = tensor.getFloatBuffer();
          for (int at = 0; at < count; at++) {
            given.add(Float.floatToIntBits(scorer.floats(output)[at]));
            wanted.add(Float.floatToIntBits(values.get(at)));
          }
        }
        case DOUBLE -> {
          DoubleBuffer values = tensor.getDoubleBuffer();
          for (int at = 0; at < count; at++) {
            given.add(Double.doubleToLongBits(scorer.doubles(output)[at]));
            wanted.add(Double.doubleToLongBits(values.get(at)));
          }
        }
        case INT64 -> {
          LongBuffer values = tensor.getLongBuffer();
          for (int at = 0; at < count; at++) {
            given.add(scorer.longs(output)[at]);
            wanted.add(values.get(at));
          }
        }
        case LABEL -> {
          for (int at = 0; at < count; at++) {
            given.add(one.labels().get((int) scorer.longs(output)[at]));
          }

          wanted.addAll(List.of((String[]) tensor.getValue()));
        }
      }

      assertThat(given).as("%s of %s", one.name(), what).isEqualTo(wanted);
    }
  }
}
