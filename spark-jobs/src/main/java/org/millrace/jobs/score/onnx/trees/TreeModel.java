package org.millrace.jobs.score.onnx.trees;

import java.util.List;
import java.util.Set;
import org.millrace.contracts.MillraceException;

/**
 * A tree ensemble ready to score: compiled, timed and found equal to ONNX Runtime. Immutable,
 * shared by all tasks of a JVM; holds no native memory.
 */
public final class TreeModel {
  private final String input;
  private final int features;
  private final Ensemble ensemble;
  private final Engine engine;
  private final List<Suffix> suffixes;

  TreeModel(String input, int features, Ensemble ensemble, Engine engine, List<Suffix> suffixes) {
    this.input = input;
    this.features = features;
    this.ensemble = ensemble;
    this.engine = engine;
    this.suffixes = List.copyOf(suffixes);
  }

  /**
   * Looks for trees in a model and makes them ready. Takes a second or so the first time in a JVM,
   * then some 100 ms; uses ONNX Runtime, for the comparison, and closes what it opens.
   *
   * @param sessions of ONNX Runtime, for the comparison
   * @param onnxModel whole and inspected: data in other files is not read
   * @throws MillraceException DATA_CONTRACT where the trees are malformed
   */
  public static TreeReading read(byte[] onnxModel, SessionSource sessions) {
    return new TreeLoader(Engines.all(), sessions).read(onnxModel);
  }

  /**
   * As {@link #read(byte[], SessionSource)}, by one evaluator alone: to compare them.
   *
   * @param engine {@code bits}, {@code vector} or {@code walk}
   */
  public static TreeReading read(byte[] onnxModel, SessionSource sessions, String engine) {
    if (!Engines.all().contains(engine)) {
      throw new IllegalArgumentException(
          "Cannot read trees for '" + engine + "': not one of " + Engines.all());
    }

    return new TreeLoader(Set.of(engine), sessions).read(onnxModel);
  }

  /** {@code trees:bits}, {@code trees:vector} or {@code trees:walk}. */
  public String engine() {
    return "trees:" + engine.name();
  }

  /** Name of the tensor that the trees take, {@code [rows, features]}. */
  public String input() {
    return input;
  }

  /** Columns of that tensor. */
  public int features() {
    return features;
  }

  /** Whether that tensor is of doubles; of floats otherwise. */
  public boolean takesDoubles() {
    return ensemble.doubles();
  }

  /** In the model's order. */
  public List<TreeOutput> outputs() {
    return suffixes.stream().map(Suffix::output).toList();
  }

  /**
   * A scorer for one thread.
   *
   * @param maxBatchRows the most rows of a call
   */
  public TreeScorer scorer(int maxBatchRows) {
    return new ForestScorer(this, engine, maxBatchRows);
  }

  Ensemble ensemble() {
    return ensemble;
  }

  List<Suffix> suffixes() {
    return suffixes;
  }
}
