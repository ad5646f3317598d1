package org.millrace.contracts.definition;

import java.util.Locale;

/** The kinds of definitions that what a pipeline makes comes from. */
public enum DefinitionKind {
  SOURCE,
  VIEW,
  SPINE,
  LABEL,
  TRAINING,
  GATE,
  SCORING,
  MONITORING,
  ROLLOUT;

  /** As messages and files name it, such as {@code view}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
