package org.millrace.contracts.definition;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.Task;

/**
 * {@code conf/training/*.yaml}: what a model is made of.
 *
 * @param model registered model's name
 * @param task what the model predicts
 * @param classes of {@code task: multiclass} the labels, as texts, in the order of the model's
 *     probabilities; empty for other tasks
 * @param spine spine's name
 * @param label definition of the label; empty if the spine has its own
 * @param views feature views to join, by name
 * @param numeric model inputs that are numbers; missing ones are imputed with the training median
 * @param categorical model inputs that are texts
 * @param days spine days of the training set
 * @param exclude SQL condition of rows that are not trained on, with its reason in the file; empty
 *     for none
 * @param majorMinor of the tag {@code Major.Minor.Pipeline}
 * @param trainer program that makes the model; empty for Spark's gradient-boosted trees
 * @param trees gradient-boosted trees' settings
 * @param baseline settings of the logistic or linear regression that each version has to beat
 */
public record TrainingDefinition(
    String model,
    Task task,
    List<String> classes,
    String spine,
    Optional<String> label,
    List<String> views,
    List<String> numeric,
    List<String> categorical,
    DayRange days,
    Optional<SqlText> exclude,
    String majorMinor,
    Optional<TrainerDefinition> trainer,
    Trees trees,
    Baseline baseline) {

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
      int count, int depth, double stepSize, double subsample, int bins, long seed) {
    private static final Trees DEFAULT = new Trees(40, 5, 0.2, 1.0, 64, 42);
  }

  /**
   * Logistic or linear regression, by the task.
   *
   * @param iterations at most
   * @param regularization L2 strength
   */
  public record Baseline(int iterations, double regularization) {
    private static final Baseline DEFAULT = new Baseline(50, 0.001);
  }

  // what the training set comes from; all else is the trainer's
  static final Set<String> TRAINING_SET = Set.of("spine", "label", "views", "days");

  private static final int LEAST_CLASSES = 3;

  private static final Set<String> BASELINE =
      Set.of("task", "classes", "numeric", "categorical", "exclude", "baseline");

  /** What it means. */
  public DefinitionContent content() {
    ContentBuilder content =
        new ContentBuilder()
            .data("task", task, Task.BINARY)
            .data("classes", classes, List.of())
            .data("spine", spine)
            .data("label", label)
            .data("views", views)
            .data("numeric", numeric)
            .data("categorical", categorical)
            .data("days", days)
            .data("exclude", exclude)
            .data("major-minor", majorMinor)
            .data("trees.count", trees.count(), Trees.DEFAULT.count())
            .data("trees.depth", trees.depth(), Trees.DEFAULT.depth())
            .data("trees.step-size", trees.stepSize(), Trees.DEFAULT.stepSize())
            .data("trees.subsample", trees.subsample(), Trees.DEFAULT.subsample())
            .data("trees.bins", trees.bins(), Trees.DEFAULT.bins())
            .data("trees.seed", trees.seed(), Trees.DEFAULT.seed())
            .data("baseline.iterations", baseline.iterations(), Baseline.DEFAULT.iterations())
            .data(
                "baseline.regularization",
                baseline.regularization(),
                Baseline.DEFAULT.regularization());
    return trainer.map(own -> own.addTo(content)).orElse(content).build();
  }

  /** SHA-256 of what the model comes from, but for the rows. */
  public String hash() {
    return content().dataHash();
  }

  /** SHA-256 of what the baseline of a training set comes from, but for the rows. */
  public String baselineHash() {
    return content().dataHash(BASELINE);
  }

  /** SHA-256 of what the training set comes from: another trainer leaves it as it is. */
  public String trainingSetHash() {
    return content().dataHash(TRAINING_SET);
  }

  /** The same model from other days. */
  TrainingDefinition withDays(DayRange other) {
    return new TrainingDefinition(
        model,
        task,
        classes,
        spine,
        label,
        views,
        numeric,
        categorical,
        other,
        exclude,
        majorMinor,
        trainer,
        trees,
        baseline);
  }

  /**
   * Reads a file.
   *
   * @param conf directory of the definitions, where a trainer's files are
   */
  static TrainingDefinition read(DefinitionNode node, Path conf) {
    DefinitionNode trees = node.node("trees");
    DefinitionNode baseline = node.node("baseline");
    TrainingDefinition training =
        new TrainingDefinition(
            Names.word(node, "model"),
            node.choice("task", Task.class, Task.BINARY),
            node.strings("classes"),
            node.string("spine"),
            node.optionalString("label"),
            node.strings("views"),
            node.strings("numeric"),
            node.strings("categorical"),
            Days.read(node, "days"),
            node.optionalCondition("exclude"),
            node.string("major-minor"),
            TrainerDefinition.read(node, conf),
            new Trees(
                trees.integer("count", Trees.DEFAULT.count(), 1, 10_000),
                trees.integer("depth", Trees.DEFAULT.depth(), 1, 30),
                trees.share("step-size", Trees.DEFAULT.stepSize(), 0, 1),
                trees.share("subsample", Trees.DEFAULT.subsample(), 0, 1),
                trees.integer("bins", Trees.DEFAULT.bins(), 2, 100_000),
                trees.integer("seed", (int) Trees.DEFAULT.seed())),
            new Baseline(
                baseline.integer("iterations", Baseline.DEFAULT.iterations(), 1, 1_000_000),
                baseline.number("regularization", Baseline.DEFAULT.regularization())));
    if (training.trainer().isPresent() && node.has("trees")) {
      node.error(
          "trees",
          "'trees': settings of Spark's trees, which 'trainer' takes the place of; leave one out");
    }

    training.checkClasses(node);
    trees.done();
    baseline.done();
    node.done();
    return training;
  }

  private void checkClasses(DefinitionNode node) {
    if (task != Task.MULTICLASS) {
      if (!classes.isEmpty()) {
        node.error("classes", "'classes': they are those of 'task: multiclass'; leave them out");
      }
    } else if (classes.size() < LEAST_CLASSES || Set.copyOf(classes).size() < classes.size()) {
      node.error(
          "classes",
          "'classes': expected at least %d labels, each once, in the order of the model's probabilities, found %s"
              .formatted(LEAST_CLASSES, classes));
    }
  }
}
