package org.millrace.contracts.definition;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.millrace.contracts.Task;

/** Checks that label, gate and bounds of a model are such as its task has. */
final class TaskLinks {
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
    Optional.ofNullable(definitions.gates().get(training.model())).ifPresent(this::checkGate);
    Optional.ofNullable(definitions.scoring().get(training.model())).ifPresent(this::checkBounds);
  }

  private void checkLabel(LabelDefinition label) {
    if (training.task() == Task.BINARY && label.values() == LabelDefinition.Values.NUMBER) {
      places.error(
          "training",
          training.model(),
          "label",
          "'label': the task binary needs labels of 0 and 1, and '%s' has 'values: number'; set 'task: regression', or name another label"
              .formatted(label.name()));
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
