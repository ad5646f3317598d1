package org.millrace.orchestration;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.millrace.contracts.definition.Definitions;

/** Definitions that no pipeline uses: seldom meant, never an error. */
final class UnusedDefinitions {
  private UnusedDefinitions() {}

  /** A sentence for each; none where no model is defined, as then nothing can be used yet. */
  static List<String> of(Definitions definitions) {
    List<String> sentences = new ArrayList<>();
    if (definitions.training().isEmpty()) {
      return sentences;
    }

    Set<String> views = new TreeSet<>(definitions.views().keySet());
    Set<String> spines = new TreeSet<>(definitions.spines().keySet());
    Set<String> labels = new TreeSet<>(definitions.labels().keySet());
    definitions
        .training()
        .values()
        .forEach(
            training -> {
              training.views().forEach(views::remove);
              spines.remove(training.spine());
              training.label().ifPresent(labels::remove);
            });
    views.forEach(view -> sentences.add("note: no model uses view " + view));
    spines.forEach(spine -> sentences.add("note: no model uses spine " + spine));
    labels.forEach(label -> sentences.add("note: no model uses label " + label));
    return sentences;
  }
}
