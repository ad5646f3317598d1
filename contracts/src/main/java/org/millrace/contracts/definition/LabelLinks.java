package org.millrace.contracts.definition;

import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Checks that a model has one label, which its spine, its gate and its monitoring can use. */
final class LabelLinks {
  private static final String ROOM = "training";

  private final Definitions definitions;
  private final DefinitionPlaces places;
  private final TrainingDefinition training;

  LabelLinks(Definitions definitions, DefinitionPlaces places, TrainingDefinition training) {
    this.definitions = definitions;
    this.places = places;
    this.training = training;
  }

  void check(SpineDefinition spine) {
    if (training.label().isPresent() == spine.label().isPresent()) {
      wrong(
          training.label().isPresent()
              ? "spine '%s' has the label '%s' of its own; name none here, or take it out there"
                  .formatted(spine.name(), spine.label().get().label())
              : "spine '%s' has no label of its own; name one of conf/labels/: %s"
                  .formatted(
                      spine.name(),
                      definitions.labels().isEmpty()
                          ? "there is none yet"
                          : String.join(", ", definitions.labels().keySet())));
      return;
    }

    Optional<LabelDefinition> label = training.label().map(definitions.labels()::get);
    if (label.isPresent()) {
      check(spine, label.get());
    } else if (training.label().isPresent()) {
      wrong(
          "no '%s'; allowed: %s"
              .formatted(training.label().get(), String.join(", ", definitions.labels().keySet())));
    }
  }

  private void check(SpineDefinition spine, LabelDefinition label) {
    Set<String> columns = spine.inputColumns();
    for (String key : label.keys()) {
      if (!spine.id().isEmpty() && !columns.contains(key)) { // else its columns are unknown
        wrong(
            "%s is joined by '%s', which spine '%s' does not have; it has: %s"
                .formatted(label.name(), key, spine.name(), String.join(", ", columns)));
      }
    }

    for (String added : List.of(label.columns().label(), label.columns().knownAt())) {
      if (columns.contains(added)) {
        wrong(
            "'%s' is a column of spine '%s' too: what comes later is no question; rename one"
                .formatted(added, spine.name()));
      }
    }

    checkDays(label);
  }

  private void checkDays(LabelDefinition label) {
    Optional<MonitoringDefinition> monitoring =
        Optional.ofNullable(definitions.monitoring().get(training.model()));
    monitoring
        .flatMap(MonitoringDefinition::labelDays)
        .filter(days -> days < label.horizonDays())
        .ifPresent(
            days ->
                places.error(
                    "monitoring",
                    training.model(),
                    "label-days",
                    "'label-days': expected at least the %d days of label '%s', found %d; leave it out for these"
                        .formatted(label.horizonDays(), label.name(), days)));
    GateDefinition gate = definitions.gates().get(training.model());
    if (gate == null) {
      return;
    }

    LocalDate last = gate.days().from().minusDays(1L + label.horizonDays());
    if (last.isBefore(training.days().from())) {
      places.error(
          ROOM,
          training.model(),
          "days",
          "'days': label '%s' is known for good %d days after its row's day, and the gate's days begin on %s, so that no day from %s on can be trained on; begin by %s, or gate later days"
              .formatted(
                  label.name(),
                  label.horizonDays(),
                  gate.days().from(),
                  training.days().from(),
                  last));
    }
  }

  private void wrong(String what) {
    places.error(ROOM, training.model(), "label", "'label': " + what);
  }
}
