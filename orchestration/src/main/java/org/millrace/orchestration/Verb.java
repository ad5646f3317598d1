package org.millrace.orchestration;

import java.util.Locale;

/** The jobs that {@code Main} of the jobs jar knows, each a command of the same name. */
enum Verb {
  RUN("Run all rooms for the days, in one Spark application."),
  INGEST("Fill the raw tables with the days' rows."),
  MATERIALIZE("Compute the days' rows of the feature views and stage them."),
  VALIDATE("Check staged rows against their rules; make those that pass visible."),
  TRAINING_SET("Join the spine to the feature tables, as of each row's own time."),
  TRAIN("Train the model, export it to ONNX and register a version."),
  GATE("Evaluate the candidate; let it become champion, or say why not."),
  SCORE("Score the days with the champion into staged predictions."),
  PUBLISH("Check the staged predictions and make them visible."),
  MONITOR("Compare predictions with labels, and features with the training set."),
  REPORT("Write the HTML report.");

  private final String description;

  Verb(String description) {
    this.description = description;
  }

  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  String description() {
    return description;
  }
}
