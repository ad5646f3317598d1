package org.millrace.jobs.score.onnx.trees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.millrace.jobs.explain.shap.CoverCounter;
import org.millrace.jobs.explain.shap.NodeCovers;
import org.millrace.jobs.explain.shap.ShapModel;
import org.millrace.jobs.explain.shap.TreeShap;

/** Contributions against Shapley's formula, worked out by hand. */
final class TestTreeShap {
  private static final int ROWS = 24;
  private static final List<Mode> INEQUALITIES = List.of(Mode.LEQ, Mode.LT, Mode.GTE, Mode.GT);
  private static final double RELATIVE = 1e-9;

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 120);
  }

  /** All modes, missing values, few distinct thresholds, branches that no row reaches. */
  @ParameterizedTest
  @MethodSource("seeds")
  void contributionsAreShapleyValuesOverAllSubsets(long seed) {
    Random random = new Random(seed);
    RandomTrees.Kind kind = kind(random);
    Ensemble ensemble = EnsembleReader.read(new RandomTrees(kind, random).node(), kind.doubles());
    double[][] rows = rows(ensemble, kind.features(), random);
    double[][] background = Arrays.copyOf(rows, 1 + random.nextInt(ROWS));
    ShapByHand byHand = new ShapByHand(ensemble, background);

    Explained explained = new Explained(ensemble, kind.features(), background, rows);

    assertThat(explained.covers.leaves()).isDeepEqualTo(byHand.covers());
    assertClose(explained.base, byHand.expected(rows[0], 0), "base");
    for (int row = 0; row < rows.length; row++) {
      long all = (1L << kind.features()) - 1;
      assertClose(explained.rawScores[row], byHand.expected(rows[row], all), "raw score");
      double[] wanted = byHand.bySubsets(rows[row]);
      explained.assertSame(row, wanted);
      explained.assertSame(row, byHand.byPolynomials(rows[row]));
    }
  }

  @ParameterizedTest
  @MethodSource("deepSeeds")
  void longPathsOfManyColumnsAreExactToo(long seed) {
    Random random = new Random(seed);
    int columns = 6 + random.nextInt(60);
    Ensemble ensemble = chain(random, columns, 20 + random.nextInt(60));
    double[][] rows = new double[60][columns];
    for (double[] row : rows) {
      Arrays.setAll(row, at -> random.nextInt(200) == 0 ? Double.NaN : random.nextGaussian());
    }

    ShapByHand byHand = new ShapByHand(ensemble, rows);

    Explained explained = new Explained(ensemble, columns, rows, rows);

    for (int row = 0; row < rows.length; row++) {
      explained.assertSame(row, byHand.byPolynomials(rows[row]));
    }
  }

  static LongStream deepSeeds() {
    return LongStream.rangeClosed(1, 20);
  }

  @Test
  void moreRowsThanABlockAreExplainedAlike() {
    Random random = new Random(3);
    Ensemble ensemble = chain(random, 5, 12);
    double[][] few = rows(ensemble, 5, random);
    int most = 2500;
    double[][] many =
        IntStream.range(0, most).mapToObj(row -> few[row % few.length]).toArray(double[][]::new);

    Explained ofFew = new Explained(ensemble, 5, few, few);
    Explained ofMany = new Explained(ensemble, 5, few, many);

    for (int row = 0; row < most; row++) {
      assertThat(ofMany.contributions(row)).isEqualTo(ofFew.contributions(row % few.length));
      assertThat(ofMany.rawScores[row]).isEqualTo(ofFew.rawScores[row % few.length]);
    }
  }

  @Test
  void treesOfOneLeafMoveTheBaseAlone() {
    Tree leaf =
        new Tree(
            -1,
            new int[0],
            new double[0],
            new Mode[0],
            new boolean[0],
            new int[0],
            new int[0],
            new Tree.Leaves(new int[] {0, 1}, new int[] {0}, new double[] {0.75}));
    Ensemble ensemble = ensemble(List.of(leaf, leaf), new double[] {0.5});

    Explained explained =
        new Explained(ensemble, 2, new double[][] {{1, 2}}, new double[][] {{3, 4}});

    assertThat(explained.base).isEqualTo(2.0);
    assertThat(explained.rawScores).containsExactly(2.0);
    assertThat(explained.contributions(0)).containsExactly(0, 0);
  }

  private static RandomTrees.Kind kind(Random random) {
    RandomTrees.Kind made = RandomTrees.kind(random);
    boolean classifier = made.operator().equals(EnsembleReader.CLASSIFIER);
    boolean linked = made.operator().equals(EnsembleReader.TREES);
    return new RandomTrees.Kind(
        made.operator(),
        made.doubles(),
        1 + random.nextInt(6),
        classifier ? 2 : 1,
        1 + random.nextInt(5),
        1 + random.nextInt(6),
        0,
        made.perfect(),
        made.modes(),
        made.missing(),
        random.nextBoolean() ? 3 : 0,
        made.specials(),
        random.nextBoolean() ? "SUM" : classifier ? "SUM" : "AVERAGE",
        random.nextBoolean() ? "NONE" : "LOGISTIC",
        linked ? 0 : random.nextInt(2),
        made.sparse(),
        made.positive(),
        made.texts());
  }

  /** Thresholds and their neighbours, NaN, infinities and zeros. */
  private static double[][] rows(Ensemble ensemble, int features, Random random) {
    double[][] rows = new double[ROWS][features];
    Samples samples = new Samples(ensemble, features);
    float[][] floats = ensemble.doubles() ? new float[0][] : samples.floats(ROWS);
    double[][] doubles = ensemble.doubles() ? samples.doubles(ROWS) : new double[0][];
    for (int column = 0; column < features; column++) {
      for (int row = 0; row < ROWS; row++) {
        rows[row][column] = ensemble.doubles() ? doubles[column][row] : floats[column][row];
      }
    }

    int other = random.nextInt(ROWS);
    rows[other] = random.doubles(features).map(value -> (float) (4 * value - 2)).toArray();
    return rows;
  }

  /** One branch below the other, columns again and again; most rows go on to the next one. */
  private static Ensemble chain(Random random, int columns, int depth) {
    int[] features = new int[depth];
    double[] thresholds = new double[depth];
    Mode[] modes = new Mode[depth];
    boolean[] missingYes = new boolean[depth];
    int[] yes = new int[depth];
    int[] no = new int[depth];
    for (int at = 0; at < depth; at++) {
      features[at] = at < columns ? at : random.nextInt(columns);
      modes[at] = INEQUALITIES.get(random.nextInt(INEQUALITIES.size()));
      boolean isUpper = modes[at] == Mode.LEQ || modes[at] == Mode.LT;
      thresholds[at] = (isUpper ? 1 : -1) * (1.5 + random.nextDouble());
      missingYes[at] = random.nextBoolean();
      yes[at] = at + 1 < depth ? at + 1 : ~depth;
      no[at] = ~at;
    }

    int[] first = IntStream.rangeClosed(0, depth + 1).toArray();
    double[] weights = random.doubles(depth + 1).map(value -> value - 0.5).toArray();
    Tree tree =
        new Tree(
            0,
            features,
            thresholds,
            modes,
            missingYes,
            yes,
            no,
            new Tree.Leaves(first, new int[depth + 1], weights));
    return ensemble(List.of(tree, tree), new double[0]);
  }

  private static Ensemble ensemble(List<Tree> trees, double[] base) {
    return new Ensemble(
        true, true, 1, Ensemble.Aggregate.SUM, Ensemble.Transform.NONE, base, trees, null);
  }

  private static void assertClose(double found, double wanted, String what) {
    assertThat(found).as(what).isCloseTo(wanted, within(RELATIVE * (1 + Math.abs(wanted))));
  }

  /** Rows explained by covers of a background. */
  private static final class Explained {
    private final NodeCovers covers;
    private final double base;
    private final double[] contributions;
    private final double[] rawScores;
    private final int features;

    Explained(Ensemble ensemble, int features, double[][] background, double[][] rows) {
      RawTrees trees = RawTreesBuilder.build(ensemble, features);
      CoverCounter counter = new CoverCounter(trees);
      for (double[] row : background) {
        counter.add(row, 1);
      }

      this.features = features;
      covers = counter.covers("a model");
      ShapModel model = ShapModel.of("a model", trees, covers);
      base = model.base();
      contributions = new double[rows.length * features];
      rawScores = new double[rows.length];
      double[] all = Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray();
      new TreeShap(model).explain(all, rows.length, contributions, rawScores);
      assertAdditive();
    }

    private void assertAdditive() {
      for (int row = 0; row < rawScores.length; row++) {
        assertClose(base + Arrays.stream(contributions(row)).sum(), rawScores[row], "sum");
      }
    }

    double[] contributions(int row) {
      return Arrays.copyOfRange(contributions, row * features, (row + 1) * features);
    }

    void assertSame(int row, double[] wanted) {
      double[] found = contributions(row);
      for (int column = 0; column < features; column++) {
        assertClose(found[column], wanted[column], "row " + row + ", column " + column);
      }
    }
  }
}
