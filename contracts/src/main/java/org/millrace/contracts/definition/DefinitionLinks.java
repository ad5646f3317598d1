package org.millrace.contracts.definition;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Checks that definitions name each other rightly: a view's inputs, a model's views and columns, a
 * gate's model.
 */
final class DefinitionLinks {
  private final Definitions definitions;
  private final DefinitionPlaces places;

  DefinitionLinks(Definitions definitions, DefinitionPlaces places) {
    this.definitions = definitions;
    this.places = places;
  }

  void check() {
    definitions.views().values().forEach(this::checkView);
    for (SpineDefinition spine : definitions.spines().values()) {
      known("spines", spine.name(), "reads", spine.reads(), definitions.sources().keySet());
    }

    for (LabelDefinition label : definitions.labels().values()) {
      known("labels", label.name(), "reads", label.reads(), definitions.sources().keySet());
    }

    definitions.training().values().forEach(this::checkTraining);
    models("gate", definitions.gates().keySet());
    models("scoring", definitions.scoring().keySet());
    models("monitoring", definitions.monitoring().keySet());
    definitions.monitoring().values().forEach(this::checkMonitoring);
    models("rollout", definitions.rollouts().keySet());
    definitions.rollouts().values().forEach(this::checkRollout);
    definitions.platform().pipeline().ifPresent(this::checkDefault);
  }

  private void checkDefault(String pipeline) {
    known(
        DefinitionPlaces.PLATFORM,
        "",
        "pipeline",
        List.of(pipeline),
        definitions.training().keySet());
  }

  private void checkView(FeatureViewDefinition view) {
    known("features", view.name(), "reads", view.reads(), definitions.sources().keySet());
    checkDailyTable(view);
    if (!view.validation().isEmpty()) { // else an error was noted before
      checkRules(view, definitions.conf().resolve("validation").resolve(view.validation()));
    }
  }

  private void checkRules(FeatureViewDefinition view, Path rules) {
    String error =
        !Files.isRegularFile(rules)
            ? "no file " + rules + "; write its rules there"
            : rules.toFile().length() > DefinitionFile.MAX_BYTES
                ? view.validation() + " " + DefinitionFile.tooLong()
                : "";
    if (!error.isEmpty()) {
      places.error("features", view.name(), "validation", "'validation': " + error);
    }
  }

  private void checkDailyTable(FeatureViewDefinition view) {
    String name = view.name() + FeatureViewDefinition.DAILY_SUFFIX;
    if (view.isKeptDaily() && definitions.views().containsKey(name)) {
      places.error(
          "features",
          view.name(),
          "partial-aggregates",
          "'partial-aggregates': "
              + view.dailyTable()
              + " would be the table of view '"
              + name
              + "' too; rename that view");
    }
  }

  private void checkTraining(TrainingDefinition training) {
    String model = training.model();
    known("training", model, "spine", List.of(training.spine()), definitions.spines().keySet());
    known("training", model, "views", training.views(), definitions.views().keySet());
    if (training.numeric().isEmpty() && training.categorical().isEmpty()) {
      places.error(
          "training",
          model,
          "numeric",
          "'numeric' and 'categorical' are both empty: a model needs an input");
    }

    SpineDefinition spine = definitions.spines().get(training.spine());
    // a spine without an id was noted already: its columns are unknown
    if (spine != null
        && !spine.id().isEmpty()
        && definitions.views().keySet().containsAll(training.views())) {
      checkColumns(training, spine);
    }

    if (spine != null) {
      new LabelLinks(definitions, places, training).check(spine);
    }

    checkDays(training);
    has("gate", model, definitions.gates().keySet());
    has("scoring", model, definitions.scoring().keySet());
    has("monitoring", model, definitions.monitoring().keySet());
  }

  /** A pipeline is whole: else a run would stop in the middle for want of a file. */
  private void has(String room, String model, Set<String> models) {
    if (!models.contains(model)) {
      places.error(
          "training",
          model,
          "model",
          "'model': "
              + model
              + " has no definition in "
              + room
              + "/; write one with model: "
              + model);
    }
  }

  private void checkMonitoring(MonitoringDefinition monitoring) {
    TrainingDefinition training = definitions.training().get(monitoring.model());
    if (training != null) {
      Set<String> inputs = new TreeSet<>(training.numeric());
      inputs.addAll(training.categorical());
      known("monitoring", monitoring.model(), "drift-without", monitoring.driftWithout(), inputs);
    }
  }

  private void checkRollout(RolloutDefinition rollout) {
    TrainingDefinition training = definitions.training().get(rollout.model());
    if (training != null) {
      new RolloutLinks(definitions, places, rollout, training).check();
    }
  }

  private void checkColumns(TrainingDefinition training, SpineDefinition spine) {
    Set<String> joined = new TreeSet<>(spine.columns());
    joined.addAll(spine.id());
    Set<String> inputs = new TreeSet<>(joined);
    for (String name : training.views()) {
      FeatureViewDefinition view = Definitions.named(definitions.views(), "view", name);
      for (String key : view.keys().keySet()) {
        if (!joined.contains(key)) {
          places.error(
              "training",
              training.model(),
              "views",
              "'views': "
                  + name
                  + " is joined by '"
                  + key
                  + "', which spine '"
                  + spine.name()
                  + "' does not have; it has: "
                  + String.join(", ", joined));
        }
      }

      for (String output : view.outputs().keySet()) {
        if (!inputs.add(view.column(output))) {
          places.error(
              "training",
              training.model(),
              "views",
              name,
              "'views': " + view.column(output) + " of " + name + " would appear twice");
        }
      }
    }

    known("training", training.model(), "numeric", training.numeric(), inputs);
    known("training", training.model(), "categorical", training.categorical(), inputs);
    checkKinds(training);
    checkLists(training);
    new TaskLinks(definitions, places, training).check();
    GateDefinition gate = definitions.gates().get(training.model());
    if (gate != null) {
      gate.slices().ifPresent(of -> known("gate", gate.model(), "slices", of.columns(), inputs));
      gate.groups()
          .ifPresent(of -> known("gate", gate.model(), "groups", List.of(of.column()), inputs));
    }
  }

  /** Windows are aggregated over rows whose columns are single values; their own may be lists. */
  private void checkLists(TrainingDefinition training) {
    boolean hasWindows = false;
    List<String> lists = new ArrayList<>();
    for (String name : training.views()) {
      FeatureViewDefinition view = Definitions.named(definitions.views(), "view", name);
      hasWindows |= view.isWindowed();
      if (view.outputs().values().stream().anyMatch(feature -> feature.type().contains("<"))) {
        lists.add(name);
      }
    }

    boolean isLast =
        lists.isEmpty()
            || (lists.size() == 1 && lists.get(0).equals(lastWindowed(training).orElse("")));
    if (hasWindows && !isLast) {
      places.error(
          "training",
          training.model(),
          "views",
          lists.get(0),
          "'views': "
              + String.join(", ", lists)
              + " have arrays or structs: beside views with aggregates, only the last of these may"
              + " have them");
    }
  }

  private Optional<String> lastWindowed(TrainingDefinition training) {
    return training.views().stream()
        .filter(name -> Definitions.named(definitions.views(), "view", name).isWindowed())
        .reduce((first, second) -> second);
  }

  /** Types of features are known here; those of spine columns only to Spark. */
  private void checkKinds(TrainingDefinition training) {
    Set<String> texts = new TreeSet<>();
    Set<String> others = new TreeSet<>();
    for (String name : training.views()) {
      Definitions.named(definitions.views(), "view", name)
          .outputs()
          .forEach(
              (feature, type) ->
                  (type.type().equalsIgnoreCase("string") ? texts : others)
                      .add(name + "__" + feature));
    }

    Set<String> seen = new TreeSet<>();
    for (String input : training.numeric()) {
      kind(training, "numeric", input, !texts.contains(input), "is a text: list it as categorical");
      kind(training, "numeric", input, seen.add(input), "appears twice among the inputs");
    }

    for (String input : training.categorical()) {
      kind(
          training,
          "categorical",
          input,
          !others.contains(input),
          "is no text: list it as numeric");
      kind(training, "categorical", input, seen.add(input), "appears twice among the inputs");
    }
  }

  private void kind(
      TrainingDefinition training, String key, String input, boolean isRight, String what) {
    if (!isRight) {
      places.error(
          "training", training.model(), key, input, "'" + key + "': " + input + " " + what);
    }
  }

  private void checkDays(TrainingDefinition training) {
    GateDefinition gate = definitions.gates().get(training.model());
    if (gate != null && !gate.days().from().isAfter(training.days().to())) {
      places.error(
          "gate",
          gate.model(),
          "days",
          "'days' starts on "
              + gate.days().from()
              + ", not after the last training day "
              + training.days().to());
    }
  }

  private void models(String room, Collection<String> names) {
    names.forEach(
        name -> known(room, name, "model", List.of(name), definitions.training().keySet()));
  }

  private void known(
      String room, String name, String key, Collection<String> used, Collection<String> allowed) {
    for (String word : used) {
      if (!allowed.contains(word)) {
        places.error(
            room,
            name,
            key,
            word,
            "'" + key + "': no '" + word + "'; allowed: " + String.join(", ", allowed));
      }
    }
  }
}
