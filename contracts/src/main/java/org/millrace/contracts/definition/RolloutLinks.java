package org.millrace.contracts.definition;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.millrace.contracts.Task;

/** Checks that a rollout fits the spine, the scoring and the task of its model. */
final class RolloutLinks {
  private static final String ROOM = "rollout";

  private final Definitions definitions;
  private final DefinitionPlaces places;
  private final RolloutDefinition rollout;
  private final TrainingDefinition training;

  RolloutLinks(
      Definitions definitions,
      DefinitionPlaces places,
      RolloutDefinition rollout,
      TrainingDefinition training) {
    this.definitions = definitions;
    this.places = places;
    this.rollout = rollout;
    this.training = training;
  }

  void check() {
    SpineDefinition spine = definitions.spines().get(training.spine());
    if (spine != null) {
      List<String> columns = new ArrayList<>(spine.id());
      columns.addAll(spine.columns());
      known("entity", rollout.entity(), columns);
      known("slices", rollout.slices(), columns);
    }

    boolean hasTest =
        rollout.stages().stream().anyMatch(stage -> stage.policy() == RolloutStage.Policy.AB_TEST);
    if (spine != null
        && hasTest
        && !rollout.entity().isEmpty()
        && !rollout.entity().equals(spine.id())) {
      error(
          "entity",
          "'entity': an ab-test needs rows that go to a version one by one; leave it out, or make the stage a canary");
    }

    ScoringDefinition scoring = definitions.scoring().get(rollout.model());
    if (scoring != null && scoring.predictions().equals(rollout.challengers())) {
      error(
          "challengers",
          "'challengers': %s is the table that people read; name another one"
              .formatted(rollout.challengers()));
    }

    GateDefinition gate = definitions.gates().get(rollout.model());
    if (gate != null
        && gate.approval() == GateDefinition.Approval.REQUIRED
        && rollout.begins() == RolloutDefinition.Begins.GATE) {
      error(
          "begins",
          "'begins': the gate has 'approval: required', so a person decides; set 'begins: person'");
    }

    checkTask();
  }

  private void checkTask() {
    Task task = training.task();
    if (task == Task.MULTICLASS) {
      error("model", "'model': rollouts are for the tasks binary and regression");
      return;
    }

    rollout
        .givenLoss()
        .filter(loss -> !loss.isOf(task))
        .ifPresent(
            loss -> error("loss", "'loss': it is none of the task %s".formatted(task.word())));
    Set<String> known = new LinkedHashSet<>(task.metrics());
    known.addAll(RolloutDefinition.DISAGREEMENT);
    if (task != Task.BINARY) {
      known.remove("flip_rate"); // there is no decision that could flip
    }

    Set<String> named = new LinkedHashSet<>(rollout.ranges().keySet());
    named.addAll(rollout.notWorse().keySet());
    named.retainAll(RolloutDefinition.METRICS); // any other was noted already
    named.removeAll(known);
    for (String metric : named) {
      others(
          rollout.ranges().containsKey(metric) ? "ranges" : "not-worse-than-champion",
          metric,
          known);
    }

    rollout
        .fallBack()
        .ifPresent(
            of -> {
              Set<String> days = new LinkedHashSet<>(of.ranges().keySet());
              days.retainAll(RolloutDefinition.DAY_METRICS);
              days.removeAll(task.dayMetrics());
              days.forEach(metric -> others("falls-back", metric, task.dayMetrics()));
            });
  }

  private void others(String key, String metric, Collection<String> known) {
    places.error(
        ROOM,
        rollout.model(),
        key,
        metric,
        "'%s': no metric of the task %s, which has: %s"
            .formatted(metric, training.task().word(), String.join(", ", known)));
  }

  private void known(String key, List<String> used, List<String> allowed) {
    for (String column : used) {
      if (!allowed.contains(column)) {
        places.error(
            ROOM,
            rollout.model(),
            key,
            column,
            "'%s': the spine has no column '%s'; it has: %s"
                .formatted(key, column, String.join(", ", allowed)));
      }
    }
  }

  private void error(String key, String what) {
    places.error(ROOM, rollout.model(), key, what);
  }
}
