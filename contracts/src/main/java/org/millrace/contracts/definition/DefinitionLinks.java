package org.millrace.contracts.definition;

import java.nio.file.Files;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * Checks that definitions name each other rightly: a view's inputs, a model's views, a gate's
 * model.
 */
final class DefinitionLinks {
  private final Definitions definitions;
  private final DefinitionErrors errors;

  DefinitionLinks(Definitions definitions, DefinitionErrors errors) {
    this.definitions = definitions;
    this.errors = errors;
  }

  void check() {
    definitions.views().values().forEach(this::checkView);
    definitions
        .spines()
        .values()
        .forEach(
            spine -> known("spine " + spine.name(), "reads", spine.reads(), definitions.sources()));
    definitions.training().values().forEach(this::checkTraining);
    models("gate", definitions.gates().keySet());
    models("scoring", definitions.scoring().keySet());
    models("monitoring", definitions.monitoring().keySet());
  }

  private void checkView(FeatureViewDefinition view) {
    known("view " + view.name(), "reads", view.reads(), definitions.sources());
    if (!view.validation().isEmpty()
        && !Files.isRegularFile(
            definitions.conf().resolve("validation").resolve(view.validation()))) {
      errors.add(
          "features/" + view.name(),
          0,
          "'validation': no file conf/validation/" + view.validation() + "; write its rules there");
    }
  }

  private void checkTraining(TrainingDefinition training) {
    String what = "training of " + training.model();
    known(what, "spine", List.of(training.spine()), definitions.spines());
    known(what, "views", training.views(), definitions.views());
    if (training.numeric().isEmpty() && training.categorical().isEmpty()) {
      errors.add(what, 0, "'numeric' and 'categorical' are both empty: a model needs an input");
    }

    GateDefinition gate = definitions.gates().get(training.model());
    if (gate != null && !gate.days().from().isAfter(training.days().to())) {
      errors.add(
          "gate of " + gate.model(),
          0,
          "'days' starts on "
              + gate.days().from()
              + ", not after the last training day "
              + training.days().to());
    }
  }

  private void models(String room, Collection<String> names) {
    known(room, "model", names, definitions.training());
  }

  private void known(String where, String key, Collection<String> names, Map<String, ?> allowed) {
    for (String name : names) {
      if (!allowed.containsKey(name)) {
        errors.add(
            where,
            0,
            "'" + key + "': no '" + name + "'; allowed: " + String.join(", ", allowed.keySet()));
      }
    }
  }
}
