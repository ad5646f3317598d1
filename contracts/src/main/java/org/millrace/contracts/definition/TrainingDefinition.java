package org.millrace.contracts.definition;

import java.util.List;
import java.util.Optional;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.Digest;

/**
 * {@code conf/training/*.yaml}: what a model is made of.
 *
 * @param model registered model's name
 * @param spine spine's name
 * @param views feature views to join, by name
 * @param numeric model inputs that are numbers; missing ones are imputed with the training median
 * @param categorical model inputs that are texts
 * @param days spine days of the training set
 * @param exclude SQL condition of rows that are not trained on, with its reason in the file; empty
 *     for none
 * @param majorMinor of the tag {@code Major.Minor.Pipeline}
 * @param trees gradient-boosted trees' settings
 * @param baseline logistic regression's settings
 * @param hash SHA-256 of the definition file
 */
public record TrainingDefinition(
    String model,
    String spine,
    List<String> views,
    List<String> numeric,
    List<String> categorical,
    DayRange days,
    Optional<String> exclude,
    String majorMinor,
    Trees trees,
    Baseline baseline,
    String hash) {

  /**
   * Gradient-boosted trees.
   *
   * @param count boosting rounds
   * @param depth of each tree
   * @param stepSize shrinkage
   * @param subsample share of rows a tree sees
   * @param bins candidate thresholds a feature
   * @param seed of sampling
   */
  public record Trees(
      int count, int depth, double stepSize, double subsample, int bins, long seed) {}

  /**
   * Logistic regression.
   *
   * @param iterations at most
   * @param regularization L2 strength
   */
  public record Baseline(int iterations, double regularization) {}

  /** The same model from other days. */
  TrainingDefinition withDays(DayRange other) {
    return new TrainingDefinition(
        model,
        spine,
        views,
        numeric,
        categorical,
        other,
        exclude,
        majorMinor,
        trees,
        baseline,
        Digest.sha256(hash, other.toString()));
  }

  static TrainingDefinition read(DefinitionNode node, String hash) {
    DefinitionNode trees = node.node("trees");
    DefinitionNode baseline = node.node("baseline");
    TrainingDefinition training =
        new TrainingDefinition(
            Names.word(node, "model"),
            node.string("spine"),
            node.strings("views"),
            node.strings("numeric"),
            node.strings("categorical"),
            Days.read(node, "days"),
            node.optionalString("exclude"),
            node.string("major-minor"),
            new Trees(
                trees.integer("count", 40, 1, 10_000),
                trees.integer("depth", 5, 1, 30),
                trees.share("step-size", 0.2, 0, 1),
                trees.share("subsample", 1.0, 0, 1),
                trees.integer("bins", 64, 2, 100_000),
                trees.integer("seed", 42)),
            new Baseline(
                baseline.integer("iterations", 50, 1, 1_000_000),
                baseline.number("regularization", 0.001)),
            hash);
    trees.done();
    baseline.done();
    node.done();
    return training;
  }
}
