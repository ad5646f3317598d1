package org.millrace.jobs.score.onnx.trees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/** Raw scores against what the evaluator, equal to ONNX Runtime, makes of the same files. */
final class TestRawScores {
  private static final int ROWS = 60;

  @Test
  void rawScoresAreTheScoresBeforeTheirPostTransform() {
    int compared = 0;
    int refused = 0;
    for (long seed = 1; seed <= 90; seed++) {
      Random random = new Random(seed);
      RandomTrees.Kind kind = kind(random);
      RandomTrees trees = new RandomTrees(kind, random);
      int type = kind.doubles() ? TreeProtos.DOUBLE : TreeProtos.FLOAT;
      byte[] model =
          TreeProtos.model(trees.mlVersion(), type, kind.features(), trees.outputs(), trees.node());
      TreeReading reading = TreeModel.read(model, PlainSessions.INSTANCE, "walk");
      if (reading instanceof TreeReading.Trees found) {
        try {
          assertSame(found.model(), RawModel.read(model, PlainSessions.INSTANCE).trees(), seed);
          compared++;
        } catch (MillraceException e) {
          assertThat(e).hasMessageStartingWith("Cannot explain the trees: ");
          refused++;
        }
      }
    }

    assertThat(compared).isGreaterThan(40);
    assertThat(refused).isPositive();
  }

  private static RandomTrees.Kind kind(Random random) {
    RandomTrees.Kind made = RandomTrees.kind(random);
    boolean classifier = made.operator().equals(EnsembleReader.CLASSIFIER);
    int targets = classifier && random.nextInt(8) > 0 ? 2 : 1;
    return new RandomTrees.Kind(
        made.operator(),
        made.doubles(),
        made.features(),
        targets,
        targets == 2 && random.nextBoolean() ? 1 : 1 + random.nextInt(8), // one: one class alone
        made.depth(),
        made.leaves(),
        made.perfect(),
        made.modes(),
        made.missing(),
        made.distinct(),
        made.specials(),
        made.aggregate(),
        made.transform(),
        made.base() == 0 ? 0 : 1 + random.nextInt(classifier && targets == 2 ? 2 : 1),
        made.sparse(),
        made.positive(),
        targets == 2 && made.texts());
  }

  private static void assertSame(TreeModel model, RawTrees trees, long seed) {
    Samples samples = new Samples(model.ensemble(), model.features());
    TreeScorer scorer = model.scorer(ROWS);
    double[][] rows = new double[ROWS][model.features()];
    if (model.takesDoubles()) {
      double[][] columns = samples.doubles(ROWS);
      scorer.score(columns, 0, ROWS);
      fill(rows, (row, column) -> columns[column][row]);
    } else {
      float[][] columns = samples.floats(ROWS);
      scorer.score(columns, 0, ROWS);
      fill(rows, (row, column) -> columns[column][row]);
    }

    int output = model.outputs().size() - 1;
    TreeOutput scores = model.outputs().get(output);
    for (int row = 0; row < ROWS; row++) {
      double raw = trees.constant();
      for (int tree = 0; tree < trees.trees(); tree++) {
        raw += trees.value(trees.leaf(tree, rows[row], 0));
      }

      int at = row * scores.width() + scores.width() - 1;
      double found =
          scores.kind() == TreeOutput.Kind.DOUBLE
              ? scorer.doubles(output)[at]
              : scorer.floats(output)[at];
      assertThat(finished(model.ensemble(), raw))
          .as("seed %d, row %d", seed, row)
          .isCloseTo(found, within(1e-5 * (1 + Math.abs(raw))));
    }
  }

  /** As {@link Finish} has it: a lone score of two classes that is a probability stays as it is. */
  private static double finished(Ensemble ensemble, double raw) {
    Ensemble.Classes classes = ensemble.classes();
    if (classes == null
        || ensemble.targets() == 1
        || ensemble.transform() != Ensemble.Transform.LOGISTIC) {
      return raw;
    }

    boolean lone = !Finish.scored(ensemble)[1] && ensemble.base().length < 2;
    return lone && classes.oneClassWeighed() && classes.noneNegative()
        ? raw
        : 1 / (1 + Math.exp(-raw));
  }

  private interface Cell {
    double at(int row, int column);
  }

  private static void fill(double[][] rows, Cell cell) {
    for (int row = 0; row < rows.length; row++) {
      for (int column = 0; column < rows[row].length; column++) {
        rows[row][column] = cell.at(row, column);
      }
    }
  }

  @Test
  void ensemblesWithoutOneRawScoreAreRefused() {
    Tree tree = leaf();
    assertRefused(
        new Ensemble(
            false,
            false,
            3,
            Ensemble.Aggregate.SUM,
            Ensemble.Transform.SOFTMAX,
            new double[0],
            List.of(tree),
            new Ensemble.Classes(List.of("a", "b", "c"), new long[] {0, 1, 2}, false, false)),
        "it has 3 classes");
    assertRefused(
        new Ensemble(
            false,
            false,
            2,
            Ensemble.Aggregate.SUM,
            Ensemble.Transform.NONE,
            new double[0],
            List.of(tree),
            null),
        "it has 2 targets");
    assertRefused(
        new Ensemble(
            false,
            false,
            1,
            Ensemble.Aggregate.MAX,
            Ensemble.Transform.NONE,
            new double[0],
            List.of(tree),
            null),
        "its trees are joined by MAX");
  }

  private static void assertRefused(Ensemble ensemble, String reason) {
    assertThatThrownBy(() -> RawTreesBuilder.build(ensemble, 3))
        .isInstanceOf(MillraceException.class)
        .hasMessage(
            "Cannot explain the trees: "
                + reason
                + " vs one raw score a row; covered are sums and averages of regression trees, and"
                + " classifiers of two classes with a margin")
        .extracting(thrown -> ((MillraceException) thrown).category())
        .isEqualTo(ErrorCategory.DATA_CONTRACT);
  }

  /** A single leaf. */
  private static Tree leaf() {
    return new Tree(
        -1,
        new int[0],
        new double[0],
        new Mode[0],
        new boolean[0],
        new int[0],
        new int[0],
        new Tree.Leaves(new int[] {0, 1}, new int[] {0}, new double[] {1}));
  }
}
