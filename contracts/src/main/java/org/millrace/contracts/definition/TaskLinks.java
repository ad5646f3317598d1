package org.millrace.contracts.definition;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.millrace.contracts.Task;

/** Checks that label, gate and bounds of a model are such as its task has. */
final class TaskLinks {
  private static final int FEWEST_CLASSES = 3;

  private final Definitions definitions;
  private final DefinitionPlaces places;
  private final TrainingDefinition training;

  TaskLinks(Definitions definitions, DefinitionPlaces places, TrainingDefinition training) {
    this.definitions = definitions;
    this.places = places;
    this.training = training;
  }

  void check() {
    training.label().map(definitions.labels()::get).ifPresent(this::checkLabel);
    Optional.ofNullable(definitions.spines().get(training.spine())).ifPresent(this::checkSpine);
    Optional.ofNullable(definitions.gates().get(training.model())).ifPresent(this::checkGate);
    Optional.ofNullable(definitions.scoring().get(training.model())).ifPresent(this::checkBounds);
  }

  private void checkLabel(LabelDefinition label) {
    if (!fits(label.values())) {
      places.error(
          "training",
          training.model(),
          "label",
          "'label': the task %s needs %s, and '%s' has 'values: %s'; set 'task: %s', or name another label"
              .formatted(
                  training.task().word(),
                  needed(),
                  label.name(),
                  label.values().name().toLowerCase(Locale.ROOT),
                  taskOf(label.values()).word()));
    }
  }

  private boolean fits(LabelDefinition.Values values) {
    return switch (training.task()) {
      case BINARY -> values == LabelDefinition.Values.BINARY;
      case REGRESSION -> values != LabelDefinition.Values.CLASS;
      case MULTICLASS -> values == LabelDefinition.Values.CLASS;
    };
  }

  private String needed() {
    return switch (training.task()) {
      case BINARY -> "labels of 0 and 1";
      case REGRESSION -> "labels that are numbers";
      case MULTICLASS -> "labels that are classes ('values: class')";
    };
  }

  private static Task taskOf(LabelDefinition.Values values) {
    return switch (values) {
      case BINARY -> Task.BINARY;
      case NUMBER -> Task.REGRESSION;
      case CLASS -> Task.MULTICLASS;
    };
  }

  /** Its columns stand in the table of predictions, beside those of the answer. */
  private void checkSpine(SpineDefinition spine) {
    if (training.task() == Task.MULTICLASS) {
      taken(spine, Task.CLASS_COLUMNS, "which the predictions of 'task: multiclass' have too");
    }

    taken(spine, List.of("variant"), "which predictions have too");
    if (definitions.rollouts().containsKey(training.model())) {
      taken(spine, RolloutDefinition.COLUMNS, "which the table of challengers has too");
    }
  }

  private void taken(SpineDefinition spine, List<String> columns, String why) {
    Set<String> taken = new LinkedHashSet<>(spine.id());
    taken.addAll(spine.columns());
    taken.retainAll(columns);
    for (String column : taken) {
      places.error(
          "training",
          training.model(),
          "spine",
          "'spine': %s has the column '%s', %s; rename it there"
              .formatted(spine.name(), column, why));
    }
  }

  private void checkGate(GateDefinition gate) {
    if (gate.groups().isPresent() && training.task() != Task.BINARY) {
      places.error(
          "gate",
          gate.model(),
          "groups",
          "'groups': they are compared for the task binary alone; leave them out");
    }

    List<String> known = new ArrayList<>(training.task().gateMetrics());
    if (training.classes().size() == FEWEST_CLASSES) {
      known.remove("top_3_accuracy"); // every label is among the first three
    }

    for (GateMeasure measure : GateMeasure.values()) {
      if (!measure.isOfGroups() || training.task() == Task.BINARY) {
        known.add(measure.word());
      }
    }

    Set<String> named = new LinkedHashSet<>(gate.ranges().keySet());
    named.addAll(gate.notWorse().keySet());
    gate.slices().ifPresent(slices -> named.addAll(slices.notWorse().keySet()));
    List<String> others = new ArrayList<>(named);
    others.removeAll(known);
    others.retainAll(GateDefinition.METRICS); // any other was noted already
    for (String metric : others) {
      places.error(
          "gate",
          gate.model(),
          gate.ranges().containsKey(metric) ? "ranges" : "not-worse-than-champion",
          metric,
          "'%s': no metric of the task %s, which has: %s"
              .formatted(metric, training.task().word(), String.join(", ", known)));
    }
  }

  /** What is much for a probability is nothing for minutes. */
  private void checkBounds(ScoringDefinition scoring) {
    ScoringDefinition.Bounds bounds = scoring.bounds();
    if (training.task() == Task.REGRESSION
        && bounds.previousDays() > 0
        && bounds.givenTolerance().isEmpty()) {
      places.error(
          "scoring",
          scoring.model(),
          "bounds",
          "'bounds': expected a 'mean-tolerance' in the unit of the label, or 'previous-days: 0' for no comparison: the task regression has no default");
    }
  }
}
