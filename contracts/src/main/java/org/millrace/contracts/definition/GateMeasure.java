package org.millrace.contracts.definition;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** What a gate measures of a version beside its evaluation, if a range names it. */
public enum GateMeasure {
  /**
   * Greatest difference between two groups in the share of rows whose score is at least {@code
   * positive-from}, as Fairlearn's function of this name.
   */
  DEMOGRAPHIC_PARITY_DIFFERENCE,
  /**
   * The greater of two differences between groups: in the share of such rows among those of label
   * 1, and among those of label 0; as Fairlearn's function of this name.
   */
  EQUALIZED_ODDS_DIFFERENCE,
  /** Greatest difference of a row's score, scored in batches of 1, 7 and 4,096 rows. */
  BATCH_SHAPE_DIFFERENCE,
  /** Greatest difference of a row's score between ONNX Runtime and the fastest engine. */
  ENGINE_DIFFERENCE,
  /** Size of the model's file, in MiB. */
  MODEL_MEBIBYTES;

  static final List<String> WORDS = Stream.of(values()).map(GateMeasure::word).toList();

  /** Its name among metrics. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether it compares the groups of a definition. */
  public boolean isOfGroups() {
    return this == DEMOGRAPHIC_PARITY_DIFFERENCE || this == EQUALIZED_ODDS_DIFFERENCE;
  }
}
